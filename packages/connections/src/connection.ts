import type { MarkitectError } from '@markitect/domain';
import type { LeaseStats } from './fair-lease.js';

/** Whether a connection answers now. */
export interface ConnectionHealth {
  /** `closed`: nobody has opened it, or it was closed; nothing was asked of it. */
  readonly status: 'up' | 'down' | 'closed';
  /** How long the answer took, in milliseconds. */
  readonly latencyMs: number;
  /** Why it is down. */
  readonly error?: MarkitectError;
}

/** How much of a connection is in use. */
export interface ConnectionStats {
  readonly open: boolean;
  /** By the name of the part that is leased, e.g. `writer` and `readers`. */
  readonly leases: Readonly<Record<string, LeaseStats>>;
  /** What has been counted since it was made, by name, e.g. `retries`. Never falls. */
  readonly counters?: Readonly<Record<string, number>>;
  /** What parts of it are in now, by name, e.g. `breaker: open`. */
  readonly states?: Readonly<Record<string, string>>;
}

/**
 * Something outside this process that is opened once, used by many and closed in the end. Only the engines' own
 * `*.connection.ts` files know the driver behind it.
 */
export interface Connection {
  /** Unique among the connections of one manager. */
  readonly name: string;
  readonly kind: 'sql' | 'http' | 'redis';
  /** Makes it usable. Does nothing when it already is; a failed attempt may be repeated. */
  open(): Promise<void>;
  /** Refuses new work, waits for the running work, then lets go. Does nothing when it is not open. */
  close(): Promise<void>;
  /** Asks it something real. Never throws. */
  health(): Promise<ConnectionHealth>;
  stats(): ConnectionStats;
}
