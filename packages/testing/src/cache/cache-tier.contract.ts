import { describe, expect, it } from '@jest/globals';
import type { CacheTier, TierEntry } from '@markitect/ports';

/** A tier under test. */
export interface OpenCacheTier {
  readonly tier: CacheTier;
  /** The time by which the tier judges what has expired, in milliseconds since 1970. */
  readonly now: () => number;
  /** Lets time pass. */
  readonly advance: (ms: number) => Promise<void>;
  close(): Promise<void>;
}

/**
 * What every CacheTier promises. `open` gives a new, empty tier for each test, with room for 2,000 entries of 100 bytes
 * and one of 1 MiB.
 */
export function describeCacheTierContract(name: string, open: () => Promise<OpenCacheTier>): void {
  const test = (body: (opened: OpenCacheTier) => Promise<void>) => async () => {
    const opened = await open();
    try {
      await body(opened);
    } finally {
      await opened.close();
    }
  };
  const entry = (
    body: string | Uint8Array,
    version = 1,
    expiresAt = Number.POSITIVE_INFINITY,
  ): TierEntry => ({
    version,
    expiresAt,
    body,
  });
  const bodies = async (tier: CacheTier, keys: readonly string[]) =>
    (await tier.getMany(keys)).map((each) =>
      each === undefined || typeof each.body === 'string' ? each?.body : [...each.body],
    );

  describe(`${name} keeps the CacheTier contract`, () => {
    it(
      'has nothing for keys without an entry',
      test(async ({ tier }) => {
        expect(await tier.getMany(['a', 'b'])).toEqual([undefined, undefined]);
        expect(await tier.getMany([])).toEqual([]);
        await tier.setMany([]);
        await tier.deleteMany([]);
      }),
    );

    it(
      'gives back what was kept: version, end and body, in the order of the keys asked for',
      test(async ({ tier, now }) => {
        const end = now() + 3_600_000;
        const version = 1_790_000_000_000_123;
        await tier.setMany([
          ['a', entry('{"f":1}\n"text äöü 😀 \u0000 |:;"', version, end)],
          ['b', entry('', 0)],
        ]);
        const [b, none, a, again] = await tier.getMany(['b', 'none', 'a', 'a']);
        expect(none).toBeUndefined();
        expect(a).toEqual({ version, expiresAt: end, body: '{"f":1}\n"text äöü 😀 \u0000 |:;"' });
        expect(again).toEqual(a);
        expect(b).toEqual({ version: 0, expiresAt: Number.POSITIVE_INFINITY, body: '' });
      }),
    );

    it(
      'gives back bytes as bytes, every value of them',
      test(async ({ tier }) => {
        const every = Uint8Array.from({ length: 256 }, (_, index) => index);
        await tier.setMany([
          ['every', entry(every)],
          ['none', entry(new Uint8Array())],
        ]);
        const found = await tier.getMany(['every', 'none']);
        for (const each of found) expect(each?.body).toBeInstanceOf(Uint8Array);
        expect(await bodies(tier, ['every', 'none'])).toEqual([[...every], []]);
      }),
    );

    it(
      'keeps the last of several entries of one key, also within one call',
      test(async ({ tier }) => {
        await tier.setMany([['a', entry('first', 1)]]);
        await tier.setMany([
          ['a', entry('second', 2)],
          ['a', entry(Uint8Array.of(3), 3)],
        ]);
        expect(await bodies(tier, ['a'])).toEqual([[3]]);
        await tier.setMany([['a', entry('same version', 3)]]);
        expect(await bodies(tier, ['a'])).toEqual(['same version']);
      }),
    );

    it(
      'has nothing once an entry has expired',
      test(async ({ tier, now, advance }) => {
        await tier.setMany([
          ['short', entry('s', 1, now() + 1000)],
          ['long', entry('l', 1, now() + 600_000)],
          ['past', entry('p', 1, now() - 1)],
        ]);
        expect(await bodies(tier, ['short', 'long', 'past'])).toEqual(['s', 'l', undefined]);
        await advance(1001);
        expect(await bodies(tier, ['short', 'long'])).toEqual([undefined, 'l']);
      }),
    );

    it(
      'forgets what is deleted, and only that; clear forgets everything',
      test(async ({ tier }) => {
        await tier.setMany(['a', 'b', 'c'].map((key) => [key, entry(key)] as const));
        await tier.deleteMany(['a', 'never kept', 'a']);
        expect(await bodies(tier, ['a', 'b', 'c'])).toEqual([undefined, 'b', 'c']);
        await tier.clear();
        expect(await bodies(tier, ['b', 'c'])).toEqual([undefined, undefined]);
        await tier.setMany([['b', entry('again')]]);
        expect(await bodies(tier, ['b'])).toEqual(['again']);
      }),
    );

    it(
      'keeps odd keys apart',
      test(async ({ tier }) => {
        const long = 'k'.repeat(2000);
        const odd = [
          '',
          ' ',
          'a',
          'A',
          'a:b',
          'a/b',
          '../a',
          '__proto__',
          '*',
          '%',
          '_',
          "'",
          '😀',
          'é',
          'e\u0301',
        ];
        const keys = [...odd, 'a\u0000b', 'a\nb', long, `${long}2`];
        await tier.setMany(keys.map((key) => [key, entry(`of ${key}`)] as const));
        expect(await bodies(tier, keys)).toEqual(keys.map((key) => `of ${key}`));
      }),
    );

    it(
      'takes many at once, and large ones',
      test(async ({ tier }) => {
        const keys = Array.from({ length: 1000 }, (_, index) => `key ${index}`);
        await tier.setMany(keys.map((key) => [key, entry(key.toUpperCase())] as const));
        expect(await bodies(tier, keys)).toEqual(keys.map((key) => key.toUpperCase()));
        const large = 'x'.repeat(1024 * 1024);
        await tier.setMany([['large', entry(large)]]);
        expect((await tier.getMany(['large']))[0]?.body).toBe(large);
        await tier.deleteMany(keys);
        expect(new Set(await bodies(tier, keys))).toEqual(new Set([undefined]));
      }),
    );

    it(
      'serves many callers at the same time, and never a mixture of two entries',
      test(async ({ tier }) => {
        const body = (version: number) => `${version} `.repeat(500);
        await Promise.all(
          Array.from({ length: 20 }, (_, version) => tier.setMany([['a', entry(body(version), version)]])),
        );
        const [found] = await tier.getMany(['a']);
        expect(found?.body).toBe(body(found?.version ?? -1));
      }),
    );

    it(
      'says what it holds, as far as it knows',
      test(async ({ tier }) => {
        await tier.setMany([['a', entry('x'.repeat(1000))]]);
        const { entries = 1, bytes = 1000, evictions = 0 } = await tier.usage();
        expect(evictions).toBe(0);
        expect(entries).toBe(1);
        expect(bytes).toBeGreaterThanOrEqual(1000);
      }),
    );
  });
}
