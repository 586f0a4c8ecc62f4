import { describe, expect, it } from '@jest/globals';
import type { Cache } from '@markitect/ports';

/** A cache under test. */
export interface OpenCache {
  readonly cache: Cache<unknown>;
  close(): Promise<void>;
}

/**
 * What every Cache promises. `open` gives a new, empty cache for each test that has room for at least 20 values
 * with a weight of 1000 together, and forgets none of them during a test.
 */
export function describeCacheContract(name: string, open: () => Promise<OpenCache>): void {
  const cached = (body: (cache: Cache<unknown>) => Promise<void>) => async () => {
    const opened = await open();
    try {
      await body(opened.cache);
    } finally {
      await opened.close();
    }
  };

  describe(`${name} keeps the Cache contract`, () => {
    it(
      'gives undefined for a key without a value',
      cached(async (cache) => {
        expect(await cache.get('nothing')).toBeUndefined();
      }),
    );

    it(
      'gives back the very value that was set, not a copy',
      cached(async (cache) => {
        const value = { deep: { list: [1, 2, 3] }, bytes: new Uint8Array([1, 2]) };
        await cache.set('key', value, 10);
        expect(await cache.get('key')).toBe(value);
        expect(await cache.get('key')).toBe(value);
      }),
    );

    it(
      'keeps the last of several values set for one key',
      cached(async (cache) => {
        await cache.set('key', 'first', 10);
        await cache.set('key', 'second', 10);
        expect(await cache.get('key')).toBe('second');
      }),
    );

    it.each([0, '', false, null])('tells the value %p from no value', (value) =>
      cached(async (cache) => {
        await cache.set('key', value, 10);
        expect(await cache.get('key')).toBe(value);
      })(),
    );

    it(
      'keeps values under odd keys apart',
      cached(async (cache) => {
        const keys = ['', ' ', 'a', 'A', 'a:b', 'a/b', '__proto__', 'constructor', '*', '😀', 'é', 'e\u0301'];
        for (const key of keys) await cache.set(key, `value of ${key}`, 10);
        const values = await Promise.all(keys.map((key) => cache.get(key)));
        expect(values).toEqual(keys.map((key) => `value of ${key}`));
      }),
    );

    it(
      'forgets what is deleted, and only that',
      cached(async (cache) => {
        await cache.set('one', 1, 10);
        await cache.set('two', 2, 10);
        await cache.delete('one');
        await cache.delete('never set');
        expect(await cache.get('one')).toBeUndefined();
        expect(await cache.get('two')).toBe(2);
      }),
    );

    it(
      'forgets everything when cleared, and goes on working',
      cached(async (cache) => {
        await cache.set('one', 1, 10);
        await cache.set('two', 2, 10);
        await cache.clear();
        expect(await cache.get('one')).toBeUndefined();
        expect(await cache.get('two')).toBeUndefined();
        await cache.set('one', 'again', 10);
        expect(await cache.get('one')).toBe('again');
      }),
    );

    it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, Number.MAX_SAFE_INTEGER, 0.5])(
      'never fails its caller, whatever the weight: %p',
      (weight) =>
        cached(async (cache) => {
          await cache.set('key', 'old', 10);
          await cache.set('key', 'value', weight);
          // It may have refused the value, but must not give the one it was to replace.
          expect([undefined, 'value']).toContain(await cache.get('key'));
        })(),
    );

    it(
      'serves many callers at the same time',
      cached(async (cache) => {
        const keys = Array.from({ length: 20 }, (_, index) => `key ${index}`);
        await Promise.all(keys.map((key) => cache.set(key, key.toUpperCase(), 10)));
        expect(await Promise.all(keys.map((key) => cache.get(key)))).toEqual(
          keys.map((key) => key.toUpperCase()),
        );
      }),
    );
  });
}
