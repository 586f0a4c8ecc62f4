import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Conflict } from '@markitect/domain';
import { InMemoryProjectRepository, issueLabel } from '@markitect/testing';
import type { Board, IssueService } from '../src/index.js';
import { issueFixture } from './issues.js';

let fixture: ReturnType<typeof issueFixture>;
let service: IssueService;

beforeEach(() => {
  fixture = issueFixture({ projects: new InMemoryProjectRepository() });
  ({ service } = fixture);
});

/** The numbers of the cards and how many there are, by column. */
const cardsOf = (board: Board) =>
  Object.fromEntries(
    board.columns.map(({ name, cards, total }) => [name, [cards.map(({ issue }) => issue.number), total]]),
  );

describe('the board', () => {
  it('has every issue in its column, the most urgent first, then those changed last', async () => {
    await fixture.add();
    await fixture.add({ label: 'priority/low' });
    await fixture.add({ label: 'priority/critical' });
    await fixture.add();
    await fixture.add({ label: 'status/doing' });
    await fixture.add({ state: 'closed' });
    await fixture.add({ state: 'closed', label: 'priority/critical' });
    fixture.clock.now = new Date(fixture.clock.now.getTime() + 1000);
    await fixture.tracker.comment(6, 'changed last');
    const { value } = await service.board();
    expect(value).not.toHaveProperty('project');
    expect(cardsOf(value)).toEqual({
      Backlog: [[3, 2, 4, 1], 4],
      'To do': [[], 0],
      Doing: [[5], 1],
      Review: [[], 0],
      Done: [[6, 7], 2],
    });
    expect(value.columns[0]?.cards[0]?.priority).toBe('priority/critical');
  });

  it('marks the cards that wait for open issues, where that is known without asking for each', async () => {
    for (const title of ['a', 'b', 'c']) await fixture.add({ title });
    await fixture.tracker.block(1, 3);
    await fixture.tracker.block(2, 3);
    await fixture.tracker.block(1, 2);
    const marksOf = async (of: IssueService) =>
      (await of.board({ cards: 10 })).value.columns
        .flatMap(({ cards }) => cards.map(({ issue, blockedBy }) => [issue.number, blockedBy] as const))
        .sort(([a], [b]) => b - a);
    expect(await marksOf(service)).toEqual([
      [3, undefined],
      [2, undefined],
      [1, undefined],
    ]);
    const { issues } = fixture.ports;
    const knowing = issueFixture({ issues, blockers: fixture.tracker }).service;
    expect(await marksOf(knowing)).toEqual([
      [3, undefined],
      [2, [3]],
      [1, [2, 3]],
    ]);
    await fixture.tracker.edit(3, { state: 'closed' });
    expect(await marksOf(knowing)).toEqual([
      [3, undefined],
      [2, undefined],
      [1, [2]],
    ]);
    const unknowing = issueFixture({ issues, blockers: { openBlockers: () => Promise.resolve(undefined) } });
    expect((await marksOf(unknowing.service)).every(([, blockedBy]) => blockedBy === undefined)).toBe(true);
  });

  it('has only the first cards of each column, and says how many there are', async () => {
    for (let number = 1; number <= 80; number++)
      await fixture.add({ ...(number > 77 ? { state: 'closed' } : {}) });
    expect(cardsOf((await service.board({ cards: 1 })).value)).toMatchObject({
      Backlog: [[77], 77],
      Done: [[80], 3],
    });
  });

  it('has only the issues that meet the filter', async () => {
    await fixture.add({ title: 'a' });
    await fixture.add({ title: 'b' });
    await fixture.add({ title: 'a', state: 'closed' });
    await fixture.add({ title: 'b', state: 'closed' });
    const filtered = async (filter: Parameters<IssueService['board']>[0]) => {
      const { Backlog, Done } = cardsOf((await service.board(filter)).value);
      return [Backlog, Done];
    };
    expect(await filtered({ filter: { text: 'a' } })).toEqual([
      [[1], 1],
      [[3], 1],
    ]);
    expect(await filtered({ filter: { state: 'open' } })).toEqual([
      [[2, 1], 2],
      [[], 0],
    ]);
    expect(await filtered({ filter: { state: 'closed', text: 'b' } })).toEqual([
      [[], 0],
      [[4], 1],
    ]);
  });

  it('does not read the closed issues that are not shown', async () => {
    await fixture.add({ state: 'closed' });
    const stream = jest.spyOn(fixture.tracker, 'stream');
    await service.board();
    expect(stream.mock.calls).toEqual([[{ state: 'open' }]]);
  });

  it('sorts closed issues into several columns where the rules say so', async () => {
    fixture = issueFixture(
      {},
      { columns: ['Open=state:open', 'Dropped=state:closed+label:wontfix', 'Done=state:closed'] },
    );
    await fixture.add({ state: 'closed' });
    await fixture.add({ state: 'closed', label: 'wontfix' });
    expect(cardsOf((await fixture.service.board()).value)).toEqual({
      Open: [[], 0],
      Dropped: [[2], 1],
      Done: [[1], 1],
    });
  });

  it.each([0, 501, 1.5])('is not shown with %s cards', async (cards) => {
    await expect(service.board({ cards })).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      details: { field: 'cards' },
    });
  });
});

describe('moving a card', () => {
  it('changes what the column is made of, and makes labels the tracker does not have', async () => {
    await fixture.add();
    expect(await service.move(1, 'doing')).toMatchObject({ column: 'Doing', changed: true });
    expect((await service.labels()).value).toEqual([
      { name: 'status/doing', color: '8b949e', description: '', exclusive: true },
    ]);
    expect((await service.move(1, 'Done')).issue).toMatchObject({ state: 'closed', labels: [] });
    expect((await service.move(1, 'Review')).issue).toMatchObject({ state: 'open' });
    expect((await service.show(1)).value.column).toBe('Review');
  });

  it('writes nothing when it stands there', async () => {
    await fixture.add({ label: 'status/doing' });
    const edit = jest.spyOn(fixture.tracker, 'edit');
    expect(await service.move(1, 'Doing')).toMatchObject({ changed: false, issue: { number: 1 } });
    expect(edit).not.toHaveBeenCalled();
  });

  it('keeps what others change at the same time', async () => {
    await fixture.add();
    await fixture.tracker.saveLabel(issueLabel('bug'));
    const edit = fixture.tracker.edit.bind(fixture.tracker);
    jest.spyOn(fixture.tracker, 'edit').mockImplementationOnce(async (...args) => {
      await edit(1, { labels: ['bug'] });
      return edit(...args);
    });
    const { issue } = await service.move(1, 'Doing');
    expect(issue.labels.map(({ name }) => name)).toEqual(['bug', 'status/doing']);
  });

  it('is refused when it was meant for another version', async () => {
    const { version } = await fixture.add();
    await service.edit(1, { title: 'Changed' });
    await expect(service.move(1, 'Doing', version)).rejects.toBeInstanceOf(Conflict);
    expect((await service.labels()).value).toEqual([]);
  });

  it('on a board that the tracker keeps is refused when it was meant for another version', async () => {
    const columns = [
      { id: 1, title: 'Todo', issues: [1] },
      { id: 2, title: 'Doing', issues: [] },
    ];
    const projects = new InMemoryProjectRepository([{ id: 7, title: 'Release', isClosed: false, columns }]);
    fixture = issueFixture({ projects });
    const { version } = await fixture.add();
    const { version: present } = await fixture.service.edit(1, { title: 'Changed' });
    await expect(fixture.service.move(1, 'Doing', version)).rejects.toMatchObject({ code: 'ISSUE_CHANGED' });
    expect((await projects.columns(7))[0]?.issues).toEqual([1]);
    expect(await fixture.service.move(1, 'Doing', present)).toMatchObject({ changed: true });
    expect((await projects.columns(7))[1]?.issues).toEqual([1]);
  });

  it('to Done is refused while it waits for an open issue', async () => {
    await fixture.add();
    await fixture.add();
    await service.block(1, 2);
    await expect(service.move(1, 'Done')).rejects.toMatchObject({ code: 'ISSUE_BLOCKED' });
  });

  it('to an unknown column is refused', async () => {
    await fixture.add();
    await expect(service.move(1, 'Nowhere')).rejects.toMatchObject({ code: 'BOARD_COLUMN_NOT_FOUND' });
  });
});
