import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  describeCacheContract,
  describeCacheTierContract,
  markitectFailure,
  VirtualTime,
} from '@markitect/testing';
import { CacheManager, DiskTier, InProcessInvalidationLog, KeyvTier } from '../src/index.js';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'markitect-cache-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));
let folders = 0;
const folder = () => join(root, String((folders += 1)));
const entry = (body: string, version = 1) => ({ version, expiresAt: Number.POSITIVE_INFINITY, body });

async function files(of: string): Promise<string[]> {
  const found = await readdir(of, { recursive: true, withFileTypes: true });
  // Beside the entries there is the mark of the last sweep.
  const entries = found.filter((each) => each.isFile() && !each.name.startsWith('.'));
  return entries.map((each) => join(each.parentPath, each.name));
}

describeCacheTierContract('DiskTier', () => {
  const time = new VirtualTime();
  return Promise.resolve({
    tier: new DiskTier({ folder: folder(), maxBytes: 10_000_000, now: () => time.now() }),
    now: () => time.now(),
    advance: (ms) => time.advance(ms),
    close: () => Promise.resolve(),
  });
});

describeCacheTierContract('KeyvTier on a Map', () => {
  const time = new VirtualTime(Date.now());
  return Promise.resolve({
    tier: new KeyvTier({ store: new Map(), now: () => time.now() }),
    now: () => time.now(),
    advance: (ms) => time.advance(ms),
    close: () => Promise.resolve(),
  });
});

describeCacheContract('CacheManager with memory, disk and Keyv', () => {
  const manager = new CacheManager({
    memory: { maxBytes: 1_000_000 },
    tiers: [
      { name: 'disk', tier: new DiskTier({ folder: folder(), maxBytes: 10_000_000 }) },
      { name: 'keyv', tier: new KeyvTier({ store: new Map() }) },
    ],
    defaults: { ttlMs: 60_000, graceMs: 60_000 },
  });
  return Promise.resolve({ cache: manager.namespace('test'), close: () => manager.close() });
});

describe('DiskTier', () => {
  it('takes a damaged, cut or foreign file for a miss, and removes it', async () => {
    for (const damage of [
      (bytes: Buffer) => bytes.subarray(0, -1),
      () => Buffer.alloc(0),
      (bytes: Buffer) => bytes.fill(0x61, 30, 31),
    ]) {
      const place = folder();
      const tier = new DiskTier({ folder: place, maxBytes: 1000 });
      await tier.setMany([['a', entry('the body of a')]]);
      const [file] = await files(place);
      await writeFile(file!, damage(await readFile(file!)));
      expect(await tier.getMany(['a'])).toEqual([undefined]);
      expect(await files(place)).toEqual([]);
    }
  });

  it('keeps its bound, and what was used last', async () => {
    const place = folder();
    const time = new VirtualTime();
    const tier = new DiskTier({ folder: place, maxBytes: 10_000, now: () => time.now() });
    const body = 'x'.repeat(900);
    for (let index = 0; index < 8; index += 1) {
      await tier.setMany([[`k${index}`, entry(body)]]);
      const [file] = (await files(place)).slice(-1);
      expect(file).toBeDefined();
    }
    for (const file of await files(place)) await utimes(file, time.now() / 1000, time.now() / 1000);
    await time.advance(120_000);
    expect((await tier.getMany(['k0']))[0]?.body).toBe(body);
    await tier.setMany([8, 9, 10].map((index) => [`k${index}`, entry(body)] as const));
    const { bytes = Number.NaN, entries = Number.NaN, evictions } = await tier.usage();
    expect(evictions).toBe(11 - entries);
    expect(bytes).toBeLessThanOrEqual(10_000);
    expect(entries).toBeGreaterThan(5);
    const kept = await tier.getMany(['k0', 'k8', 'k9', 'k10']);
    expect(kept.map((each) => each !== undefined)).toEqual([true, true, true, true]);
  });

  it('tells evictions apart from what nobody has used or has expired', async () => {
    const time = new VirtualTime(Date.now());
    const tier = new DiskTier({
      folder: folder(),
      maxBytes: 10_000,
      maxIdleMs: 60 * 60_000,
      now: () => time.now(),
    });
    await tier.setMany([
      ['idle', entry('x')],
      ['expires', { ...entry('x'), expiresAt: time.now() + 1000 }],
    ]);
    await time.advance(2 * 60 * 60_000);
    expect(await tier.getMany(['expires'])).toEqual([undefined]);
    expect(await tier.usage()).toEqual({ entries: 0, bytes: 0, evictions: 0 });
  });

  it('does not keep what alone is too large, nor the entry it replaces', async () => {
    const tier = new DiskTier({ folder: folder(), maxBytes: 1000 });
    await tier.setMany([
      ['a', entry('small')],
      ['b', entry('other')],
    ]);
    await tier.setMany([['a', entry('x'.repeat(2000))]]);
    const [a, b] = await tier.getMany(['a', 'b']);
    expect([a, b?.body]).toEqual([undefined, 'other']);
  });

  it('knows what it holds without looking at the files each time', async () => {
    const place = folder();
    const tier = new DiskTier({ folder: place, maxBytes: 100_000 });
    const body = 'x'.repeat(900);
    await tier.setMany([['a', entry(body)]]);
    const { bytes = Number.NaN } = await tier.usage();
    expect(bytes).toBeGreaterThan(900);
    await tier.setMany([
      ['a', entry(body, 2)],
      ['b', entry(body)],
      ['c', entry(body)],
    ]);
    await tier.deleteMany(['b', 'none']);
    const elsewhere = new DiskTier({ folder: place, maxBytes: 100_000 });
    expect(await elsewhere.usage()).toEqual({ entries: 2, bytes: 2 * bytes, evictions: 0 });
    // What another process does it learns later: the next time it counts.
    await elsewhere.deleteMany(['c']);
    expect(await tier.usage()).toEqual({ entries: 2, bytes: 2 * bytes, evictions: 0 });
    await tier.clear();
    expect(await tier.usage()).toEqual({ entries: 0, bytes: 0, evictions: 0 });
  });

  it('forgets what an earlier run of the machine has left, and nothing that is not its own', async () => {
    const place = folder();
    const started = (boot: string | undefined) =>
      new DiskTier({ folder: place, maxBytes: 100_000, bootId: () => Promise.resolve(boot) });
    await started('one').setMany([['a', entry('x')]]);
    await writeFile(join(place, 'notes.txt'), 'not of the cache');
    expect((await started('one').getMany(['a']))[0]?.body).toBe('x');
    expect((await started(undefined).getMany(['a']))[0]?.body).toBe('x');
    const next = started('two');
    expect(await next.getMany(['a'])).toEqual([undefined]);
    expect(await readFile(join(place, 'notes.txt'), 'utf8')).toBe('not of the cache');
    await next.setMany([['a', entry('y')]]);
    expect((await started('two').getMany(['a']))[0]?.body).toBe('y');
  });

  it('lasts over a restart, for a log that does', async () => {
    const place = folder();
    const log = new InProcessInvalidationLog();
    const start = () =>
      new CacheManager({
        memory: { maxBytes: 1_000_000 },
        tiers: [{ name: 'disk', tier: new DiskTier({ folder: place, maxBytes: 100_000 }) }],
        log,
      });
    const first = start();
    await first.namespace<number>('n').set('kept', 1);
    await first.namespace<number>('n').set('tagged', 2, { tags: ['t'] });
    await first.close();
    const second = start();
    expect(await second.namespace<number>('n').getMany(['kept', 'tagged'])).toEqual(
      new Map([
        ['kept', 1],
        ['tagged', 2],
      ]),
    );
    await second.invalidateTags(['t']);
    await second.close();
    expect(await start().namespace<number>('n').getMany(['kept', 'tagged'])).toEqual(new Map([['kept', 1]]));
    // A log that knows nothing of what was before makes none of it valid.
    const other = new CacheManager({
      tiers: [{ name: 'disk', tier: new DiskTier({ folder: place, maxBytes: 100_000 }) }],
    });
    expect(await other.namespace<number>('n').get('kept')).toBeUndefined();
  });

  it('fails as a tier does when its folder is none', async () => {
    const place = folder();
    await writeFile(place, 'a file');
    const tier = new DiskTier({ folder: place, maxBytes: 1000 });
    expect((await markitectFailure(() => tier.setMany([['a', entry('x')]]))).code).toBe('CACHE_TIER_FAILED');
  });
});

describe('KeyvTier', () => {
  it('reads many in one operation, and says so when the store fails', async () => {
    const calls: string[] = [];
    const store = {
      opts: {},
      on: () => store,
      get: () => Promise.reject(new Error('single get')),
      getMany: (keys: string[]) => {
        calls.push(`getMany ${keys.length}`);
        return Promise.reject(new Error('connection lost'));
      },
      set: () => Promise.reject(new Error('connection lost')),
      setMany: () => Promise.reject(new Error('connection lost')),
      delete: () => Promise.resolve(true),
      clear: () => Promise.resolve(),
    };
    const tier = new KeyvTier({ store });
    const error = await markitectFailure(() => tier.getMany(['a', 'b', 'c']));
    expect(error).toMatchObject({ code: 'CACHE_TIER_FAILED', retryable: true });
    expect(error.message).toContain('connection lost');
    expect(calls).toEqual(['getMany 3']);
    expect((await markitectFailure(() => tier.setMany([['a', entry('x')]]))).code).toBe('CACHE_TIER_FAILED');
  });
});
