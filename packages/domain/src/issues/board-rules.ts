import { Invalid, NotFound } from '../errors/markitect-error.js';
import type { BoardRules, ColumnCondition, ColumnRule } from './board.js';
import { labelScope } from './issue-changes.js';
import type { Issue, IssueEdit, IssueState, Label } from './issue.js';

/** What a column is chosen by. */
export type Card = Pick<Issue, 'state' | 'labels' | 'milestone'>;

/** The board of a tracker for which nobody has described another, in the words of {@link parseBoardRules}. */
export const defaultBoard = {
  columns: [
    'Backlog=state:open',
    'To do=label:status/todo',
    'Doing=label:status/doing',
    'Review=label:status/review',
    'Done=state:closed',
  ],
  priorities: ['priority/critical', 'priority/high', 'priority/medium', 'priority/low'],
  staleAfterDays: 30,
} as const;

/** Rules as they are written. */
export interface WrittenBoardRules {
  /**
   * `Name=condition`, from left to right. A condition is `state:open`, `state:closed`, `label:status/doing` or
   * `milestone:2.0`, or several of these joined by `+`, at most one of each. Names differ by more than case.
   */
  readonly columns: readonly string[];
  readonly priorities: readonly string[];
  readonly staleAfterDays: number;
}

/**
 * Reads rules. Throws Invalid `BOARD_RULES_INVALID` naming the column that is not written so, has the name of another,
 * or in which no issue can stand because others always count before it.
 */
export function parseBoardRules({ columns, ...rest }: WrittenBoardRules): BoardRules {
  const rules: BoardRules = { ...rest, columns: columns.map(parseColumn) };
  const names = new Set<string>();
  for (const column of rules.columns) {
    const key = column.name.toLowerCase();
    if (names.has(key)) throw wrong(column.name, 'there is another column of this name');
    names.add(key);
    editForMove({ state: 'open', labels: [] }, column.name, rules);
  }
  return rules;
}

const parts = ['state', 'label', 'milestone'] as const;

function parseColumn(text: string): ColumnRule {
  const equals = text.indexOf('=');
  const name = text.slice(0, Math.max(0, equals)).trim();
  if (name === '') throw wrong(text, 'it must be written as Name=condition');
  const condition: Partial<Record<(typeof parts)[number], string>> = {};
  // A label may contain a `+` itself.
  for (const written of text.slice(equals + 1).split(/\+(?=\s*(?:state|label|milestone):)/)) {
    const [, part, value = ''] = /^(state|label|milestone):(.*)$/s.exec(written.trim()) ?? [];
    const known = parts.find((each) => each === part);
    if (known === undefined || value.trim() === '') {
      throw wrong(name, 'a condition must be state:open, state:closed, label:<name> or milestone:<title>');
    }
    if (condition[known] !== undefined) throw wrong(name, `it has two conditions ${known}`);
    if (known === 'state' && !['open', 'closed'].includes(value.trim())) {
      throw wrong(name, 'a state is open or closed');
    }
    condition[known] = value.trim();
  }
  return { name, condition: condition as ColumnCondition };
}

/** The column in which an issue stands; `undefined` when it stands in none. Cost: the columns, times the labels. */
export function columnOf(card: Card, { columns }: BoardRules): ColumnRule | undefined {
  const holding = columns.filter(({ condition }) => holds(card, condition));
  const closed = holding.filter(({ condition }) => condition.state === 'closed');
  return (closed.length > 0 ? closed : holding).reduce<ColumnRule | undefined>(
    (best, column) =>
      best === undefined || weight(column.condition) > weight(best.condition) ? column : best,
    undefined,
  );
}

function holds({ state, labels, milestone }: Card, condition: ColumnCondition): boolean {
  return (
    (condition.state === undefined || condition.state === state) &&
    (condition.label === undefined || labels.some(({ name }) => name === condition.label)) &&
    (condition.milestone === undefined || condition.milestone === milestone)
  );
}

function weight({ milestone, label, state }: ColumnCondition): number {
  return (milestone === undefined ? 0 : 4) + (label === undefined ? 0 : 2) + (state === undefined ? 0 : 1);
}

/** The column of a name, whatever its case. Throws NotFound `BOARD_COLUMN_NOT_FOUND` naming those there are. */
export function columnNamed<C extends { readonly name: string }>(name: string, columns: readonly C[]): C {
  const wanted = name.trim().toLowerCase();
  const column =
    columns.find((each) => each.name === name) ?? columns.find((each) => each.name.toLowerCase() === wanted);
  if (column !== undefined) return column;
  const known = columns.map((each) => each.name);
  throw new NotFound(
    'BOARD_COLUMN_NOT_FOUND',
    `the board has no column ${JSON.stringify(name.slice(0, 80))}, only ${known.join(', ')}`,
    { details: { column: name.slice(0, 80), known } },
  );
}

/**
 * What has to be different of an issue for it to stand in a column; empty when it stands there already. It gets what
 * the column is made of and loses the labels that other columns are made of; it is opened or closed where that makes
 * the difference, and loses its milestone only then. Throws NotFound `BOARD_COLUMN_NOT_FOUND`, Invalid
 * `BOARD_RULES_INVALID` when no issue can stand there, which rules from {@link parseBoardRules} rule out.
 */
export function editForMove(card: Card, columnName: string, rules: BoardRules): IssueEdit {
  const target = columnNamed(columnName, rules.columns);
  if (columnOf(card, rules)?.name === target.name) return {};
  const labels = labelsIn(card, target.condition, rules);
  for (const state of statesIn(card, target.condition, rules)) {
    for (const milestone of milestonesIn(card, target.condition)) {
      const moved: Card = {
        state,
        labels: labels.map((name) => ({ name, color: '', description: '', exclusive: false })),
        ...(milestone === undefined ? {} : { milestone }),
      };
      if (columnOf(moved, rules)?.name !== target.name) continue;
      const before = card.labels.map(({ name }) => name);
      const areSame = labels.length === before.length && labels.every((name) => before.includes(name));
      return {
        ...(state === card.state ? {} : { state }),
        ...(areSame ? {} : { labels }),
        ...(milestone === card.milestone ? {} : { milestone: milestone ?? null }),
      };
    }
  }
  throw wrong(target.name, 'no issue can stand in it, because other columns always count before it');
}

/** With as few labels of the rules as can be: each more could only let another column count before. */
function labelsIn({ labels }: Card, { label }: ColumnCondition, { columns }: BoardRules): readonly string[] {
  const made = new Set(columns.map(({ condition }) => condition.label));
  const added = label === undefined ? [] : [label];
  const stays = labels.filter(
    (each) => each.name === label || (!made.has(each.name) && !isReplaced(each, added)),
  );
  return [...new Set([...stays.map(({ name }) => name), ...added])];
}

/** The states to try, the one that is meant first: where columns hold the closed issues, the others are of open ones. */
function statesIn({ state }: Card, condition: ColumnCondition, { columns }: BoardRules): IssueState[] {
  if (condition.state !== undefined) return [condition.state];
  const isOpenMeant = columns.some((column) => column.condition.state === 'closed');
  const first = isOpenMeant ? 'open' : state;
  return [first, first === 'open' ? 'closed' : 'open'];
}

function milestonesIn({ milestone }: Card, condition: ColumnCondition): (string | undefined)[] {
  if (condition.milestone !== undefined) return [condition.milestone];
  return milestone === undefined ? [undefined] : [milestone, undefined];
}

/**
 * Whether a label of an issue has to go when others are added, because it is exclusive and of their scope: of two such
 * labels the tracker would take one away, and which one is its own affair.
 */
export function isReplaced(label: Label, added: readonly string[]): boolean {
  const scope = labelScope(label);
  return (
    scope !== undefined &&
    !added.includes(label.name) &&
    added.some((name) => labelScope({ name, exclusive: true }) === scope)
  );
}

/** The most urgent of the labels of an issue that say how urgent it is. */
export function priorityOf({ labels }: Pick<Issue, 'labels'>, rules: BoardRules): string | undefined {
  return rules.priorities.find((priority) => labels.some(({ name }) => name === priority));
}

function wrong(column: string, fault: string): Invalid {
  return new Invalid('BOARD_RULES_INVALID', `the column ${JSON.stringify(column.slice(0, 80))}: ${fault}`, {
    details: { column: column.slice(0, 80) },
  });
}
