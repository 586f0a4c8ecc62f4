import type { BreakerState } from './tiers/breaker.js';

/** What a manager counts, since it was made. */
export class CacheCounters {
  memoryMisses = 0;
  staleHits = 0;
  evictions = 0;
  factoryRuns = 0;
  factoryFailures = 0;
  factoryMs = 0;
  /** Reads that could trust nothing, for the log could not be read. */
  untrusted = 0;
}

/** The numbers of one tier. */
export interface TierStats {
  /** `memory`, or the name it was given. */
  readonly tier: string;
  readonly hits: number;
  readonly misses: number;
  readonly errors: number;
  /** Values that left because there was no room; `undefined`: the tier does not say. */
  readonly evictions: number | undefined;
  readonly entries: number | undefined;
  readonly bytes: number | undefined;
  readonly breaker: BreakerState;
}

/** The numbers of a cache, since it was made. */
export interface CacheStats {
  readonly tiers: readonly TierStats[];
  readonly staleHits: number;
  readonly factoryRuns: number;
  readonly factoryFailures: number;
  /** How long factories took in all, in milliseconds. */
  readonly factoryMs: number;
  /** Reads that went to the factory because the log of invalidations could not be read. */
  readonly untrusted: number;
}
