import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { BoardRules } from './board.js';
import {
  type Card,
  columnNamed,
  columnOf,
  defaultBoard,
  editForMove,
  isReplaced,
  parseBoardRules,
  priorityOf,
} from './board-rules.js';
import type { IssueEdit, Label } from './issue.js';

const label = (name: string, exclusive = false): Label => ({ name, color: '', description: '', exclusive });
const card = (state: 'open' | 'closed', labels: readonly string[] = [], milestone?: string): Card => ({
  state,
  labels: labels.map((name) => label(name)),
  ...(milestone === undefined ? {} : { milestone }),
});
const rulesOf = (...columns: string[]): BoardRules =>
  parseBoardRules({ columns, priorities: [], staleAfterDays: 30 });
const board = parseBoardRules(defaultBoard);

/** What a card is after an edit. */
const edited = (before: Card, edit: IssueEdit): Card => {
  const milestone = edit.milestone === undefined ? before.milestone : (edit.milestone ?? undefined);
  return {
    state: edit.state ?? before.state,
    labels: edit.labels?.map((name) => label(name)) ?? before.labels,
    ...(milestone === undefined ? {} : { milestone }),
  };
};

describe('rules as they are written', () => {
  it('are read into conditions, also where a name has signs of the notation', () => {
    expect(rulesOf('C++ = label:lang/c++ + state:open', 'a:b=milestone:v=2+label:x:y').columns).toEqual([
      { name: 'C++', condition: { label: 'lang/c++', state: 'open' } },
      { name: 'a:b', condition: { milestone: 'v=2', label: 'x:y' } },
    ]);
  });

  it.each([
    ['Doing', /written as Name=condition/],
    ['=state:open', /written as Name=condition/],
    ['A=', /a condition must be/],
    ['A=assignee:ada', /a condition must be/],
    ['A=label:', /a condition must be/],
    ['A=state:ajar', /open or closed/],
    ['A=label:a+label:b', /two conditions label/],
  ])('are refused when a column is %j', (column, reason) => {
    expect(() => rulesOf(column)).toThrow(reason);
    expect(() => rulesOf(column)).toThrow(expect.objectContaining({ code: 'BOARD_RULES_INVALID' }));
  });

  it('are refused when two columns have one name but for its case', () => {
    expect(() => rulesOf('Done=state:closed', 'done=label:done')).toThrow(
      expect.objectContaining({ code: 'BOARD_RULES_INVALID' }),
    );
  });

  it.each([
    [['A=label:x', 'B=label:x'], 'B'],
    [['A=label:x', 'B=label:x+state:open', 'C=state:closed'], 'A'],
  ])('are refused when no issue can stand in a column: %j', (columns, column) => {
    expect(() => rulesOf(...columns)).toThrow(
      expect.objectContaining({ code: 'BOARD_RULES_INVALID', details: { column } }),
    );
  });
});

describe('the column of an issue', () => {
  it.each([
    [card('open'), 'Backlog'],
    [card('open', ['bug']), 'Backlog'],
    [card('open', ['status/doing']), 'Doing'],
    [card('open', ['status/review', 'status/doing']), 'Doing'],
    [card('closed'), 'Done'],
    [card('closed', ['status/doing']), 'Done'],
  ])('of the default board, for %j, is %s', (issue, column) => {
    expect(columnOf(issue, board)?.name).toBe(column);
  });

  it('is the one that asks for most: a milestone before a label before a state', () => {
    const rules = rulesOf(
      'S=state:open',
      'L=label:a',
      'SL=label:b+state:open',
      'M=milestone:1',
      'C=label:c+state:closed',
    );
    expect(columnOf(card('open', ['a', 'b'], '1'), rules)?.name).toBe('M');
    expect(columnOf(card('open', ['a', 'b']), rules)?.name).toBe('SL');
    expect(columnOf(card('open', ['a']), rules)?.name).toBe('L');
    expect(columnOf(card('open'), rules)?.name).toBe('S');
    expect(columnOf(card('closed', ['a', 'c'], '1'), rules)?.name).toBe('C');
    expect(columnOf(card('closed', ['a']), rules)?.name).toBe('L');
    expect(columnOf(card('closed'), rules)).toBeUndefined();
  });

  it('is found by its name, whatever the case', () => {
    expect(columnNamed('to DO', board.columns).name).toBe('To do');
    expect(() => columnNamed('todo', board.columns)).toThrow(
      expect.objectContaining({
        code: 'BOARD_COLUMN_NOT_FOUND',
        details: { column: 'todo', known: ['Backlog', 'To do', 'Doing', 'Review', 'Done'] },
      }),
    );
  });
});

describe('moving a card', () => {
  it.each([
    ['sets the label', card('open', ['bug']), 'Doing', { labels: ['bug', 'status/doing'] }],
    [
      'takes the place of the label',
      card('open', ['status/doing', 'bug']),
      'Review',
      { labels: ['bug', 'status/review'] },
    ],
    ['to the backlog takes the label away', card('open', ['status/doing']), 'Backlog', { labels: [] }],
    [
      'closes and tidies',
      card('open', ['status/review', 'bug'], '1'),
      'Done',
      { state: 'closed', labels: ['bug'] },
    ],
    ['opens', card('closed', ['bug']), 'Doing', { state: 'open', labels: ['bug', 'status/doing'] }],
    [
      'only opens where the label is there still',
      card('closed', ['status/doing']),
      'Doing',
      { state: 'open' },
    ],
    ['to where it stands changes nothing', card('closed', ['status/doing']), 'Done', {}],
  ] as const)('%s', (_what, issue, column, edit) => {
    expect(editForMove(issue, column, board)).toEqual(edit);
  });

  it('keeps the milestone unless that holds the card where it is', () => {
    const rules = rulesOf('Open=state:open', 'Next=milestone:2', 'Done=state:closed');
    expect(editForMove(card('open', [], '1'), 'Done', rules)).toEqual({ state: 'closed' });
    expect(editForMove(card('open', [], '2'), 'Done', rules)).toEqual({ state: 'closed' });
    expect(editForMove(card('open', [], '2'), 'Open', rules)).toEqual({ milestone: null });
    expect(editForMove(card('open', [], '1'), 'Next', rules)).toEqual({ milestone: '2' });
  });

  it('takes away an exclusive label of the same scope that the board does not know', () => {
    const issue: Card = { state: 'open', labels: [label('status/blocked', true), label('status/odd')] };
    expect(editForMove(issue, 'Doing', board)).toEqual({ labels: ['status/odd', 'status/doing'] });
  });

  it('leaves the state alone where no column holds closed issues', () => {
    const rules = rulesOf('Backlog=state:open', 'Doing=label:doing');
    expect(editForMove(card('closed'), 'Doing', rules)).toEqual({ labels: ['doing'] });
  });

  it('to an unknown column is refused', () => {
    expect(() => editForMove(card('open'), 'Nowhere', board)).toThrow(
      expect.objectContaining({ code: 'BOARD_COLUMN_NOT_FOUND' }),
    );
  });

  it('makes the card stand in the column, or says that none can, for all rules', () => {
    const labels = ['s/a', 's/b', 'c'];
    const milestones = ['1', '2'];
    const states = ['open', 'closed'] as const;
    const condition = fc
      .record(
        {
          state: fc.constantFrom(...states),
          label: fc.constantFrom(...labels),
          milestone: fc.constantFrom(...milestones),
        },
        { requiredKeys: [] },
      )
      .filter((each) => Object.keys(each).length > 0);
    const columns = fc.array(condition, { minLength: 1, maxLength: 6 });
    const anyCard = fc.record({
      state: fc.constantFrom(...states),
      labels: fc
        .subarray([...labels, 'other'])
        .map((names) => names.map((name) => label(name, name.includes('/')))),
      milestone: fc.option(fc.constantFrom(...milestones, '3'), { nil: undefined }),
    });
    const everyCard = states.flatMap((state) =>
      [undefined, ...milestones].flatMap((milestone) =>
        [...Array(8).keys()].map((bits) =>
          card(
            state,
            labels.filter((_, at) => (bits >> at) % 2 === 1),
            milestone,
          ),
        ),
      ),
    );
    fc.assert(
      fc.property(columns, anyCard, fc.nat(), (conditions, { milestone, ...rest }, at) => {
        const before: Card = { ...rest, ...(milestone === undefined ? {} : { milestone }) };
        const rules: BoardRules = {
          columns: conditions.map((each, index) => ({ name: `C${index}`, condition: each })),
          priorities: [],
          staleAfterDays: 1,
        };
        const target = `C${at % conditions.length}`;
        const isPossible = everyCard.some((each) => columnOf(each, rules)?.name === target);
        if (!isPossible) {
          expect(() => editForMove(before, target, rules)).toThrow(
            expect.objectContaining({ code: 'BOARD_RULES_INVALID' }),
          );
          return;
        }
        const after = edited(before, editForMove(before, target, rules));
        expect(columnOf(after, rules)?.name).toBe(target);
        expect(editForMove(after, target, rules)).toEqual({});
        expect(after.labels.some(({ name }) => name === 'other')).toBe(
          before.labels.some(({ name }) => name === 'other'),
        );
      }),
      { numRuns: 2000 },
    );
  });
});

describe('labels', () => {
  it('give way to another of their scope when they are exclusive', () => {
    expect(isReplaced(label('a/b', true), ['a/c'])).toBe(true);
    expect(isReplaced(label('a/b', false), ['a/c'])).toBe(false);
    expect(isReplaced(label('a/b', true), ['a/b', 'd/c', 'c'])).toBe(false);
    expect(isReplaced(label('b', true), ['c'])).toBe(false);
  });

  it('say how urgent an issue is, the most urgent of them', () => {
    expect(priorityOf(card('open', ['priority/low', 'priority/high']), board)).toBe('priority/high');
    expect(priorityOf(card('open', ['bug']), board)).toBeUndefined();
  });
});
