import { describe, expect, it } from '@jest/globals';
import type { Issue } from '@markitect/domain';
import fc from 'fast-check';
import { answer, FakeGitea } from '../tests/fake-gitea.js';
import { GiteaIssueRepository } from './index.js';

const options = { owner: 'team', repository: 'work' };
const numbers = (issues: readonly Pick<Issue, 'number'>[]) => issues.map(({ number }) => number);

function filled(count: number): { fake: FakeGitea; repository: GiteaIssueRepository } {
  const fake = new FakeGitea();
  fake.issues = Array.from({ length: count }, (_, index) => answer(count - index));
  return { fake, repository: new GiteaIssueRepository(fake, options) };
}

async function read(repository: GiteaIssueRepository, query: Parameters<GiteaIssueRepository['stream']>[0]) {
  const found: Issue[] = [];
  for await (const issue of repository.stream(query)) found.push(issue);
  return numbers(found);
}

describe('lists of issues', () => {
  it('ask for issues only, both open and closed, unless told otherwise', async () => {
    const { fake, repository } = filled(3);
    await repository.list({});
    const [request, ...more] = fake.sent('GET', '/issues');
    expect(request?.query).toMatchObject({ type: 'issues', state: 'all', page: 1, limit: 50 });
    expect(more).toEqual([]);
  });

  it.each(['asc', 'desc'] as const)(
    'lose and repeat nothing when issues come and go between pages, %s',
    async (order) => {
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 0, max: 40 }),
          fc.integer({ min: 1, max: 9 }),
          fc.integer({ min: 1, max: 12 }),
          fc.array(fc.array(fc.oneof(fc.constant(-1), fc.nat(50)), { maxLength: 5 }), { maxLength: 20 }),
          async (count, limit, mostItems, changes) => {
            const { fake, repository } = filled(count);
            fake.mostItems = mostItems;
            let last = count;
            const stayed = new Set(numbers(fake.issues as unknown as Issue[]));
            const found: number[] = [];
            const added = new Set<number>();
            for (let cursor: string | undefined, page = 0; page === 0 || cursor !== undefined; page += 1) {
              const { items, nextCursor } = await repository.list(
                { order },
                { limit, ...(cursor === undefined ? {} : { cursor }) },
              );
              if (nextCursor !== undefined) expect(items).toHaveLength(limit);
              found.push(...numbers(items));
              cursor = nextCursor;
              for (const change of changes[page] ?? []) {
                if (change === -1) {
                  last += 1;
                  added.add(last);
                  fake.issues.unshift(answer(last));
                } else if (change < fake.issues.length) {
                  const [gone] = fake.issues.splice(change, 1);
                  stayed.delete(Number(gone?.number));
                }
              }
            }
            expect(new Set(found).size).toBe(found.length);
            expect(found).toEqual([...found].sort((a, b) => (order === 'asc' ? a - b : b - a)));
            expect(found.filter((number) => stayed.has(number)).length).toBe(stayed.size);
            if (order === 'desc') expect(found.filter((number) => added.has(number))).toEqual([]);
          },
        ),
        { numRuns: 100 },
      );
    },
  );

  it('compose long pages of several pages of the server, and say when there is no more', async () => {
    const { fake, repository } = filled(120);
    const first = await repository.list({}, { limit: 100 });
    expect(numbers(first.items)).toEqual(Array.from({ length: 100 }, (_, index) => 120 - index));
    const second = await repository.list({}, { limit: 100, cursor: first.nextCursor ?? '' });
    expect(numbers(second.items)).toEqual(Array.from({ length: 20 }, (_, index) => 20 - index));
    expect(second.nextCursor).toBeUndefined();
    for (const { query } of fake.sent('GET', '/issues')) expect(Number(query?.limit)).toBeLessThanOrEqual(50);
    expect((await repository.list({}, { limit: 120 })).nextCursor).toBeUndefined();
  });

  it.each([
    ['asc', 'says so'],
    ['desc', 'says so'],
    ['asc', 'does not say so'],
    ['desc', 'does not say so'],
  ])('%s, follow a server that gives less than it is asked for and %s', async (direction, hint) => {
    const order = direction as 'asc' | 'desc';
    const { fake, repository } = filled(100);
    fake.mostItems = 7;
    if (hint !== 'says so')
      fake.on('GET', '/settings/api', () => ({ status: 404, headers: {}, body: undefined }));
    const { items } = await repository.list({ order }, { limit: 60 });
    const expected = Array.from({ length: 60 }, (_, index) => (order === 'asc' ? index + 1 : 100 - index));
    expect(numbers(items)).toEqual(expected);
    expect(await read(repository, { order })).toHaveLength(100);
  });

  it.each(['asc', 'desc'] as const)(
    'lose and repeat nothing when issues come and go while they are streamed, %s',
    async (order) => {
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 0, max: 60 }),
          fc.integer({ min: 1, max: 9 }),
          // One change at a time: the server's total tells of it.
          fc.uniqueArray(fc.tuple(fc.nat(25), fc.oneof(fc.constant(-1), fc.nat(50))), {
            maxLength: 3,
            selector: ([at]) => at,
          }),
          async (count, mostItems, changes) => {
            const { fake, repository } = filled(count);
            fake.mostItems = mostItems;
            const stayed = new Set(Array.from({ length: count }, (_, index) => index + 1));
            let requests = 0;
            fake.on('GET', 'issues', () => {
              for (const [at, change] of changes) {
                if (at !== requests) continue;
                if (change === -1) fake.issues.unshift(answer(Number(fake.issues[0]?.number ?? 100) + 1));
                else if (change < fake.issues.length)
                  stayed.delete(Number(fake.issues.splice(change, 1)[0]?.number));
              }
              requests += 1;
              return undefined;
            });
            const found = await read(repository, { order });
            expect(found).toEqual([...new Set(found)].sort((a, b) => (order === 'asc' ? a - b : b - a)));
            expect([...stayed].filter((number) => !found.includes(number))).toEqual([]);
          },
        ),
        // Of two pages asked for together the second shows a list that is shorter than the first one's.
        { numRuns: 150, examples: [[4, 3, [[2, 0]]]] },
      );
    },
  );

  it('are streamed with the next pages fetched ahead, a bounded number at a time', async () => {
    const { fake, repository } = filled(1000);
    let open = 0;
    let most = 0;
    fake.on('GET', 'issues', () => {
      open += 1;
      most = Math.max(most, open);
      return new Promise((resolve) =>
        setImmediate(() => {
          open -= 1;
          resolve(undefined);
        }),
      );
    });
    expect(await read(repository, {})).toEqual(Array.from({ length: 1000 }, (_, index) => 1000 - index));
    // The four of the window, and the one request that looks whether it is still in its place.
    expect(most).toBeLessThanOrEqual(5);
    expect(most).toBeGreaterThan(1);
  });

  it('that are not read to the end fetch no more than a little ahead', async () => {
    const { fake, repository } = filled(1000);
    for await (const issue of repository.stream({})) if (issue.number === 999) break;
    expect(fake.requests.length).toBeLessThan(10);
  });

  it('filter here what the server cannot, and look on until a page is full', async () => {
    const { fake, repository } = filled(200);
    fake.issues = fake.issues.map((issue) => ({
      ...issue,
      labels: Number(issue.number) % 40 === 0 ? [{ id: 1, name: 'rare', color: 'ff0000' }] : [],
    }));
    const { items, nextCursor } = await repository.list({ labels: { any: ['rare', 'none'] } }, { limit: 3 });
    expect(numbers(items)).toEqual([200, 160, 120]);
    const rest = await repository.list(
      { labels: { any: ['rare', 'none'] } },
      { limit: 3, cursor: nextCursor ?? '' },
    );
    expect(numbers(rest.items)).toEqual([80, 40]);
    expect(rest.nextCursor).toBeUndefined();
    expect(await repository.count({ labels: { none: ['rare'] } })).toBe(195);
  });

  it('by the time of changes and by comments are sorted here, in pages too', async () => {
    const { fake, repository } = filled(10);
    fake.issues = fake.issues.map((issue) => ({ ...issue, comments: Number(issue.number) % 3 }));
    const found: number[] = [];
    for (let cursor: string | undefined, first = true; first || cursor !== undefined; first = false) {
      const page = await repository.list(
        { sort: 'comments', order: 'asc' },
        { limit: 4, ...(cursor === undefined ? {} : { cursor }) },
      );
      found.push(...numbers(page.items));
      cursor = page.nextCursor;
    }
    expect(found).toEqual([3, 6, 9, 1, 4, 7, 10, 2, 5, 8]);
  });

  it('of an imported repository, whose numbers do not follow its times, are sorted here', async () => {
    const { fake, repository } = filled(60);
    // The issue with the lowest number was created last, elsewhere.
    fake.issues = [answer(1, { created_at: '2026-11-01T00:00:00Z' }), ...fake.issues.slice(0, -1)];
    const { items, nextCursor } = await repository.list({}, { limit: 50 });
    expect(numbers(items)).toEqual(Array.from({ length: 50 }, (_, index) => 60 - index));
    const rest = await repository.list({}, { limit: 50, cursor: nextCursor ?? '' });
    expect(numbers(rest.items)).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
    expect(await read(new GiteaIssueRepository(fake, options), { order: 'asc' })).toHaveLength(60);
    expect(numbers((await repository.list({ sort: 'createdAt' }, { limit: 2 })).items)).toEqual([1, 60]);
  });

  it('do not send names that mean nothing or several things to the server', async () => {
    const { fake, repository } = filled(5);
    fake.labels = ['plain', 'twice', 'twice', 'a,b', ' blank'].map((name, index) => ({
      id: index + 1,
      name,
      color: '00aabb',
    }));
    expect((await repository.list({ labels: { all: ['unknown'] } })).items).toEqual([]);
    expect(await repository.count({ labels: { all: ['unknown'] } })).toBe(0);
    expect(fake.sent('GET', '/issues')).toHaveLength(0);
    await repository.list({ labels: { all: ['plain', 'twice', 'a,b', ' blank'] } });
    expect(fake.sent('GET', '/issues')[0]?.query?.labels).toBe('plain');
  });

  it('ask for whole seconds, which the server keeps', async () => {
    const { fake, repository } = filled(1);
    await repository.list({ updatedSince: '2026-01-01T00:00:00.001Z' });
    expect(fake.sent('GET', '/issues')[0]?.query?.since).toBe('2026-01-01T00:00:01Z');
  });

  it.each([
    ['2026-01-01T00:00:01.000Z', '2026-01-01T00:00:00Z'],
    ['2026-01-01T00:00:00.001Z', '2026-01-01T00:00:00Z'],
    ['2026-01-01', '2025-12-31T23:59:59Z'],
  ])('before %s ask for what was changed until %s, which the server counts in', async (time, asked) => {
    const { fake, repository } = filled(1);
    await repository.list({ updatedBefore: time });
    expect(fake.sent('GET', '/issues')[0]?.query?.before).toBe(asked);
  });

  it('before the clock of the server begins are empty, not everything', async () => {
    const { fake, repository } = filled(1);
    for (const updatedBefore of ['1970-01-01T00:00:01Z', '1970-01-01', '1066-10-14']) {
      expect(await repository.count({ updatedBefore })).toBe(0);
    }
    expect(fake.sent('GET', '/issues')).toHaveLength(0);
  });

  it('of users there are not are empty, of repositories there are not fail', async () => {
    const { fake, repository } = filled(1);
    fake.on('GET', 'issues', () => ({
      status: 404,
      headers: {},
      body: { message: 'user does not exist [uid: 0, name: x]' },
    }));
    expect(await repository.list({ author: 'x' })).toEqual({ items: [] });
    expect(await repository.count({ assignee: 'x' })).toBe(0);
    fake.on('GET', '', () => ({ status: 404, headers: {}, body: { message: 'not found' } }));
    await expect(repository.list({ author: 'x' })).rejects.toMatchObject({ code: 'TRACKER_NOT_FOUND' });
  });

  it('refuse damaged cursors and those of another list', async () => {
    const { repository } = filled(10);
    const { nextCursor = '' } = await repository.list({}, { limit: 2 });
    for (const [query, cursor] of [
      [{}, 'x'],
      [{ state: 'open' }, nextCursor],
      [{ order: 'asc' }, nextCursor],
    ] as const) {
      await expect(repository.list(query, { cursor })).rejects.toMatchObject({ code: 'CURSOR_INVALID' });
    }
  });
});
