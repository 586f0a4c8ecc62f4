import { describe, expect, it } from '@jest/globals';
import { cacheKey } from '@markitect/ports';
import { InMemoryCacheTier } from '@markitect/testing';
import { componentPolicies } from '../src/index.js';
import { cachesOnVirtualTime } from './caches-on-virtual-time.js';

const { now, advance, open } = cachesOnVirtualTime();

describe('memory', () => {
  it('gives the very value, frozen through and through', async () => {
    const cache = open().namespace<{ list: { n: number }[] }>('n');
    const value = { list: [{ n: 1 }] };
    await cache.set('key', value);
    expect(await cache.get('key')).toBe(value);
    expect(cache.peek('key')).toBe(value);
    expect(() => (value.list[0]!.n = 2)).toThrow(TypeError);
    const unfrozen = open().namespace<{ n: number }>('open', { freeze: false });
    await unfrozen.set('key', { n: 1 });
    expect(Object.isFrozen(await unfrozen.get('key'))).toBe(false);
  });

  it('spares what was used, forgets what was not, over all namespaces', async () => {
    const manager = open({ memory: { maxBytes: 1_000_000, maxEntries: 3 } });
    const evicted: string[] = [];
    manager.events.on('evict', ({ namespace, key }) => evicted.push(`${namespace}:${key}`));
    const [one, two] = [manager.namespace<number>('one'), manager.namespace<number>('two')];
    await one.set('a', 1);
    await two.set('a', 2);
    await one.set('b', 3);
    expect(one.peek('a')).toBe(1);
    await two.set('b', 4);
    expect(evicted).toEqual(['two:a']);
    expect([one.peek('a'), two.peek('a'), one.peek('b'), two.peek('b')]).toEqual([1, undefined, 3, 4]);
  });

  it('keeps no value that alone is too large, nor the one it replaces, and never fails for a weight', async () => {
    const manager = open({ memory: { maxBytes: 2000 } });
    const cache = manager.namespace<string>('n');
    for (const bytes of [5000, Number.NaN, Number.POSITIVE_INFINITY, -1e9]) {
      await cache.set('key', 'old');
      await cache.set('key', 'new', { bytes });
      expect(await cache.get('key')).toBeUndefined();
    }
    expect((await manager.stats()).tiers[0]).toMatchObject({ entries: 0, bytes: 0 });
  });

  it.each([-1, 0.5, Number.NaN])('refuses the bound %p', (bound) => {
    expect(() => open({ memory: { maxBytes: bound } })).toThrow('cache.maxBytes');
    expect(() => open({ memory: { maxBytes: 1, maxEntries: bound } })).toThrow('cache.maxEntries');
  });

  it('keeps values no longer than its own limit and fetches them from below again', async () => {
    const tier = new InMemoryCacheTier(() => now());
    const cache = open({
      memory: { maxBytes: 10_000, ttlMs: 100 },
      tiers: [{ name: 't', tier, ttlMs: 500 }],
    }).namespace<number>('n');
    await cache.set('key', 1);
    await advance(100);
    expect(cache.peek('key')).toBeUndefined();
    expect(await cache.get('key')).toBe(1);
    await advance(400);
    expect(await cache.get('key')).toBeUndefined();
  });
});

describe('CacheManager', () => {
  it('invalidates by full keys and tags, over namespaces, and everything', async () => {
    const manager = open();
    const [one, two] = [manager.namespace<number>('one'), manager.namespace<number>('two')];
    const fill = async () => {
      await one.set('a', 1, { tags: ['t'] });
      await one.set('b', 2);
      await two.set('a', 3, { tags: ['t'] });
    };
    const left = async () => [await one.get('a'), await one.get('b'), await two.get('a')];
    await fill();
    await manager.invalidate([cacheKey('one', 'a')]);
    expect(await left()).toEqual([undefined, 2, 3]);
    await fill();
    await manager.invalidateTags(['t']);
    expect(await left()).toEqual([undefined, 2, undefined]);
    await fill();
    await one.clear();
    expect(await left()).toEqual([undefined, undefined, 3]);
    await fill();
    await manager.clear();
    expect(await left()).toEqual([undefined, undefined, undefined]);
  });

  it('shortens lives by the jitter', async () => {
    const cache = open().namespace<number>('n', { jitter: 0.2 });
    await cache.set('key', 1);
    await advance(899);
    expect(await cache.get('key')).toBe(1);
    await advance(1);
    expect(await cache.get('key')).toBeUndefined();
  });

  it('counts and tells what happens', async () => {
    const tier = new InMemoryCacheTier(() => now());
    const manager = open({ tiers: [{ name: 't', tier }] });
    const cache = manager.namespace<number>('n', componentPolicies.profiles);
    const events: string[] = [];
    for (const name of ['hit', 'miss', 'set', 'refresh', 'refresh-failed', 'stale'] as const) {
      manager.events.on(name, () => events.push(name));
    }
    manager.events.on('hit', () => {
      throw new Error('a listener that fails');
    });
    await cache.getOrSet('key', () => 1);
    await cache.getOrSet('key', () => 2);
    cache.peek('key');
    await cache.expire('key');
    await cache.getOrSet('key', () => Promise.reject(new Error('down')));
    await manager.idle();
    expect(events).toEqual(['miss', 'refresh', 'set', 'hit', 'hit', 'refresh-failed', 'stale']);
    expect(await manager.stats()).toMatchObject({
      staleHits: 1,
      factoryRuns: 2,
      factoryFailures: 1,
      tiers: [
        { tier: 'memory', hits: 2, misses: 2, entries: 1, breaker: 'closed' },
        { tier: 't', hits: 0, misses: 2, entries: 1, breaker: 'closed' },
      ],
    });
  });

  it('passes on how many entries left a tier for want of room, where the tier tells', async () => {
    class TellingTier extends InMemoryCacheTier {
      override async usage() {
        return { ...(await super.usage()), evictions: 7 };
      }
    }
    const telling = new TellingTier(() => now());
    const silent = new InMemoryCacheTier(() => now());
    const manager = open({
      tiers: [
        { name: 'telling', tier: telling },
        { name: 'silent', tier: silent },
      ],
    });
    const evictions = async () => (await manager.stats()).tiers.map((each) => each.evictions);
    expect(await evictions()).toEqual([0, 7, undefined]);
    telling.isDown = true;
    expect(await evictions()).toEqual([0, undefined, undefined]);
  });

  it('gives the same namespace for the same name, and refuses names that could be mixed up', () => {
    const manager = open();
    expect(manager.namespace('a')).toBe(manager.namespace('a'));
    for (const name of ['', 'a:b', 'a b', 'ä'])
      expect(() => manager.namespace(name)).toThrow('name of a cache');
  });

  it('keeps what no tier can write down in memory only', async () => {
    const tier = new InMemoryCacheTier(() => now());
    const cache = open({ tiers: [{ name: 't', tier }] }).namespace<() => number>('n');
    await cache.set('key', () => 1);
    expect(cache.peek('key')?.()).toBe(1);
    expect((await tier.usage()).entries).toBe(0);
  });

  it('writes values with a serializer of its own, compressed where that is asked for', async () => {
    const tier = new InMemoryCacheTier(() => now());
    const serializer = {
      encode: (value: unknown) => `<${String(value)}>`,
      decode: (text: string | Uint8Array) => String(text).slice(1, -1),
    };
    const cache = open({
      memory: { maxBytes: 0 },
      tiers: [{ name: 't', tier }],
      serializer,
      compressFrom: 100,
    }).namespace<string>('n');
    const long = 'long '.repeat(1000);
    await cache.setMany([
      ['short', 'short'],
      ['long', long],
    ]);
    expect(await cache.getMany(['short', 'long'])).toEqual(
      new Map([
        ['short', 'short'],
        ['long', long],
      ]),
    );
    expect((await tier.usage()).bytes).toBeLessThan(500);
  });
});

it('lets others see each run of a factory: its namespace, not its key, and how it ends', async () => {
  const seen: string[] = [];
  const manager = open({
    aroundFactory: async (namespace, run) => {
      try {
        const value = await run();
        seen.push(`${namespace} made`);
        return value;
      } catch (error) {
        seen.push(`${namespace} failed`);
        throw error;
      }
    },
  });
  const cache = manager.namespace<number>('n');
  await expect(cache.getOrSet('k', () => 1)).resolves.toBe(1);
  await cache.getOrSet('k', () => 2);
  await expect(cache.getOrSet('other', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(seen).toEqual(['n made', 'n failed']);
});
