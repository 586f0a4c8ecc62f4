import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { IssueMirror, MirrorStep } from '@markitect/ports';
import { InMemoryIssueMirror, InMemoryIssueRepository, issueLabel, issueMilestone } from '@markitect/testing';
import { IssueSyncService, type SyncProgress } from '../src/index.js';
import { down } from './issues.js';

const localNow = new Date('2030-01-01T00:00:00.000Z');

let clock: number;
let tracker: InMemoryIssueRepository;
let mirror: InMemoryIssueMirror;
let service: IssueSyncService;

beforeEach(() => {
  clock = Date.parse('2026-03-01T12:00:00.000Z');
  tracker = new InMemoryIssueRepository({ user: 'ada', now: () => new Date(clock) });
  mirror = new InMemoryIssueMirror();
  service = new IssueSyncService({ tracker, mirror }, { pageSize: 3, now: () => localNow });
});

/** Lets so much time go by on the tracker. */
const pass = (seconds: number) => (clock += seconds * 1000);

const addIssues = async (count: number) => {
  for (let each = 0; each < count; each++) {
    pass(60);
    await tracker.create({ title: 'An issue' });
  }
};

/** The mirror has what the tracker has, everything included. */
const expectSame = async () => {
  const known = async (repository: InMemoryIssueRepository) => {
    const { items } = await repository.list({}, { limit: 500 });
    return Promise.all(
      items.map(async (issue) => ({
        issue,
        comments: await repository.comments(issue.number),
        blockers: (await repository.blockers(issue.number)).map(({ number }) => number),
      })),
    );
  };
  expect(await known(mirror.issues)).toEqual(await known(tracker));
  expect(await mirror.issues.labels()).toEqual(await tracker.labels());
  expect(await mirror.issues.milestones()).toEqual(await tracker.milestones());
};

/** Makes the tracker one that counts pages by place, and does something after the first of a longer list. */
const countPages = (afterFirst: () => void) => {
  const list = tracker.list.bind(tracker);
  let isFirst = true;
  jest.spyOn(tracker, 'list').mockImplementation(async (query, { limit = 50, cursor = '0' } = {}) => {
    const { items } = await list(query, { limit: 500 });
    const end = Number(cursor) + limit;
    if (isFirst && limit > 1 && end < items.length) {
      isFirst = false;
      afterFirst();
    }
    const page = items.slice(Number(cursor), end);
    return end < items.length ? { items: page, nextCursor: String(end) } : { items: page };
  });
};

/** A mirror whose process dies at a step: nothing of that step is there afterwards. */
const dyingAt = (step: number): IssueMirror => {
  let steps = 0;
  return {
    progress: () => mirror.progress(),
    numbers: () => mirror.numbers(),
    apply: async (each: MirrorStep) => {
      if (++steps === step) throw new Error('killed');
      await mirror.apply(each);
    },
  };
};

describe('the first synchronisation', () => {
  it('takes over everything: issues, comments, dependencies, labels, milestones', async () => {
    await tracker.saveLabel(issueLabel('a/b'));
    await tracker.saveMilestone(issueMilestone('1.0'));
    await addIssues(8);
    await tracker.edit(2, { labels: ['a/b'], milestone: '1.0' });
    await tracker.comment(3, 'Hello');
    await tracker.block(5, 4);
    const progress: SyncProgress[] = [];
    const report = await service.sync({ onProgress: (each) => progress.push(each) });
    expect(report).toMatchObject({
      kind: 'full',
      resumed: false,
      removed: 0,
      total: 8,
      syncedAt: localNow.toISOString(),
      interrupted: false,
    });
    await expectSame();
    expect(progress.slice(0, 3)).toEqual([3, 6, 8].map((issues) => ({ phase: 'all', issues, total: 8 })));
    expect((await service.progress()).cursor).toBeUndefined();
  });

  it('of a tracker without issues is done, too', async () => {
    expect(await service.sync()).toMatchObject({ kind: 'full', total: 0, interrupted: false });
    expect(await service.sync()).toMatchObject({ kind: 'incremental', issues: 0 });
    await addIssues(1);
    expect(await service.sync()).toMatchObject({ kind: 'incremental', issues: 1, total: 1 });
  });

  it('asks for comments only where there are any', async () => {
    await addIssues(4);
    await tracker.comment(2, 'Hello');
    const comments = jest.spyOn(tracker, 'comments');
    await service.sync();
    expect(new Set(comments.mock.calls.map(([number]) => number))).toEqual(new Set([2]));
  });

  it('takes over what is made and changed while it runs', async () => {
    await addIssues(7);
    const list = tracker.list.bind(tracker);
    let calls = 0;
    jest.spyOn(tracker, 'list').mockImplementation(async (query, page) => {
      const answer = await list(query, page);
      // Long after it began, so that the time of its end would be the wrong place to go on from.
      pass(3600);
      calls += 1;
      if (calls === 2) await tracker.edit(1, { title: 'Changed behind its back' });
      if (calls === 4) await tracker.create({ title: 'New' });
      return answer;
    });
    await service.sync();
    jest.restoreAllMocks();
    await service.sync();
    await expectSame();
  });

  it('misses none that slips through because another before it is removed', async () => {
    await addIssues(9);
    countPages(() => tracker.book.records.delete(1));
    await service.sync();
    jest.restoreAllMocks();
    await expectSame();
  });
});

describe('a later synchronisation', () => {
  beforeEach(async () => {
    await addIssues(8);
    await service.sync();
    pass(3600);
  });

  it('takes over only what was changed since', async () => {
    await tracker.edit(3, { title: 'Changed' });
    pass(60);
    await tracker.comment(5, 'Hello');
    // The two, and the one that was changed last before: another may have been changed in the same second.
    expect(await service.sync()).toMatchObject({ kind: 'incremental', issues: 3, removed: 0, total: 8 });
    await expectSame();
    pass(3600);
    expect((await service.sync()).issues).toBe(1);
  });

  it('asks again for changes shortly before the last: one may have been committed late', async () => {
    await tracker.edit(3, { title: 'Changed' });
    await service.sync();
    const at = clock - 4_000;
    const record = tracker.book.record(7);
    tracker.book.change(7, {
      issue: { ...record.issue, title: 'Late', updatedAt: new Date(at).toISOString(), version: '9' },
    });
    await service.sync();
    await expectSame();
  });

  it('notices what was removed, also when as many are new', async () => {
    tracker.book.records.delete(2);
    expect(await service.sync()).toMatchObject({ kind: 'incremental', removed: 1, total: 7 });
    tracker.book.records.delete(8);
    expect(await service.sync()).toMatchObject({ removed: 1, total: 6 });
    await addIssues(1);
    tracker.book.records.delete(3);
    tracker.book.records.delete(4);
    expect(await service.sync()).toMatchObject({ removed: 2, total: 5 });
    await expectSame();
  });

  it('misses no change that slips through because another issue is removed', async () => {
    for (const number of [1, 2, 3, 4, 5]) await tracker.edit(number, { title: 'Changed' });
    // Many later changes, so that the next synchronisation would not come back to these.
    pass(3600);
    await tracker.edit(8, { title: 'Changed' });
    countPages(() => tracker.book.records.delete(1));
    await service.sync();
    jest.restoreAllMocks();
    await service.sync();
    await expectSame();
  });

  it('removes none that the tracker only does not list', async () => {
    tracker.book.records.delete(2);
    const stream = tracker.stream.bind(tracker);
    jest.spyOn(tracker, 'stream').mockImplementation(async function* (query) {
      for await (const each of stream(query)) if (each.number !== 5) yield each;
    });
    expect(await service.sync()).toMatchObject({ removed: 1 });
    jest.restoreAllMocks();
    await expectSame();
  });

  it('of everything mends what no time tells', async () => {
    const { issue } = tracker.book.record(4);
    tracker.book.change(4, { issue: { ...issue, title: 'Changed without a trace' } });
    await service.sync();
    await expect(expectSame()).rejects.toThrow();
    expect(await service.sync({ full: true })).toMatchObject({ kind: 'full', resumed: false });
    await expectSame();
  });

  it('of everything mends also what slips through meanwhile', async () => {
    const { issue } = tracker.book.record(4);
    tracker.book.change(4, { issue: { ...issue, title: 'Changed without a trace' } });
    countPages(() => tracker.book.records.delete(1));
    await service.sync({ full: true });
    jest.restoreAllMocks();
    await expectSame();
  });

  it('can be read from all the time while everything is taken over', async () => {
    const { syncedAt } = await mirror.progress();
    await expect(
      new IssueSyncService({ tracker, mirror: dyingAt(2) }, { pageSize: 3 }).sync({ full: true }),
    ).rejects.toThrow('killed');
    expect((await mirror.progress()).syncedAt).toBe(syncedAt);
  });
});

describe('an interrupted synchronisation', () => {
  it('goes on where it was, whatever the step it died in, and misses and doubles nothing', async () => {
    await tracker.saveLabel(issueLabel('a'));
    await addIssues(8);
    await tracker.comment(3, 'Hello');
    for (let step = 1; ; step++) {
      mirror = new InMemoryIssueMirror();
      const died = await new IssueSyncService({ tracker, mirror: dyingAt(step) }, { pageSize: 3 })
        .sync()
        .then(
          () => false,
          () => true,
        );
      pass(60);
      await tracker.edit((step % 8) + 1, { title: `Changed after step ${step}` });
      const report = await new IssueSyncService({ tracker, mirror }, { pageSize: 3 }).sync();
      await expectSame();
      if (!died) {
        expect(step).toBeGreaterThan(5);
        break;
      }
      expect(report.resumed).toBe(step > 1 && step < 6);
    }
  });

  it('does not take over again what it has', async () => {
    await addIssues(9);
    await expect(
      new IssueSyncService({ tracker, mirror: dyingAt(3) }, { pageSize: 3 }).sync(),
    ).rejects.toThrow('killed');
    const taken: number[] = [];
    jest.spyOn(mirror, 'apply').mockImplementation(({ issues = [] }) => {
      taken.push(...issues.map(({ issue }) => issue.number));
      return Promise.resolve();
    });
    await service.sync().catch(() => undefined);
    expect(Math.min(...taken)).toBeGreaterThan(3);
  });

  it('begins again when the tracker no longer knows the place', async () => {
    await addIssues(5);
    await mirror.apply({ progress: { cursor: 'nonsense', startedAt: '2026-03-01T12:00:00.000Z' } });
    expect(await service.sync()).toMatchObject({ resumed: true, total: 5 });
    await expectSame();
  });

  it('ends between two steps when it is told to, and says so', async () => {
    await addIssues(8);
    const controller = new AbortController();
    const report = await service.sync({
      signal: controller.signal,
      onProgress: () => {
        controller.abort();
      },
    });
    expect(report).toMatchObject({ interrupted: true, issues: 3, total: 3 });
    expect(report).not.toHaveProperty('syncedAt');
    expect(await service.sync()).toMatchObject({ resumed: true, interrupted: false, total: 8 });
    await expectSame();
    expect(await service.sync({ signal: AbortSignal.abort() })).toMatchObject({
      interrupted: true,
      issues: 0,
    });
  });

  it('fails as the tracker fails, and leaves what it has', async () => {
    await addIssues(5);
    jest
      .spyOn(tracker, 'blockers')
      .mockImplementation((number) => (number > 3 ? Promise.reject(down) : Promise.resolve([])));
    await expect(service.sync()).rejects.toBe(down);
    expect(await mirror.numbers()).toEqual([1, 2, 3]);
    jest.restoreAllMocks();
    await service.sync();
    await expectSame();
  });
});

it('two calls at the same time are one synchronisation', async () => {
  await addIssues(4);
  const [first, second] = await Promise.all([service.sync(), service.sync()]);
  expect(second).toBe(first);
  expect(first.issues).toBeLessThan(2 * 4 + 1);
});

it('an issue that is removed while its comments are fetched is left out', async () => {
  await addIssues(4);
  const blockers = tracker.blockers.bind(tracker);
  jest.spyOn(tracker, 'blockers').mockImplementation(async (number) => {
    if (number === 2) tracker.book.records.delete(2);
    return blockers(number);
  });
  await service.sync();
  await expectSame();
});
