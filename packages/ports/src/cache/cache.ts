import { definePort } from '../port.js';
import type { CacheFactory, CacheGetOrSetOptions, CacheLookup, CacheSetOptions } from './cache-policy.js';

/**
 * Values kept for a while by key, in any number of tiers. Values are shared by reference and frozen: a caller that
 * needs one to change takes a `structuredClone`. `null` is a value like any other; `undefined` is none.
 *
 * A read never gives a value older than an invalidation that was acknowledged before the read began, whichever
 * process made it; within the grace period it may give one that is merely expired. Reads never fail because a part of
 * the cache does: without it they go to the factory. Writes (`set`, `delete`, `expire`, `clear`, `invalidateTags`)
 * settle when they bind every process that shares the cache, and throw Unavailable `CACHE_LOG_FAILED` when they may
 * not.
 */
export interface Cache<V> {
  /**
   * The kept value, or the one the factory makes, which is then kept. One factory runs per key at a time, in this
   * process and, with a lease store, in all. A factory that began before an invalidation serves only callers that
   * came before it. Throws what the factory throws when there is no expired value to serve in its place; Timeout
   * `DEADLINE_EXCEEDED` (hard timeout, signal). Cost of a hit in memory: below a microsecond.
   */
  getOrSet<R extends V | undefined>(
    key: string,
    factory: CacheFactory<V, R>,
    options?: CacheGetOrSetOptions,
  ): Promise<R>;

  /** The fresh value, or `undefined` when there is none. */
  get(key: string): Promise<V | undefined>;

  /** Tells a value, a remembered absence and nothing known apart. */
  lookup(key: string): Promise<CacheLookup<V>>;

  /** Whether `get` would give a value. */
  has(key: string): Promise<boolean>;

  /** The fresh values of those keys that have one. Each tier is asked once. */
  getMany(keys: readonly string[]): Promise<Map<string, V>>;

  /** Keeps a value. It replaces what every process has. `undefined` deletes. */
  set(key: string, value: V, options?: CacheSetOptions): Promise<void>;

  /** Keeps several values. Each tier is written to once. */
  setMany(entries: Iterable<readonly [key: string, value: V]>, options?: CacheSetOptions): Promise<void>;

  /** Invalidates a key: its value is served to nobody any more. */
  delete(key: string): Promise<void>;

  /** Makes the value of a key expire: it may still be served within its grace period, and be confirmed by a factory. */
  expire(key: string): Promise<void>;

  /** Invalidates every key of this namespace. */
  clear(): Promise<void>;

  /** Invalidates whatever carries one of these tags, in every namespace. */
  invalidateTags(tags: readonly string[]): Promise<void>;
}

export const cachePort = definePort<Cache<unknown>>('Cache', {
  getOrSet: { kind: 'write', idempotent: true, key: (key) => key },
  get: { kind: 'read', idempotent: true, key: (key) => key },
  lookup: { kind: 'read', idempotent: true, key: (key) => key },
  has: { kind: 'read', idempotent: true, key: (key) => key },
  getMany: { kind: 'read', idempotent: true },
  set: { kind: 'write', idempotent: true, key: (key) => key },
  setMany: { kind: 'write', idempotent: true },
  delete: { kind: 'write', idempotent: true, key: (key) => key },
  expire: { kind: 'write', idempotent: true, key: (key) => key },
  clear: { kind: 'write', idempotent: true },
  invalidateTags: { kind: 'write', idempotent: true },
});
