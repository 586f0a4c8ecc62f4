import { describe, expect, it } from '@jest/globals';
import type { Invalidation, InvalidationLog, LoggedInvalidation } from '@markitect/ports';

/** Two logs on one store, as two processes have them. */
export interface OpenInvalidationLog {
  readonly log: InvalidationLog;
  readonly other: InvalidationLog;
  close(): Promise<void>;
}

const key = (name: string): Invalidation => ({ kind: 'key', name });

/** All pages after a position. */
async function allSince(log: InvalidationLog, position: number, limit?: number) {
  const found: LoggedInvalidation[] = [];
  let at = position;
  for (;;) {
    const page = await log.since(at, limit);
    expect(page.isTruncated).toBe(false);
    found.push(...page.invalidations);
    if (page.position <= at) return { found, position: at };
    at = page.position;
  }
}

/** What every InvalidationLog promises. `open` gives logs on a new, empty store for each test. */
export function describeInvalidationLogContract(
  name: string,
  open: () => Promise<OpenInvalidationLog>,
): void {
  const test = (body: (opened: OpenInvalidationLog) => Promise<void>) => async () => {
    const opened = await open();
    try {
      await body(opened);
    } finally {
      await opened.close();
    }
  };
  /** What another process acknowledged can be seen in a later turn of the event loop. */
  const turn = () => new Promise((resolve) => setImmediate(resolve));

  describe(`${name} keeps the InvalidationLog contract`, () => {
    it(
      'has a position from the beginning, and nothing after it',
      test(async ({ log }) => {
        const position = log.position();
        expect(Number.isSafeInteger(position)).toBe(true);
        expect(await log.since(position)).toEqual({ invalidations: [], position, isTruncated: false });
      }),
    );

    it(
      'gives each invalidation a later position, which every process knows once it is acknowledged',
      test(async ({ log, other }) => {
        let before = log.position();
        for (const each of [log, other, log, log, other]) {
          const position = await each.append([key('a')]);
          expect(position).toBeGreaterThan(before);
          await turn();
          expect(log.position()).toBeGreaterThanOrEqual(position);
          expect(other.position()).toBeGreaterThanOrEqual(position);
          before = position;
        }
        expect(log.position()).toBe(other.position());
      }),
    );

    it(
      'knows its own invalidation at once',
      test(async ({ log }) => {
        const position = await log.append([key('a')]);
        expect(log.position()).toBeGreaterThanOrEqual(position);
      }),
    );

    it(
      'gives what came after a position, ascending, each name at its newest position',
      test(async ({ log, other }) => {
        const start = log.position();
        await log.append([key('p:a'), { kind: 'tag', name: 't' }]);
        await other.append([{ kind: 'expiry', name: 'p:a' }, { kind: 'all' }]);
        const last = await log.append([key('p:b'), key('p:a')]);
        const { found, position } = await allSince(other, start);
        expect(position).toBe(last);
        const positions = found.map((each) => each.position);
        expect(positions).toEqual([...positions].sort((left, right) => left - right));
        expect(positions.every((each) => each > start && each <= last)).toBe(true);
        const newest = new Map(found.map((each) => [each.name, each.position]));
        expect([...newest.keys()].sort()).toEqual(['*', 'k:p:a', 'k:p:b', 't:t', 'x:p:a']);
        expect(newest.get('k:p:a')).toBe(last);
        await turn();
        const page = await other.since(other.position());
        expect(page).toEqual({ invalidations: [], position: other.position(), isTruncated: false });
      }),
    );

    it(
      'leads from any position to where it says it is',
      test(async ({ log, other }) => {
        const start = log.position();
        for (let index = 0; index < 7; index += 1) await log.append([key(`k${index}`), key(`l${index}`)]);
        const { found, position } = await allSince(other, start, 3);
        await turn();
        expect(position).toBe(other.position());
        expect(new Set(found.map((each) => each.name)).size).toBe(14);
        const [, , third] = found;
        const rest = await allSince(log, third?.position ?? start, 3);
        expect(rest.found).toEqual(found.slice(3));
      }),
    );

    it(
      'knows the newest position of names',
      test(async ({ log, other }) => {
        const first = await log.append([key('a')]);
        const second = await other.append([{ kind: 'tag', name: 'a' }]);
        const third = await log.append([key('b')]);
        const fourth = await log.append([key('b')]);
        const { positions, horizon } = await other.latest(['k:a', 't:a', 'k:b', 'k:c', '*']);
        expect(positions).toEqual(
          new Map([
            ['k:a', first],
            ['t:a', second],
            ['k:b', fourth],
          ]),
        );
        expect(third).toBeLessThan(fourth);
        expect(horizon).toBeLessThan(first);
        expect((await other.latest([])).positions.size).toBe(0);
      }),
    );

    it(
      'keeps names apart, whatever is in them',
      test(async ({ log }) => {
        const odd = ['a', 'A', 'a:b', ' ', '*', "'", '%', '😀', 'é', 'e\u0301', 'x'.repeat(1000)];
        const last = await log.append(odd.map(key));
        const { positions } = await log.latest(odd.map((each) => `k:${each}`));
        expect(positions.size).toBe(odd.length);
        expect(Math.max(...positions.values())).toBe(last);
        expect((await log.latest(['*'])).positions.size).toBe(0);
      }),
    );

    it(
      'loses nothing when many write at the same time',
      test(async ({ log, other }) => {
        const start = log.position();
        const names = Array.from({ length: 50 }, (_, index) => `k${index}`);
        const positions = await Promise.all(
          names.map((each, index) => (index % 2 === 0 ? log : other).append([key(each)])),
        );
        expect(new Set(positions).size).toBe(50);
        const { found } = await allSince(log, start);
        expect(new Map(found.map((each) => [each.name, each.position]))).toEqual(
          new Map(names.map((each, index) => [`k:${each}`, positions[index]])),
        );
      }),
    );
  });
}
