import { definePort } from '../port.js';

/** What a tier keeps of a key. */
export interface TierEntry {
  /** The position of the invalidation log for which it was made. */
  readonly version: number;
  /** When it is of no use any more, its grace period included, in milliseconds since 1970. `Infinity`: never. */
  readonly expiresAt: number;
  /** The value and all that belongs to it, encoded. Given back in the same type, text as text, bytes as bytes. */
  readonly body: string | Uint8Array;
}

/**
 * One store below the memory of a cache: a disk, Redis, a database. It keeps entries without understanding them and
 * may forget any of them at any time. Whether an entry is still true is none of its business: the cache compares
 * `version` with the invalidation log on each read, so a tier that keeps an old entry, or gets an older one after a
 * newer one, makes nothing false. Keys are any strings of up to a few kilobytes.
 *
 * Every operation throws Unavailable `CACHE_TIER_FAILED` when the store fails; the cache then does without it.
 */
export interface CacheTier {
  /** The entries of these keys, in their order; `undefined` where there is none, it has expired or is damaged. */
  getMany(keys: readonly string[]): Promise<(TierEntry | undefined)[]>;

  /** Keeps entries; the last of several for one key counts. May keep the entry it has if that is of a later version. */
  setMany(entries: readonly (readonly [key: string, entry: TierEntry])[]): Promise<void>;

  /** Forgets keys. */
  deleteMany(keys: readonly string[]): Promise<void>;

  /** Forgets everything. */
  clear(): Promise<void>;

  /** How much it holds, as far as it knows. */
  usage(): Promise<TierUsage>;
}

/** What a tier holds. */
export interface TierUsage {
  readonly entries: number | undefined;
  readonly bytes: number | undefined;
  /** Entries that this object has removed because there was no room, since it was made; absent where nobody tells. */
  readonly evictions?: number;
}

export const cacheTierPort = definePort<CacheTier>('CacheTier', {
  getMany: { kind: 'read', idempotent: true },
  setMany: { kind: 'write', idempotent: true },
  deleteMany: { kind: 'write', idempotent: true },
  clear: { kind: 'write', idempotent: true },
  usage: { kind: 'read', idempotent: true },
});
