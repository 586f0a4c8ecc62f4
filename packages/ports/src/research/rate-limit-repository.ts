import type { RateLimit, RateLimitState, Timestamp } from '@markitect/domain';
import { definePort } from '../port.js';

/** Leave to do something once, at a time. */
export interface RatePermit {
  /** Not before this. The permit is used up, whether anything is done or not. */
  readonly at: Timestamp;
  /** Not after this, or the rate may be exceeded: ask for another in its place. Absent: there is no such end. */
  readonly until?: Timestamp;
  /** Tells the repository which of the permits of a window it is. */
  readonly lane?: number;
}

/**
 * Rates that all processes share. Permits are given ahead, each for a time of its own, so that waiting callers use every
 * one: spaced by the generic cell rate algorithm (ITU-T I.371, a token bucket that is one time stamp), and each in a
 * lane that is given out again only when a window has passed since the permit in it may have been used. There are as
 * many lanes as permits in a window of a second (or, for slower rates, of one permit), so no such window has more,
 * bursts and late callers included. Above 256/s there are no lanes, and permits are spaced {@link RATE_MARGIN} wider.
 * Errors: those of a database.
 */
export interface RateLimitRepository {
  /** `undefined`: there is no such limit. Takes nothing. */
  check(name: string): Promise<RateLimitState | undefined>;

  list(): Promise<readonly RateLimitState[]>;

  /**
   * Takes the next permit. `undefined`, and none is taken, when it would be for later than `maxWaitMs` from now. A name
   * without a limit gives permits for now. The clock is that of the database's machine. `unused`: a permit of this name
   * that was not used until its end; where that is still possible the answer is one for now in its place.
   */
  take(name: string, maxWaitMs: number, unused?: RatePermit): Promise<RatePermit | undefined>;

  /** Gives no permit before a time, e.g. what a server's `Retry-After` says. Never earlier than it was. */
  holdBack(name: string, until: Timestamp): Promise<void>;

  /** Sets a limit, in place of the one of its name; what is used up stays so. Throws Invalid `REQUEST_INVALID`. */
  update(limit: RateLimit): Promise<void>;

  /** Forgets what is used up. Answers whether there was such a limit. */
  reset(name: string): Promise<boolean>;

  /** Answers whether there was one. */
  remove(name: string): Promise<boolean>;
}

/** The share of a window for which permits may be used late. */
export const RATE_MARGIN = 0.02;

export const rateLimitRepositoryPort = definePort<RateLimitRepository>('RateLimitRepository', {
  check: { kind: 'read', idempotent: true, key: (name) => name },
  list: { kind: 'read', idempotent: true },
  take: { kind: 'write', idempotent: false, key: (name) => name },
  holdBack: { kind: 'write', idempotent: true, key: (name) => name },
  update: { kind: 'write', idempotent: true, key: (limit) => limit.name },
  reset: { kind: 'write', idempotent: true, key: (name) => name },
  remove: { kind: 'write', idempotent: true, key: (name) => name },
});
