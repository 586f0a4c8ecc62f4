import { describe, expect, it } from '@jest/globals';
import { parseSearchQuery } from '@markitect/domain';
import { issue, issueLabel, markitectFailure } from '@markitect/testing';
import { LOCAL_TRACKER, SqliteIssueMirror, SqliteIssueRepository, SqliteUnitOfWork } from '../src/index.js';
import { temporaryStore } from './temporary-store.js';

const source = 'gitea:https://example.org/team/product';
const at = '2026-01-01T00:00:00.000Z';

async function openTrackers() {
  const { connection, close } = await temporaryStore();
  const local = new SqliteIssueRepository(connection, { source: LOCAL_TRACKER, user: 'ada' });
  const mirror = new SqliteIssueMirror(connection, { source });
  const mirrored = new SqliteIssueRepository(connection, { source, user: 'ada', writable: false });
  return { connection, local, mirror, mirrored, close };
}

describe('SqliteIssueMirror', () => {
  it('does a step whole or not at all', async () => {
    const { connection, mirror, mirrored, close } = await openTrackers();
    const first = issue({ number: 1, title: 'first', labels: [issueLabel('bug')] });
    await mirror.apply({
      issues: [{ issue: first, comments: [], blockers: [2] }],
      labels: [issueLabel('bug')],
      progress: { cursor: 'one' },
    });
    const comment = { id: 5, author: 'bob', body: 'twice', createdAt: at, updatedAt: at };
    // The database refuses the second comment of the same id, after much of the step is done.
    const failure = await markitectFailure(() =>
      mirror.apply({
        issues: [
          { issue: issue({ number: 1, title: 'changed' }), comments: [], blockers: [] },
          { issue: issue({ number: 2 }), comments: [comment, comment], blockers: [] },
        ],
        removed: [1],
        labels: [],
        progress: { cursor: 'two' },
      }),
    );
    expect(failure).toBeDefined();
    expect(await mirror.numbers()).toEqual([1]);
    expect(await mirrored.get(1)).toEqual(first);
    expect(await mirrored.count({ labels: { all: ['bug'] } })).toBe(1);
    expect(await mirrored.labels()).toHaveLength(1);
    expect(await mirror.progress()).toEqual({ cursor: 'one' });
    await connection.integrityCheck();
    await close();
  });

  it('leaves other trackers of the database alone', async () => {
    const { connection, local, mirror, mirrored, close } = await openTrackers();
    await local.saveLabel(issueLabel('bug'));
    const mine = await local.create({ title: 'mine', body: 'word', labels: ['bug'], assignees: ['ada'] });
    await local.comment(mine.number, 'said');
    const step = {
      issues: [{ issue: issue({ number: mine.number, title: 'theirs word' }), comments: [], blockers: [] }],
      labels: [],
      milestones: [],
      progress: {},
    };
    await mirror.apply(step);
    await mirror.apply({ removed: [mine.number], progress: {} });
    await mirror.apply(step);
    expect(await local.get(mine.number)).toMatchObject({ title: 'mine', comments: 1 });
    expect(await local.labels()).toHaveLength(1);
    expect(await local.comments(mine.number)).toHaveLength(1);
    expect(await local.count({ labels: { all: ['bug'] }, assignee: 'ada' })).toBe(1);
    const found = (repository: SqliteIssueRepository) =>
      repository
        .search({ terms: parseSearchQuery('word') })
        .then(({ items }) => items.map((hit) => hit.issue.title));
    expect(await found(local)).toEqual(['mine']);
    expect(await found(mirrored)).toEqual(['theirs word']);
    await connection.integrityCheck();
    await close();
  });

  it('does not wait for the turn of a process that is gone from this machine', async () => {
    const { connection, close } = await openTrackers();
    const pids = { gone: 4711, alive: 4712, here: 4713 };
    const process = (pid: number, host = 'here') =>
      new SqliteIssueMirror(connection, { source }, { pid, host, isAlive: (each) => each !== pids.gone });
    const ask = (mirror: SqliteIssueMirror, token: string) =>
      mirror.takeTurn({ token, holder: token, ttlMs: 60_000 }).then((turn) => turn.token);
    expect(await ask(process(pids.gone), 'a')).toBe('a');
    expect(await ask(process(pids.alive), 'b')).toBe('b');
    expect(await ask(process(pids.here), 'c')).toBe('b');
    await process(pids.here).endTurn('b');
    // Of another machine nobody can say: its turn ends by its time.
    expect(await ask(process(pids.gone, 'elsewhere'), 'd')).toBe('d');
    expect(await ask(process(pids.here), 'e')).toBe('d');
    await close();
  });

  it('has a turn for each tracker', async () => {
    const { connection, mirror, close } = await openTrackers();
    const other = new SqliteIssueMirror(connection, { source: 'gitea:other' });
    const ask = (of: SqliteIssueMirror, token: string) =>
      of.takeTurn({ token, holder: token, ttlMs: 60_000 });
    expect((await ask(mirror, 'a')).token).toBe('a');
    expect((await ask(other, 'b')).token).toBe('b');
    await close();
  });

  it('takes no step inside a unit of work, which would wait for itself', async () => {
    const { connection, mirror, close } = await openTrackers();
    await new SqliteUnitOfWork(connection).run(async () => {
      const failure = await markitectFailure(() => mirror.apply({ progress: {} }));
      expect(failure.code).toBe('TRANSACTION_NESTED');
    });
    await close();
  });
});

describe('SqliteIssueRepository', () => {
  it('does every write of a group but those that are refused', async () => {
    const { local, close } = await openTrackers();
    const { number } = await local.create({ title: 'first' });
    const writes = [
      () => local.create({ title: 'a' }),
      () => local.edit(number, { title: 'b' }, 'stale'),
      () => local.edit(number, { title: 'c' }),
      () => local.create({ title: 'd', labels: ['unknown'] }),
      () => local.comment(number + 1000, 'e'),
      () => local.comment(number, 'f'),
      () => local.create({ title: 'g' }),
    ];
    const results = await Promise.allSettled(writes.map((write) => write()));
    expect(results.map(({ status }) => status === 'fulfilled')).toEqual([
      true,
      false,
      true,
      false,
      false,
      true,
      true,
    ]);
    const { items } = await local.list({ order: 'asc' });
    expect(items.map(({ title, comments }) => [title, comments])).toEqual([
      ['c', 1],
      ['a', 0],
      ['g', 0],
    ]);
    await close();
  });

  it('tells what many issues wait for at once', async () => {
    const { local, mirror, mirrored, close } = await openTrackers();
    for (const title of ['a', 'b', 'c', 'd']) await local.create({ title });
    await local.block(1, 3);
    await local.block(1, 2);
    await local.block(2, 4);
    await local.edit(4, { state: 'closed' });
    expect(await local.openBlockers([1, 2, 3, 99])).toEqual(new Map([[1, [2, 3]]]));
    expect(await local.openBlockers([])).toEqual(new Map());
    await mirror.apply({
      issues: [1, 2].map((number) => ({
        issue: issue({ number }),
        comments: [],
        blockers: number === 2 ? [1, 77] : [],
      })),
      progress: {},
    });
    expect(await mirrored.openBlockers([1, 2])).toEqual(new Map([[2, [1]]]));
    await close();
  });

  it('lets several repositories write to one tracker', async () => {
    const { connection, local, close } = await openTrackers();
    const other = new SqliteIssueRepository(connection, { source: LOCAL_TRACKER, user: 'bob' });
    const created = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        (index % 2 === 0 ? local : other).create({ title: `${index}` }),
      ),
    );
    expect(new Set(created.map(({ number }) => number)).size).toBe(40);
    expect(await local.count({ author: 'bob' })).toBe(20);
    await close();
  });

  it('notices an index that does not fit its issues', async () => {
    const { connection, local, close } = await openTrackers();
    await local.create({ title: 'findable' });
    const writer = await connection.writer();
    await writer.transaction((transaction) =>
      transaction.run(
        `INSERT INTO issue_search(rowid, title, body, comment_text) VALUES (99, 'ghost', '', '')`,
      ),
    );
    expect((await markitectFailure(() => connection.integrityCheck())).code).toBe('DATABASE_CORRUPT');
    await close();
  });
});
