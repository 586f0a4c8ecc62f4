import { describe, expect, it } from '@jest/globals';
import type { Cache } from '@markitect/ports';
import { markitectFailure } from '../markitect-failure.js';

/** A cache under test. */
export interface OpenCache {
  readonly cache: Cache<unknown>;
  close(): Promise<void>;
}

/**
 * What every Cache promises. `open` gives a new, empty cache for each test that has room for 50 small values, keeps
 * them for at least a minute with a grace period of a minute, and forgets none of them during a test.
 */
export function describeCacheContract(name: string, open: () => Promise<OpenCache>): void {
  const test = (body: (cache: Cache<unknown>) => Promise<void>) => async () => {
    const opened = await open();
    try {
      await body(opened.cache);
    } finally {
      await opened.close();
    }
  };
  const never = (): never => {
    throw new Error('the factory must not run');
  };
  const gate = () => {
    let pass: () => void = () => undefined;
    const passed = new Promise<void>((resolve) => {
      pass = resolve;
    });
    return { passed, pass: () => pass() };
  };

  describe(`${name} keeps the Cache contract`, () => {
    it(
      'has nothing for a key without a value',
      test(async (cache) => {
        expect(await cache.get('nothing')).toBeUndefined();
        expect(await cache.has('nothing')).toBe(false);
        expect(await cache.lookup('nothing')).toEqual({ state: 'absent' });
        expect(await cache.getMany(['nothing', 'more of it'])).toEqual(new Map());
      }),
    );

    it.each([0, '', false, null, 'text', { deep: { list: [1, null, 'x'] } }, [1, 2]])(
      'keeps the value %j',
      (value) =>
        test(async (cache) => {
          await cache.set('set', value);
          expect(await cache.getOrSet('made', () => value)).toEqual(value);
          for (const key of ['set', 'made']) {
            expect(await cache.get(key)).toEqual(value);
            expect(await cache.has(key)).toBe(true);
            expect(await cache.getOrSet(key, never)).toEqual(value);
            expect(await cache.lookup(key)).toMatchObject({ state: 'fresh', value });
          }
        })(),
    );

    it(
      'keeps dates, maps and bytes as what they are',
      test(async (cache) => {
        const value = {
          at: new Date(5),
          map: new Map([[1, { a: 1 }]]),
          bytes: Uint8Array.of(1, 2),
          none: undefined,
        };
        await cache.set('key', value);
        const found = (await cache.get('key')) as typeof value;
        expect(found.at.getTime()).toBe(5);
        expect(found.map.get(1)).toEqual({ a: 1 });
        expect([...found.bytes]).toEqual([1, 2]);
      }),
    );

    it(
      'takes undefined for no value: set deletes, a factory makes nothing that is kept',
      test(async (cache) => {
        await cache.set('key', 1);
        await cache.set('key', undefined);
        expect(await cache.has('key')).toBe(false);
        expect(await cache.getOrSet<unknown>('key', () => undefined)).toBeUndefined();
        expect(await cache.lookup('key')).toEqual({ state: 'absent' });
        expect(await cache.getOrSet('key', () => 2)).toBe(2);
      }),
    );

    it(
      'remembers that there is nothing when asked to, and tells it from not knowing',
      test(async (cache) => {
        const factory = (context: { keep(options: { negativeTtlMs: number }): void }) => {
          context.keep({ negativeTtlMs: 60_000 });
          return undefined;
        };
        expect(await cache.getOrSet<unknown>('key', factory)).toBeUndefined();
        expect(await cache.getOrSet('key', never)).toBeUndefined();
        expect(await cache.lookup('key')).toMatchObject({ state: 'negative' });
        expect(await cache.has('key')).toBe(false);
        expect(await cache.getMany(['key'])).toEqual(new Map());
        await cache.delete('key');
        expect(await cache.lookup('key')).toEqual({ state: 'absent' });
      }),
    );

    it(
      'gets and sets many at once',
      test(async (cache) => {
        const entries = Array.from({ length: 20 }, (_, index) => [`key ${index}`, { index }] as const);
        await cache.setMany(entries);
        const keys = [...entries.map(([key]) => key), 'none', 'key 1'];
        expect(await cache.getMany(keys)).toEqual(new Map(entries));
        await cache.setMany([]);
        await cache.setMany([
          ['key 1', 'first'],
          ['key 1', 'last'],
        ]);
        expect(await cache.get('key 1')).toBe('last');
      }),
    );

    it(
      'keeps values under odd keys apart',
      test(async (cache) => {
        const keys = ['', ' ', 'a', 'A', 'a:b', 'a/b', '__proto__', 'constructor', '*', '😀', 'é', 'e\u0301'];
        for (const key of keys) await cache.set(key, `value of ${key}`);
        const values = await Promise.all(keys.map((key) => cache.get(key)));
        expect(values).toEqual(keys.map((key) => `value of ${key}`));
      }),
    );

    it(
      'forgets what is deleted, and only that; clear forgets everything, and goes on working',
      test(async (cache) => {
        for (const key of ['one', 'two', 'three']) await cache.set(key, key);
        await cache.delete('one');
        await cache.delete('never set');
        expect(await cache.getMany(['one', 'two', 'three'])).toEqual(
          new Map([
            ['two', 'two'],
            ['three', 'three'],
          ]),
        );
        await cache.clear();
        expect(await cache.getMany(['two', 'three'])).toEqual(new Map());
        await cache.set('two', 'again');
        expect(await cache.get('two')).toBe('again');
      }),
    );

    it(
      'forgets what carries a tag, whether it was set or made',
      test(async (cache) => {
        await cache.set('set', 1, { tags: ['a', 'b'] });
        await cache.getOrSet('made', (context) => {
          context.keep({ tags: ['b'] });
          return 2;
        });
        await cache.set('other', 3, { tags: ['c'] });
        await cache.invalidateTags(['none']);
        await cache.invalidateTags([]);
        expect((await cache.getMany(['set', 'made', 'other'])).size).toBe(3);
        await cache.invalidateTags(['b']);
        expect(await cache.getMany(['set', 'made', 'other'])).toEqual(new Map([['other', 3]]));
        expect(await cache.getOrSet('set', () => 4)).toBe(4);
      }),
    );

    it(
      'runs one factory for many callers, and gives all of them its value',
      test(async (cache) => {
        let runs = 0;
        const { passed, pass } = gate();
        const calls = Array.from({ length: 50 }, () =>
          cache.getOrSet('key', async () => {
            runs += 1;
            await passed;
            return { runs };
          }),
        );
        pass();
        expect(new Set((await Promise.all(calls)).map((each) => JSON.stringify(each)))).toEqual(
          new Set(['{"runs":1}']),
        );
        expect(runs).toBe(1);
      }),
    );

    it(
      'runs one factory for many callers also when it fails, fails all of them, and runs it again for the next',
      test(async (cache) => {
        let runs = 0;
        const { passed, pass } = gate();
        const failing = async () => {
          runs += 1;
          await passed;
          throw new Error(`failure ${runs}`);
        };
        const calls = Promise.allSettled(Array.from({ length: 50 }, () => cache.getOrSet('key', failing)));
        pass();
        for (const result of await calls)
          expect(String((result as PromiseRejectedResult).reason)).toContain('failure 1');
        expect(runs).toBe(1);
        expect(await cache.getOrSet('key', () => 'well')).toBe('well');
      }),
    );

    it.each(['delete', 'expire', 'clear', 'invalidateTags', 'set'] as const)(
      'neither keeps what a factory made that began before %s, nor gives it to who comes after',
      (how) =>
        test(async (cache) => {
          const { passed, pass } = gate();
          const begun = gate();
          const early = cache.getOrSet('key', async (context) => {
            context.keep({ tags: ['tag'] });
            begun.pass();
            await passed;
            return 'old';
          });
          await begun.passed;
          if (how === 'clear') await cache.clear();
          else if (how === 'invalidateTags') await cache.invalidateTags(['tag']);
          else if (how === 'set') await cache.set('key', 'new');
          else await cache[how]('key');
          const late = cache.getOrSet('key', () => 'new');
          pass();
          expect(await late).toBe('new');
          expect(['old', 'new']).toContain(await early);
          expect(await cache.getOrSet('key', () => 'new')).toBe('new');
          expect(await cache.get('key')).toBe('new');
        })(),
    );

    it(
      'lets a factory confirm an expired value, but not a deleted one',
      test(async (cache) => {
        const value = { big: 'value' };
        await cache.getOrSet('key', (context) => {
          context.keep({ validator: 'v1' });
          return value;
        });
        await cache.expire('key');
        expect(await cache.get('key')).toBeUndefined();
        const confirmed = await cache.getOrSet('key', (context) => {
          expect(context.previous).toMatchObject({ value, validator: 'v1' });
          return context.notModified();
        });
        expect(confirmed).toEqual(value);
        expect(await cache.lookup('key')).toMatchObject({ state: 'fresh', value, validator: 'v1' });
        await cache.delete('key');
        const failure = await markitectFailure(() =>
          cache.getOrSet('key', (context) => context.notModified()),
        );
        expect(failure.code).toBe('REQUEST_INVALID');
      }),
    );

    it(
      'returns but does not keep what a factory says to skip',
      test(async (cache) => {
        const skipping = (context: { skip(): void }) => {
          context.skip();
          return 1;
        };
        expect(await cache.getOrSet('key', skipping)).toBe(1);
        expect(await cache.has('key')).toBe(false);
      }),
    );
  });
}
