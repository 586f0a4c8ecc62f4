import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type IssueMirror, limitedRequest, type MirrorStep } from '@markitect/ports';
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
    getMany: (numbers) => mirror.getMany(numbers),
    takeTurn: (request) => mirror.takeTurn(request),
    // One that dies does not give its turn back.
    endTurn: async (token) => {
      if (mirror.turn?.token === token) mirror.turn = undefined;
    },
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

describe('what was not changed', () => {
  let local: number;
  /** Time goes by for the tracker and for us. */
  const passHere = (seconds: number) => {
    pass(seconds);
    local += seconds * 1000;
  };
  /** The issues whose comments and blockers were asked for in a run, and its report. */
  const synced = async (full = false) => {
    const blockers = jest.spyOn(tracker, 'blockers');
    const report = await service.sync({ full });
    const asked = blockers.mock.calls.map(([number]) => number);
    blockers.mockRestore();
    return { asked: asked.sort((a, b) => a - b), report };
  };

  beforeEach(() => {
    local = Date.parse('2031-01-01T00:00:00.000Z');
    service = new IssueSyncService({ tracker, mirror }, { pageSize: 3, now: () => new Date(local) });
  });

  it('is counted once, however often it is read', async () => {
    // All in the second before: the changes since then are all of them.
    for (let each = 0; each < 8; each++) await tracker.create({ title: 'A burst' });
    const progress: SyncProgress[] = [];
    const report = await service.sync({ onProgress: (each) => progress.push(each) });
    expect(report).toMatchObject({ kind: 'full', issues: 8, total: 8 });
    expect(Math.max(...progress.map(({ issues }) => issues))).toBe(8);
  });

  it('is read no more once a burst is over', async () => {
    for (let each = 0; each < 8; each++) await tracker.create({ title: 'A burst' });
    await service.sync();
    passHere(3600);
    // When it was read, the second was not surely over.
    expect((await synced()).asked).toHaveLength(8);
    passHere(60);
    expect(await synced()).toMatchObject({ asked: [], report: { kind: 'incremental', issues: 0, total: 8 } });
    await tracker.edit(3, { title: 'Changed' });
    expect(await synced()).toMatchObject({ asked: [3], report: { issues: 1 } });
    await expectSame();
  });

  it('is read again while its second may go on, so that nothing of it is missed', async () => {
    await addIssues(4);
    await service.sync();
    passHere(60);
    await tracker.edit(2, { title: 'Changed' });
    await service.sync();
    // A dependency of the same second, of which the issue itself shows nothing.
    const { issue } = tracker.book.record(2);
    tracker.book.change(2, { blockers: [4] });
    expect(tracker.book.record(2).issue).toBe(issue);
    await service.sync();
    await expectSame();
    expect((await mirror.issues.blockers(2)).map(({ number }) => number)).toEqual([4]);
  });

  it('is not taken for settled because our clock is ahead', async () => {
    await addIssues(2);
    local += 3600_000;
    await service.sync();
    passHere(2);
    await tracker.edit(2, { title: 'Changed' });
    await service.sync();
    tracker.book.change(2, { blockers: [1] });
    await service.sync();
    await expectSame();
  });

  it('is noticed when it differs without a new time', async () => {
    await addIssues(2);
    await service.sync();
    passHere(60);
    await service.sync();
    passHere(60);
    const { issue } = tracker.book.record(2);
    tracker.book.change(2, { issue: { ...issue, labels: [issueLabel('renamed')] } });
    expect((await synced()).asked).toEqual([2]);
    await expectSame();
  });

  it('is read again when everything is asked for', async () => {
    await addIssues(3);
    await service.sync();
    passHere(60);
    await service.sync();
    passHere(60);
    const { asked, report } = await synced(true);
    expect(new Set(asked)).toEqual(new Set([1, 2, 3]));
    expect(report.issues).toBe(3);
  });
});

describe('two processes', () => {
  const gateOf = () => {
    let open: () => void = () => undefined;
    const opened = new Promise<void>((resolve) => (open = resolve));
    return { open, opened };
  };
  /** Makes the tracker wait at its second page until it is let go on. */
  const hold = () => {
    const [reached, released] = [gateOf(), gateOf()];
    const list = tracker.list.bind(tracker);
    jest.spyOn(tracker, 'list').mockImplementation(async (query, page = {}) => {
      if (page.cursor !== undefined) {
        reached.open();
        await released.opened;
      }
      return list(query, page);
    });
    return { reached: reached.opened, release: released.open };
  };
  const other = (leaseMs?: number) =>
    new IssueSyncService(
      { tracker, mirror },
      { pageSize: 3, holder: 'the other', ...(leaseMs === undefined ? {} : { leaseMs }) },
    );

  it('do not do the same work: the second is told who does it', async () => {
    await addIssues(8);
    const first = new IssueSyncService({ tracker, mirror }, { pageSize: 3, holder: 'markitect serve' });
    const { reached, release } = hold();
    const running = first.sync();
    await reached;
    await expect(other().sync({ full: true })).rejects.toMatchObject({
      code: 'ISSUE_SYNC_RUNNING',
      kind: 'Conflict',
      message: expect.stringMatching(/^markitect serve has been .* since \d{4}-/),
      details: {
        holder: 'markitect serve',
        since: expect.stringMatching(/Z$/),
        until: expect.stringMatching(/Z$/),
      },
    });
    release();
    expect(await running).toMatchObject({ total: 8, interrupted: false });
    jest.restoreAllMocks();
    expect(await other().sync()).toMatchObject({ kind: 'incremental' });
    expect(mirror.turn).toBeUndefined();
  });

  it('take turns also after one that failed', async () => {
    await addIssues(2);
    jest.spyOn(tracker, 'blockers').mockRejectedValue(down);
    await expect(service.sync()).rejects.toBe(down);
    jest.restoreAllMocks();
    expect(await other().sync()).toMatchObject({ total: 2 });
  });

  it('take turns after one that was killed, when its time is over', async () => {
    await addIssues(2);
    await mirror.takeTurn({ token: 'killed', holder: 'killed', ttlMs: 40 });
    await expect(other().sync()).rejects.toMatchObject({ code: 'ISSUE_SYNC_RUNNING' });
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(await other().sync()).toMatchObject({ total: 2 });
  });

  it('keep a turn as long as they run, and stop when they have lost it', async () => {
    await addIssues(8);
    const { reached, release } = hold();
    const running = other(30).sync();
    running.catch(() => undefined);
    await reached;
    const until = mirror.turn?.until ?? '';
    while (mirror.turn?.until === until) await new Promise((resolve) => setTimeout(resolve, 5));
    await expect(service.sync()).rejects.toMatchObject({ code: 'ISSUE_SYNC_RUNNING' });
    // It was asleep for so long that somebody else was given its turn.
    mirror.turn = {
      token: 'thief',
      holder: 'thief',
      since: new Date().toISOString(),
      until: new Date(Date.now() + 60_000).toISOString(),
    };
    await new Promise((resolve) => setTimeout(resolve, 60));
    release();
    await expect(running).rejects.toMatchObject({ code: 'ISSUE_SYNC_RUNNING', details: { holder: 'thief' } });
    expect(mirror.turn.token).toBe('thief');
  });

  it('in one process share a run, which goes on while anybody waits for it', async () => {
    await addIssues(8);
    const { reached, release } = hold();
    const leaver = new AbortController();
    const progress: SyncProgress[] = [];
    const first = service.sync({ signal: leaver.signal });
    await reached;
    const second = service.sync({ onProgress: (each) => progress.push(each) });
    leaver.abort();
    release();
    expect(await second).toMatchObject({ interrupted: false, total: 8 });
    expect(await first).toBe(await second);
    expect(progress.length).toBeGreaterThan(0);
    await expectSame();
  });

  it('in one process end a run when the last has left, and do not share one that ends', async () => {
    await addIssues(8);
    const { reached, release } = hold();
    const leavers = [new AbortController(), new AbortController()];
    const runs = leavers.map(({ signal }) => service.sync({ signal }));
    await reached;
    for (const each of leavers) each.abort();
    const late = service.sync();
    release();
    for (const each of runs) expect(await each).toMatchObject({ interrupted: true });
    expect(await late).toMatchObject({ interrupted: false, resumed: true, total: 8 });
    await expectSame();
  });

  it('who asks for everything does not share a run of the changes', async () => {
    await addIssues(3);
    await service.sync();
    const runs = await Promise.all([service.sync(), service.sync({ full: true }), service.sync()]);
    expect(runs.map(({ kind }) => kind)).toEqual(['incremental', 'full', 'incremental']);
  });

  it('a run has one deadline for all that it asks for', async () => {
    await addIssues(4);
    const left: (number | undefined)[] = [];
    const blockers = tracker.blockers.bind(tracker);
    jest.spyOn(tracker, 'blockers').mockImplementation((number) => {
      left.push(limitedRequest().deadlineMs);
      return blockers(number);
    });
    await service.sync({ deadlineMs: 60_000 });
    expect(left.length).toBeGreaterThan(3);
    for (const each of left) expect(each).toBeLessThanOrEqual(60_000);
    jest.spyOn(tracker, 'list').mockImplementation(
      () =>
        new Promise((_, reject) =>
          setTimeout(() => {
            try {
              limitedRequest();
            } catch (error) {
              reject(error instanceof Error ? error : new Error(String(error)));
            }
          }, 20),
        ),
    );
    await expect(service.sync({ deadlineMs: 5 })).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
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
