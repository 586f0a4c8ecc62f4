import { describe, expect, it } from '@jest/globals';
import { NotFound } from '@markitect/domain';
import { cacheKey } from '@markitect/ports';
import { InMemoryCacheTier } from '@markitect/testing';
import { InProcessInvalidationLog, InProcessLeaseStore } from '../src/index.js';
import { cachesOnVirtualTime } from './caches-on-virtual-time.js';

const { now, advance, open, slow, failSlowly } = cachesOnVirtualTime();

describe('a stampede', () => {
  it('of 1,000 callers runs the factory once, and once more for 1,000 when it fails', async () => {
    const cache = open().namespace<number>('n');
    let runs = 0;
    const well = Array.from({ length: 1000 }, () => cache.getOrSet('key', () => ((runs += 1), slow(10, 7))));
    await advance(10);
    expect(new Set(await Promise.all(well))).toEqual(new Set([7]));
    expect(runs).toBe(1);
    const failing = Promise.allSettled(
      Array.from({ length: 1000 }, () => cache.getOrSet('other', () => ((runs += 1), failSlowly(10)))),
    );
    await advance(10);
    expect((await failing).every(({ status }) => status === 'rejected')).toBe(true);
    expect(runs).toBe(2);
  });

  it('on four managers runs the factory once by the lease, also when it fails, with the same error for all', async () => {
    const log = new InProcessInvalidationLog();
    const tier = new InMemoryCacheTier(() => now());
    const store = new InProcessLeaseStore({ now });
    const caches = Array.from({ length: 4 }, () =>
      open({ log, tiers: [{ name: 'shared', tier }], leases: { store } }).namespace<number>('n'),
    );
    let runs = 0;
    const all = (key: string, factory: () => Promise<number>) =>
      Promise.allSettled(
        caches.flatMap((cache) =>
          Array.from({ length: 250 }, () => cache.getOrSet(key, () => ((runs += 1), factory()))),
        ),
      );
    const well = all('key', () => slow(300, 7));
    await advance(1000);
    expect((await well).every((each) => each.status === 'fulfilled' && each.value === 7)).toBe(true);
    expect(runs).toBe(1);
    const failing = all('other', async () => {
      await slow(300, 0);
      throw new NotFound('ISSUE_NOT_FOUND', 'no issue 7', { details: { number: 7 } });
    });
    await advance(1000);
    for (const each of await failing) {
      expect((each as PromiseRejectedResult).reason).toMatchObject({
        code: 'ISSUE_NOT_FOUND',
        message: 'no issue 7',
        details: { number: 7 },
      });
    }
    expect(runs).toBe(2);
  });

  it('whose holder of the lease is gone is taken over by one of those that wait', async () => {
    const log = new InProcessInvalidationLog();
    const tier = new InMemoryCacheTier(() => now());
    const store = new InProcessLeaseStore({ now });
    await store.acquire(cacheKey('n', 'key'), 2000);
    const caches = [1, 2].map(() =>
      open({ log, tiers: [{ name: 'shared', tier }], leases: { store } }).namespace<number>('n'),
    );
    let runs = 0;
    const waiting = Promise.all(
      caches.map((cache) => cache.getOrSet('key', () => ((runs += 1), slow(10, 7)))),
    );
    await advance(1990);
    expect(runs).toBe(0);
    await advance(1000);
    expect(await waiting).toEqual([7, 7]);
    expect(runs).toBe(1);
  });

  it('finds what somebody else was done with just before it got the lease', async () => {
    const log = new InProcessInvalidationLog();
    const tiers = [{ name: 'shared', tier: new InMemoryCacheTier(now) }];
    const other = open({ log, tiers }).namespace<number>('n');
    const store = new InProcessLeaseStore({ now });
    const acquire = store.acquire.bind(store);
    store.acquire = async (name, ttlMs) => {
      await other.getOrSet('key', () => 7);
      return acquire(name, ttlMs);
    };
    const cache = open({ log, tiers, leases: { store } }).namespace<number>('n');
    expect(await cache.getOrSet('key', () => 8)).toBe(7);
  });

  it('does without the lease when its store fails', async () => {
    const store = new InProcessLeaseStore({ now });
    store.acquire = () => Promise.reject(new Error('no store'));
    const cache = open({ leases: { store } }).namespace<number>('n');
    expect(await cache.getOrSet('key', () => 7)).toBe(7);
  });
});
