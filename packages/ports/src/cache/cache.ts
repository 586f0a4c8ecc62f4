import { definePort } from '../port.js';

/**
 * Values kept for a while by key. A cache may forget anything at any time and never fails its caller. Values are
 * shared by reference: neither the writer nor a reader may change one.
 */
export interface Cache<V> {
  /** The value, or `undefined` when there is none. */
  get(key: string): Promise<V | undefined>;

  /** Keeps a value. `weight`: roughly the bytes it occupies, for caches that bound their size. */
  set(key: string, value: V, weight: number): Promise<void>;

  /** Forgets a value. */
  delete(key: string): Promise<void>;

  /** Forgets everything. */
  clear(): Promise<void>;
}

export const cachePort = definePort<Cache<unknown>>('Cache', {
  get: { kind: 'read', idempotent: true, key: (key) => key },
  set: { kind: 'write', idempotent: true, key: (key) => key },
  delete: { kind: 'write', idempotent: true, key: (key) => key },
  clear: { kind: 'write', idempotent: true },
});
