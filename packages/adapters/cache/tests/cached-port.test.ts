import { beforeEach, describe, expect, it } from '@jest/globals';
import { Unavailable } from '@markitect/domain';
import { allowStale, type Cache, definePort, staleReads } from '@markitect/ports';
import { InMemoryCache, InMemoryCacheTier } from '@markitect/testing';
import { CacheManager } from '../src/cache-manager.js';
import { cached } from '../src/cached/cached.js';
import { InProcessLeaseStore } from '../src/log/in-process-lease-store.js';
import type { CachePlan } from '../src/cached/cache-plan.js';

interface Page {
  readonly items: readonly string[];
}

interface Shelf {
  get(key: string): Promise<string | undefined>;
  list(query: { readonly prefix?: string; readonly limit?: number }, after?: string): Promise<Page>;
  all(): AsyncIterable<string>;
  size(): Promise<number>;
  put(key: string, value: string): Promise<void>;
  putMany(keys: readonly string[]): Promise<void>;
  sort(): Promise<void>;
}

const port = definePort<Shelf>('Shelf', {
  get: { kind: 'read', idempotent: true, key: (key) => key },
  list: { kind: 'read', idempotent: true },
  all: { kind: 'read', idempotent: true },
  size: { kind: 'read', idempotent: true },
  put: { kind: 'write', idempotent: true, key: (key) => key },
  putMany: { kind: 'write', idempotent: true },
  sort: { kind: 'write', idempotent: true },
});

const plan: CachePlan<Shelf> = {
  port,
  reads: { get: { of: 'key', negativeTtlMs: 1000 }, list: { of: 'any' } },
  writes: { putMany: (keys) => keys },
};

const down = new Unavailable('HTTP_UNREACHABLE', 'nobody answers');

class Memory implements Shelf {
  readonly calls: string[] = [];
  readonly values = new Map<string, string>();
  failure: Error | undefined;
  before: Promise<void> | undefined;

  async get(key: string) {
    await this.#called(`get ${key}`);
    return this.values.get(key);
  }

  async list(query: object, after = '') {
    const items = [...this.values.keys()];
    await this.#called(`list ${JSON.stringify(query)}${after}`);
    return { items };
  }

  async *all() {
    await this.#called('all');
    yield* this.values.values();
  }

  async size() {
    await this.#called('size');
    return this.values.size;
  }

  async put(key: string, value: string) {
    await this.#called(`put ${key}`);
    this.values.set(key, value);
  }

  async putMany(keys: readonly string[]) {
    await this.#called('putMany');
    for (const key of keys) this.values.set(key, 'many');
  }

  async sort() {
    await this.#called('sort');
  }

  async #called(what: string) {
    this.calls.push(what);
    const { failure } = this;
    await this.before;
    if (failure !== undefined) throw failure;
  }
}

let memory: Memory;
let cache: Cache<unknown>;
let shelf: Shelf;

const caches: Record<string, () => Cache<unknown>> = {
  'a cache for tests': () => new InMemoryCache(),
  'a manager with a tier': () =>
    new CacheManager({
      memory: { maxBytes: 1024 * 1024 },
      tiers: [{ name: 'tier', tier: new InMemoryCacheTier() }],
      // A failure that is passed on is a failure that is kept: a cached port keeps none.
      leases: { store: new InProcessLeaseStore(), failureMs: 0 },
    }).namespace('shelves'),
};

describe.each(Object.entries(caches))('over %s', (_name, open) => {
  beforeEach(() => {
    memory = new Memory();
    cache = open();
    shelf = cached(plan, memory, cache);
  });

  describe('a cached port', () => {
    it('asks once for what its plan names, and each time for the rest', async () => {
      memory.values.set('a', '1');
      await expect(shelf.get('a')).resolves.toBe('1');
      await expect(shelf.get('a')).resolves.toBe('1');
      await shelf.size();
      await shelf.size();
      for await (const value of shelf.all()) expect(value).toBe('1');
      for await (const value of shelf.all()) expect(value).toBe('1');
      expect(memory.calls).toEqual(['get a', 'size', 'size', 'all', 'all']);
    });

    it('tells arguments apart by what they mean, not by the order of their names', async () => {
      await shelf.list({ prefix: 'a', limit: 1 });
      await shelf.list({ limit: 1, prefix: 'a' });
      await shelf.list({ limit: 1, prefix: 'a' }, undefined);
      expect(memory.calls).toHaveLength(1);
      await shelf.list({ limit: 2, prefix: 'a' });
      await shelf.list({ limit: 1, prefix: 'a' }, 'b');
      await shelf.list({});
      expect(memory.calls).toHaveLength(4);
    });

    it('keeps nothing under arguments that JSON does not tell apart', async () => {
      await shelf.list(new Map([['prefix', 'a']]) as never);
      await shelf.list(new Map([['prefix', 'b']]) as never);
      await shelf.list({ limit: Number.NaN });
      await shelf.list({ limit: null } as never);
      expect(memory.calls).toHaveLength(4);
    });

    it('tells sources apart that share a cache', async () => {
      const other = new Memory();
      other.values.set('a', 'of the other');
      const shelves = [
        cached(plan, memory, cache, { scope: 'x' }),
        cached(plan, other, cache, { scope: 'y' }),
      ];
      await shelves[0]?.get('a');
      await expect(shelves[1]?.get('a')).resolves.toBe('of the other');
    });

    it('remembers that there is nothing where the plan says so, and never a failure', async () => {
      await expect(shelf.get('a')).resolves.toBeUndefined();
      await expect(shelf.get('a')).resolves.toBeUndefined();
      expect(memory.calls).toHaveLength(1);
      memory.failure = down;
      await expect(shelf.get('b')).rejects.toBe(down);
      memory.failure = undefined;
      memory.values.set('b', '2');
      await expect(shelf.get('b')).resolves.toBe('2');
    });

    it('forgets what a write changes, and nothing else', async () => {
      await shelf.put('a', '1');
      await shelf.put('b', '1');
      const read = async () => [
        await shelf.get('a'),
        await shelf.get('b'),
        (await shelf.list({})).items.length,
      ];
      await expect(read()).resolves.toEqual(['1', '1', 2]);
      memory.calls.length = 0;
      await shelf.put('a', '2');
      await expect(read()).resolves.toEqual(['2', '1', 2]);
      expect(memory.calls).toEqual(['put a', 'get a', 'list {}']);
      await shelf.putMany(['b', 'c']);
      await expect(read()).resolves.toEqual(['2', 'many', 3]);
      expect(memory.calls).toEqual(['put a', 'get a', 'list {}', 'putMany', 'get b', 'list {}']);
    });

    it('forgets everything after a write that does not say what it changes, or changes much', async () => {
      await shelf.get('a');
      await shelf.sort();
      await shelf.get('a');
      await shelf.putMany(Array.from({ length: 65 }, (_, index) => String(index)));
      await shelf.get('a');
      await shelf.putMany(undefined as never).catch(() => undefined);
      await shelf.get('a');
      expect(memory.calls.filter((call) => call === 'get a')).toHaveLength(4);
    });

    it('forgets also after a write that failed: it may have happened', async () => {
      await shelf.get('a');
      memory.failure = down;
      await expect(shelf.put('a', '1')).rejects.toBe(down);
      memory.failure = undefined;
      await shelf.get('a');
      expect(memory.calls).toEqual(['get a', 'put a', 'get a']);
    });

    it('keeps no answer that was under way when a write was done', async () => {
      let go = (): void => undefined;
      memory.before = new Promise((resolve) => (go = resolve));
      const reading = shelf.list({});
      memory.before = undefined;
      await shelf.put('a', '1');
      go();
      await reading;
      await expect(shelf.list({})).resolves.toEqual({ items: ['a'] });
    });

    it('leaves invalidation to an implementation that does it itself', async () => {
      const own = cached(plan, memory, cache, { invalidates: true });
      await own.get('a');
      await own.put('a', '1');
      await expect(own.get('a')).resolves.toBeUndefined();
    });

    it('gives the answer of a write whose invalidation fails, and reads nothing kept until that is made good', async () => {
      await shelf.put('a', '1');
      await shelf.get('a');
      const works = cache.invalidateTags.bind(cache);
      cache.invalidateTags = () => Promise.reject(new Unavailable('CACHE_LOG_FAILED', 'away'));
      await expect(shelf.put('a', '2')).resolves.toBeUndefined();
      await expect(shelf.get('a')).resolves.toBe('2');
      await expect(shelf.get('a')).resolves.toBe('2');
      expect(memory.calls).toEqual(['put a', 'get a', 'put a', 'get a', 'get a']);
      cache.invalidateTags = works;
      await expect(shelf.get('a')).resolves.toBe('2');
      await expect(shelf.get('a')).resolves.toBe('2');
      expect(memory.calls).toHaveLength(6);
    });
  });

  describe('a cached port and old answers', () => {
    const mirror = new Memory();
    mirror.values.set('a', 'old');
    const ageMs = () => Promise.resolve(60_000);

    it('passes an old answer of below on, marked for each who waits, and keeps none', async () => {
      const below = cached(plan, staleReads(port, memory, { source: mirror, ageMs }), cache);
      let go = (): void => undefined;
      memory.before = new Promise((resolve) => (go = resolve));
      memory.failure = down;
      const asked = [
        below.get('a').catch((error: unknown) => error),
        allowStale(() => below.get('a')),
        allowStale(() => below.get('a'), 1000).catch((error: unknown) => error),
        allowStale(() => below.get('a'), 60_000),
      ];
      go();
      const marked = { value: 'old', stale: { ageMs: 60_000, cause: down } };
      await expect(Promise.all(asked)).resolves.toEqual([down, marked, down, marked]);
      expect(memory.calls).toHaveLength(1);
      memory.failure = undefined;
      memory.values.set('a', 'new');
      await expect(allowStale(() => below.get('a'))).resolves.toEqual({ value: 'new' });
    });

    it('is replaced by an old answer of above, of which it learns nothing', async () => {
      const above = staleReads(port, cached(plan, memory, cache), { source: mirror, ageMs });
      memory.failure = down;
      await expect(allowStale(() => above.get('a'))).resolves.toMatchObject({ value: 'old', stale: {} });
      memory.failure = undefined;
      memory.values.set('a', 'new');
      await expect(allowStale(() => above.get('a'))).resolves.toEqual({ value: 'new' });
    });

    it('asks the source where it may have changed and the caller allows no old answer', async () => {
      const shared = cached(plan, memory, cache, { othersChangeWithinMs: 10_000 });
      await shared.get('a');
      memory.values.set('a', 'by somebody else');
      await expect(shared.get('a')).resolves.toBeUndefined();
      await expect(allowStale(() => shared.get('a'), 10_000)).resolves.toEqual({ value: undefined });
      await expect(allowStale(() => shared.get('a'), 0)).resolves.toEqual({ value: 'by somebody else' });
    });
  });
});
