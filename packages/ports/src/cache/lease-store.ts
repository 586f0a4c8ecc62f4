import type { JsonObject } from '@markitect/domain';
import { definePort } from '../port.js';

/** Why the last holder of a lease had nothing to leave behind. */
export interface LeaseFailure {
  /** The code of a MarkitectError, when it was one. */
  readonly code: string | undefined;
  readonly message: string;
  /** The details of a MarkitectError, otherwise empty. */
  readonly details: JsonObject;
}

/** What a lease is let go of with. */
export type LeaseOutcome =
  | { readonly kind: 'done' }
  /** Whoever asks for the lease in the next `keepMs` milliseconds is told of the failure in place of being given it. */
  | { readonly kind: 'failed'; readonly failure: LeaseFailure; readonly keepMs: number };

/** The answer to somebody who wants a lease. */
export type LeaseAnswer =
  | {
      readonly kind: 'granted';
      /** Names this holder; different from that of every other holder. */
      readonly token: string;
    }
  | {
      readonly kind: 'held';
      /** When it ends unless it is renewed, in milliseconds from now. */ readonly forMs: number;
    }
  | { readonly kind: 'failed'; readonly failure: LeaseFailure };

/**
 * Lets one of many processes do what is needed once. A lease ends by itself when its holder is killed. It saves work
 * and is no lock: a holder that was paused for longer than its lease may meet a second one, and nothing may become
 * false by that.
 *
 * Every operation throws Unavailable `CACHE_LEASE_FAILED` when the store fails; whoever asked then goes without a lease.
 */
export interface LeaseStore {
  /** Takes a lease that is free or has ended, for `ttlMs` milliseconds; answers at once. Given to exactly one of many. */
  acquire(name: string, ttlMs: number): Promise<LeaseAnswer>;

  /** Makes a lease last `ttlMs` from now. `false`: it has ended and is not this holder's any more. */
  renew(name: string, token: string, ttlMs: number): Promise<boolean>;

  /** Lets go of a lease. Does nothing when it is not this holder's any more. */
  release(name: string, token: string, outcome: LeaseOutcome): Promise<void>;
}

export const leaseStorePort = definePort<LeaseStore>('LeaseStore', {
  acquire: { kind: 'write', idempotent: false, key: (name) => name },
  renew: { kind: 'write', idempotent: true, key: (name) => name },
  release: { kind: 'write', idempotent: true, key: (name) => name },
});
