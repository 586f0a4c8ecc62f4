import { describe, expect, it } from '@jest/globals';
import type { LeaseAnswer, LeaseStore } from '@markitect/ports';

/** Two stores of leases on one place, as two processes have them. */
export interface OpenLeaseStore {
  readonly store: LeaseStore;
  readonly other: LeaseStore;
  /** Lets time pass by which leases end. */
  readonly advance: (ms: number) => Promise<void>;
  close(): Promise<void>;
}

/** What every LeaseStore promises. `open` gives stores on a new, empty place for each test. */
export function describeLeaseStoreContract(name: string, open: () => Promise<OpenLeaseStore>): void {
  const test = (body: (opened: OpenLeaseStore) => Promise<void>) => async () => {
    const opened = await open();
    try {
      await body(opened);
    } finally {
      await opened.close();
    }
  };
  const tokenOf = (answer: LeaseAnswer): string => {
    if (answer.kind !== 'granted') throw new Error(`expected the lease to be granted, it is ${answer.kind}`);
    return answer.token;
  };
  const failure = { code: 'ISSUE_NOT_FOUND', message: 'no such issue', details: { number: 7 } };
  const ttl = 2000;

  describe(`${name} keeps the LeaseStore contract`, () => {
    it(
      'grants a lease once and says for how long it is held',
      test(async ({ store, other }) => {
        tokenOf(await store.acquire('a', ttl));
        for (const each of [store, other]) {
          const answer = await each.acquire('a', ttl);
          expect(answer.kind).toBe('held');
          const { forMs } = answer as { forMs: number };
          expect(forMs).toBeGreaterThan(0);
          expect(forMs).toBeLessThanOrEqual(ttl);
        }
        tokenOf(await other.acquire('b', ttl));
      }),
    );

    it(
      'grants it to exactly one of many that ask at the same time',
      test(async ({ store, other }) => {
        const answers = await Promise.all(
          Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? store : other).acquire('a', ttl)),
        );
        expect(answers.filter(({ kind }) => kind === 'granted')).toHaveLength(1);
      }),
    );

    it(
      'grants it again once it is released, with another token',
      test(async ({ store, other }) => {
        const first = tokenOf(await store.acquire('a', ttl));
        await store.release('a', first, { kind: 'done' });
        const second = tokenOf(await other.acquire('a', ttl));
        expect(second).not.toBe(first);
        await store.release('a', first, { kind: 'done' });
        await store.release('a', 'never granted', { kind: 'done' });
        expect((await store.acquire('a', ttl)).kind).toBe('held');
      }),
    );

    it(
      'grants it again, to exactly one, when its holder is not heard of any more',
      test(async ({ store, other, advance }) => {
        const first = tokenOf(await store.acquire('a', ttl));
        await advance(ttl + 1);
        const answers = await Promise.all([other, store, other].map((each) => each.acquire('a', ttl)));
        expect(answers.filter(({ kind }) => kind === 'granted')).toHaveLength(1);
        expect(await store.renew('a', first, ttl)).toBe(false);
        await store.release('a', first, { kind: 'done' });
        expect((await store.acquire('a', ttl)).kind).toBe('held');
      }),
    );

    it(
      'lasts as long as it is renewed',
      test(async ({ store, other, advance }) => {
        const token = tokenOf(await store.acquire('a', ttl));
        for (let round = 0; round < 3; round += 1) {
          await advance(ttl * 0.6);
          expect(await store.renew('a', token, ttl)).toBe(true);
          expect((await other.acquire('a', ttl)).kind).toBe('held');
        }
        expect(await store.renew('a', 'never granted', ttl)).toBe(false);
        await store.release('a', token, { kind: 'done' });
        expect(await store.renew('a', token, ttl)).toBe(false);
      }),
    );

    it(
      'passes a failure on for a while',
      test(async ({ store, other, advance }) => {
        const token = tokenOf(await store.acquire('a', ttl));
        await store.release('a', token, { kind: 'failed', failure, keepMs: 1000 });
        for (const each of [store, other]) {
          expect(await each.acquire('a', ttl)).toEqual({ kind: 'failed', failure });
        }
        expect(await store.renew('a', token, ttl)).toBe(false);
        await advance(1001);
        tokenOf(await other.acquire('a', ttl));
      }),
    );

    it(
      'passes on a failure without a code, and none of somebody who has lost the lease',
      test(async ({ store, other, advance }) => {
        const plain = { code: undefined, message: 'boom 😀', details: {} };
        const token = tokenOf(await store.acquire('a', ttl));
        await store.release('a', token, { kind: 'failed', failure: plain, keepMs: 1000 });
        expect(await other.acquire('a', ttl)).toEqual({ kind: 'failed', failure: plain });
        const late = tokenOf(await store.acquire('b', ttl));
        await advance(ttl + 1);
        tokenOf(await other.acquire('b', ttl));
        await store.release('b', late, { kind: 'failed', failure, keepMs: 1000 });
        expect((await store.acquire('b', ttl)).kind).toBe('held');
      }),
    );
  });
}
