import { describe, expect, it } from '@jest/globals';
import { MemoryCache } from '../src/index.js';
import { describeCacheContract } from '@markitect/testing';

describeCacheContract('MemoryCache', () =>
  Promise.resolve({
    cache: new MemoryCache<unknown>({ maxBytes: 10_000, maxEntries: 100 }),
    close: () => Promise.resolve(),
  }),
);

describe('MemoryCache', () => {
  it('gives back the very value, however it is made', async () => {
    const cache = new MemoryCache<unknown>({ maxBytes: 1000, maxEntries: 10 });
    const value = { bytes: new Uint8Array(2), at: new Date(0), map: new Map([[1, () => 2]]) };
    await cache.set('a', value, 1);
    expect(await cache.get('a')).toBe(value);
  });

  it('forgets the value used longest ago when the weights add up to too much', async () => {
    const cache = new MemoryCache<string>({ maxBytes: 100, maxEntries: 10 });
    await cache.set('a', 'A', 40);
    await cache.set('b', 'B', 40);
    await cache.get('a');
    await cache.set('c', 'C', 40);
    expect(await Promise.all(['a', 'b', 'c'].map((key) => cache.get(key)))).toEqual(['A', undefined, 'C']);
    expect([cache.size, cache.weight]).toEqual([2, 80]);
  });

  it('forgets the value used longest ago when there are too many', async () => {
    const cache = new MemoryCache<number>({ maxBytes: 1000, maxEntries: 2 });
    for (const [index, key] of ['a', 'b', 'c'].entries()) await cache.set(key, index, 1);
    expect(await Promise.all(['a', 'b', 'c'].map((key) => cache.get(key)))).toEqual([undefined, 1, 2]);
  });

  it.each([101, Infinity, NaN])(
    'does not keep a value of weight %p, nor the one it replaces',
    async (weight) => {
      const cache = new MemoryCache<string>({ maxBytes: 100, maxEntries: 2 });
      await cache.set('a', 'old', 10);
      await cache.set('b', 'B', 10);
      await cache.set('a', 'new', weight);
      expect(await cache.get('a')).toBeUndefined();
      expect(await cache.get('b')).toBe('B');
      expect(cache.weight).toBe(10);
    },
  );

  it('counts the weight of a replaced value no more', async () => {
    const cache = new MemoryCache<string>({ maxBytes: 100, maxEntries: 2 });
    for (let weight = 1; weight <= 100; weight++) await cache.set('a', 'A', weight);
    expect([cache.size, cache.weight]).toEqual([1, 100]);
    await cache.set('a', 'A', 0.5);
    expect(cache.weight).toBe(1);
    await cache.clear();
    expect([cache.size, cache.weight]).toEqual([0, 0]);
  });

  it.each([
    { maxBytes: 0, maxEntries: 10 },
    { maxBytes: 10, maxEntries: 0 },
  ])('keeps nothing within the bounds %p', async (options) => {
    const cache = new MemoryCache<string>(options);
    await cache.set('a', 'A', 1);
    expect(await cache.get('a')).toBeUndefined();
    expect(cache.size).toBe(0);
  });

  it.each([-1, 0.5, NaN, Infinity])('refuses the bound %p', (bound) => {
    expect(() => new MemoryCache({ maxBytes: bound, maxEntries: 1 })).toThrow('cache.maxBytes');
    expect(() => new MemoryCache({ maxBytes: 1, maxEntries: bound })).toThrow('cache.maxEntries');
  });
});
