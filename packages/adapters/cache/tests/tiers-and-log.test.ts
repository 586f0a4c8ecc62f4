import { describe, expect, it } from '@jest/globals';
import { InMemoryCacheTier } from '@markitect/testing';
import { type CacheManagerOptions, InProcessInvalidationLog } from '../src/index.js';
import { cachesOnVirtualTime, watch } from './caches-on-virtual-time.js';

const { now, advance, settle, open, slow, failSlowly } = cachesOnVirtualTime();

describe('tiers below memory', () => {
  it('are asked once for all that is asked in one turn', async () => {
    const tier = new InMemoryCacheTier(() => now());
    const cache = open({ memory: { maxBytes: 0 }, tiers: [{ name: 't', tier }] }).namespace<number>('n');
    await cache.setMany(Array.from({ length: 100 }, (_, index) => [`k${index}`, index] as const));
    expect(tier.writes).toEqual([100]);
    const values = await Promise.all(Array.from({ length: 100 }, (_, index) => cache.get(`k${index}`)));
    expect(values).toEqual(Array.from({ length: 100 }, (_, index) => index));
    expect(tier.reads).toEqual([100]);
  });

  it('that fail or hang are done without, tried again, and brought up to date', async () => {
    const tier = new InMemoryCacheTier(() => now());
    const log = new InProcessInvalidationLog();
    const options = {
      log,
      tiers: [{ name: 't', tier, timeoutMs: 50, breaker: { failures: 2, retryMs: 100 } }],
      defaults: { ttlMs: 60_000 },
    };
    const manager = open(options);
    const cache = manager.namespace<number>('n');
    const events: string[] = [];
    manager.events.on('tier-down', ({ tier: name }) => events.push(`${name} down`));
    manager.events.on('tier-up', ({ tier: name }) => events.push(`${name} up`));
    await cache.set('old', 1);
    tier.isDown = true;
    await cache.set('a', 1);
    await cache.set('b', 2);
    expect(events).toEqual(['t down']);
    const before = tier.reads.length;
    await cache.set('old', 2);
    expect(await cache.get('none')).toBeUndefined();
    expect(tier.reads.length).toBe(before);
    expect((await manager.stats()).tiers[1]).toMatchObject({ tier: 't', breaker: 'open', errors: 2 });
    tier.isDown = false;
    await advance(100);
    await cache.get('none');
    await manager.idle();
    expect(events).toEqual(['t down', 't up']);
    const other = open(options).namespace<number>('n');
    expect(await other.getMany(['old', 'a', 'b'])).toEqual(
      new Map([
        ['old', 2],
        ['a', 1],
        ['b', 2],
      ]),
    );
    // Slowness is a failure, too.
    tier.delay = () => slow(1000, undefined);
    const read = watch(cache.get('new'));
    await advance(50);
    expect(read).toMatchObject({ isSettled: true, value: undefined });
    await advance(1000);
  });

  it('that hold an old value do not bring it back', async () => {
    const log = new InProcessInvalidationLog();
    const tier = new InMemoryCacheTier(() => now());
    const [one, two] = [1, 2].map(() => open({ log, tiers: [{ name: 't', tier }] }).namespace<number>('n'));
    await one!.set('key', 1);
    expect(await two!.get('key')).toBe(1);
    tier.isDown = true;
    await one!.delete('key');
    tier.isDown = false;
    expect(await one!.get('key')).toBeUndefined();
    expect(await two!.get('key')).toBeUndefined();
    expect(two!.peek('key')).toBeUndefined();
  });
});

describe('without its log', () => {
  it('a cache trusts nothing it has, goes to the factory and keeps nothing', async () => {
    const log = new InProcessInvalidationLog();
    const manager = open({ log });
    const cache = manager.namespace<number>('n');
    await cache.set('key', 1);
    const position = log.position;
    const broken = Object.assign(log, {
      position: () => Number.POSITIVE_INFINITY,
      since: () => Promise.reject(new Error('no log')),
    });
    expect(await cache.getOrSet('key', () => 2)).toBe(2);
    expect([await cache.get('key'), cache.peek('key')]).toEqual([undefined, undefined]);
    expect((await manager.stats()).untrusted).toBe(2);
    Object.assign(broken, { position });
    expect(await cache.get('key')).toBe(1);
  });

  describe('is asked again and again, of the source', () => {
    const broken = (options: CacheManagerOptions = {}) => {
      const log = new InProcessInvalidationLog();
      return open({
        ...options,
        log: Object.assign(log, {
          position: () => Number.POSITIVE_INFINITY,
          since: () => Promise.reject(new Error('no log')),
        }),
      });
    };

    it('by one factory for all who come before it begins, and one after it for all who come meanwhile', async () => {
      const manager = broken();
      const cache = manager.namespace<{ run: number }>('n');
      let runs = 0;
      let running = 0;
      let most = 0;
      const make = async () => {
        most = Math.max(most, ++running);
        const run = (runs += 1);
        await slow(10, undefined);
        running -= 1;
        return { run };
      };
      const early = Array.from({ length: 1000 }, () => cache.getOrSet('k', make));
      await settle();
      const late = Array.from({ length: 1000 }, () => cache.getOrSet('k', make));
      const other = cache.getOrSet('other', () => ({ run: 0 }));
      await advance(10);
      const first = new Set(await Promise.all(early));
      await advance(10);
      const second = new Set(await Promise.all(late));
      expect([...first, ...second]).toEqual([{ run: 1 }, { run: 2 }]);
      expect(Object.isFrozen([...first][0])).toBe(true);
      expect([most, await other]).toEqual([1, { run: 0 }]);
      expect(await manager.stats()).toMatchObject({ untrusted: 2001, factoryRuns: 3 });
    });

    it('also when it fails, and to all who wait the same', async () => {
      const cache = broken().namespace<number>('n');
      let runs = 0;
      const make = () => {
        runs += 1;
        return failSlowly(10);
      };
      const seen = Array.from({ length: 100 }, () => watch(cache.getOrSet('k', make)));
      await advance(10);
      expect(runs).toBe(1);
      expect(new Set(seen.map(({ error }) => error)).size).toBe(1);
      const again = watch(cache.getOrSet('k', () => 7));
      await advance(0);
      expect(again.value).toBe(7);
    });

    it('for no longer than the hard timeout', async () => {
      const cache = broken().namespace<number>('n', { hardTimeoutMs: 50 });
      let signal: AbortSignal | undefined;
      const hanging = watch(
        cache.getOrSet('k', (context) => {
          signal = context.signal;
          return new Promise<number>(() => undefined);
        }),
      );
      await settle();
      const next = watch(cache.getOrSet('k', () => 8));
      await advance(50);
      expect(hanging.error).toMatchObject({ code: 'DEADLINE_EXCEEDED', details: { timeoutMs: 50 } });
      expect(signal?.aborted).toBe(true);
      expect(next.value).toBe(8);
    });

    it('until nobody waits any more', async () => {
      const cache = broken().namespace<number>('n');
      const [one, two] = [new AbortController(), new AbortController()];
      let signal: AbortSignal | undefined;
      const waiting = [one, two].map((each) =>
        watch(
          cache.getOrSet(
            'k',
            (context) => {
              signal = context.signal;
              return new Promise<number>(() => undefined);
            },
            { signal: each.signal },
          ),
        ),
      );
      await settle();
      one.abort();
      await settle();
      expect([signal?.aborted, waiting[0]?.isSettled, waiting[1]?.isSettled]).toEqual([false, true, false]);
      two.abort();
      await settle();
      expect(signal?.aborted).toBe(true);
      const next = watch(cache.getOrSet('k', () => 9));
      await settle();
      expect(next.value).toBe(9);
    });
  });

  it('an invalidation is not acknowledged', async () => {
    const log = new InProcessInvalidationLog();
    log.append = () => Promise.reject(new Error('no log'));
    const manager = open({ log });
    const cache = manager.namespace<number>('n');
    for (const write of [
      () => cache.set('k', 1),
      () => cache.delete('k'),
      () => cache.clear(),
      () => manager.invalidate(['n:k']),
    ]) {
      await expect(write()).rejects.toThrow('no log');
    }
  });

  it('a log that goes back no further makes everything that is older invalid', async () => {
    const log = new InProcessInvalidationLog({ maxNames: 2 });
    const [one, two] = [open({ log }).namespace<number>('n'), open({ log }).namespace<number>('n')];
    await one.set('kept', 1);
    expect(await one.get('kept')).toBe(1);
    for (let index = 0; index < 5; index += 1) await two.delete(`other ${index}`);
    expect(await one.get('kept')).toBeUndefined();
  });
});
