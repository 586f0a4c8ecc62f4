import { definePort } from '../port.js';

/**
 * What is not true any more: one key (with its namespace, as `cacheKey` makes it), whatever carries a tag, everything.
 * `expiry` of a key is the soft one: its value is expired, not false.
 */
export type Invalidation =
  { readonly kind: 'key' | 'tag' | 'expiry'; readonly name: string } | { readonly kind: 'all' };

/** An invalidation with its place in the log. */
export interface LoggedInvalidation {
  /** As {@link invalidationName} gives it. */
  readonly name: string;
  readonly position: number;
}

/** A piece of the log. */
export interface LogPage {
  /** Newest of each name, ascending by position. */
  readonly invalidations: readonly LoggedInvalidation[];
  /** Up to here the reader now knows the log completely: where to go on. */
  readonly position: number;
  /** The log does not go back to where the reader is: what it has may all be invalid. `invalidations` is empty. */
  readonly isTruncated: boolean;
}

/** The newest positions of names. */
export interface LatestInvalidations {
  /** Of those names that were invalidated at all. */
  readonly positions: ReadonlyMap<string, number>;
  /** Of versions before this the log knows nothing any more: entries that old count as invalid. */
  readonly horizon: number;
}

/**
 * The one authority on what is valid in a cache. Everything that becomes false is given the next position; an entry is
 * valid if none of its names (key, tags, namespace, everything) has a position greater than the entry's version.
 * Positions grow and never go back, not even over a restart, a restored backup or the loss of the store (a log that
 * begins anew begins at the time in microseconds, above all that was). They are safe integers.
 *
 * The asynchronous operations throw Unavailable `CACHE_LOG_FAILED` when the log can't be reached.
 */
export interface InvalidationLog {
  /**
   * The newest position that this process has to respect: at least that of every invalidation acknowledged before the
   * call, by any process that shares the log. Called on every read of the cache: it costs nanoseconds, and never throws
   * (when it can't know, it answers `Infinity`, and the cache does without what it has).
   */
  readonly position: () => number;

  /** What came after a position, at most about `limit` names (default 1000) at a time. */
  since(position: number, limit?: number): Promise<LogPage>;

  /** The newest positions of these names. */
  latest(names: readonly string[]): Promise<LatestInvalidations>;

  /**
   * Adds invalidations, all or none, and answers with the position of the last. From then on `position` of every
   * process is at least that.
   */
  append(invalidations: readonly Invalidation[]): Promise<number>;
}

/** `position` is not among them: it answers at once and is never decorated. */
export const invalidationLogPort = definePort<Omit<InvalidationLog, 'position'>>('InvalidationLog', {
  since: { kind: 'read', idempotent: true },
  latest: { kind: 'read', idempotent: true },
  append: { kind: 'write', idempotent: true },
});
