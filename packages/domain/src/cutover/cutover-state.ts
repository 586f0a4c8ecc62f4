import type { JsonValue } from '../json.js';
import type { Timestamp } from '../timestamp.js';
import type { CutoverSide, CutoverStage } from './stage.js';

/** What goes through the keys of both sides, and may be cut off. */
export interface CutoverRun {
  /** `running`: so it has said at {@link updatedAt}; see `isCutOff`. */
  readonly status: 'running' | 'stopped' | 'complete';
  /** The last key that is done. */
  readonly checkpoint?: string;
  /** The error that has stopped it. */
  readonly failure?: { readonly code: string; readonly message: string };
  /** What has no key, of the sides that have any; nothing of it is copied or compared. Absent: it was not asked for. */
  readonly unkeyed?: readonly UnkeyedRecords[];
  readonly startedAt: Timestamp;
  readonly updatedAt: Timestamp;
}

/** What a side has, and cannot name a key of. */
export interface UnkeyedRecords {
  readonly side: CutoverSide;
  readonly count: number;
  /** Some of them, in words. */
  readonly first: readonly string[];
}

/** The copying of everything that is there already to the side that follows. */
export interface BackfillState extends CutoverRun {
  /** Keys looked at, and of these those that had to be copied. */
  readonly seen: number;
  readonly copied: number;
  /** Keys at its start, for progress; more or fewer may come. */
  readonly total?: number;
  /** When it was last gone on with after it had been cut off, and the keys seen by then. Absent: never. */
  readonly resumed?: { readonly at: Timestamp; readonly seen: number };
}

/** The comparison of both sides, key by key. */
export interface DiffState extends CutoverRun {
  /** The share of keys that are compared, above 0 to 100; 100: a full one. */
  readonly percent: number;
  readonly compared: number;
  readonly onlyLegacy: number;
  readonly onlyModern: number;
  readonly different: number;
  /** Keys that are copied, but that no repository takes: see `checkedRecordKey`. Absent: there are none. */
  readonly unaddressable?: { readonly count: number; readonly first: readonly string[] };
}

/** What must hold before a switch, and goes on being watched after it. */
export interface CutoverLimits {
  /** Of reads compared in the shadow, 0 to 1. */
  readonly maxMismatchRate: number;
  /** Of operations of the side that was switched to, 0 to 1. */
  readonly maxErrorRate: number;
  /** The median of the side switched to, beside the other one's: 2 is twice as slow. */
  readonly maxLatencyRatio: number;
  /** How old the diff may be, in milliseconds. */
  readonly maxDiffAgeMs: number;
  /** How many reads must have been compared for the rates to say anything. */
  readonly minCompared: number;
}

export const defaultCutoverLimits: CutoverLimits = {
  maxMismatchRate: 0.001,
  maxErrorRate: 0.01,
  maxLatencyRatio: 3,
  maxDiffAgeMs: 3600_000,
  minCompared: 100,
};

/** Where a component stands. */
export interface CutoverState {
  readonly component: string;
  readonly stage: CutoverStage;
  /** The share of keys read from modern in stage `served`, 0 to 100. */
  readonly percent: number;
  /** Grows with every change of stage or percent. A write of an older epoch is not begun. */
  readonly epoch: number;
  /** A change is under way: writes wait for it. */
  readonly switchingTo?: CutoverStage;
  /** Some keys have their right state on the side that was the primary one before. */
  readonly isCarryingOver: boolean;
  readonly backfill?: BackfillState;
  readonly diff?: DiffState;
  readonly limits: CutoverLimits;
  readonly changedAt: Timestamp;
}

/** One line of the log: who did what, when and why. */
export interface CutoverLogEntry {
  readonly id: number;
  readonly component: string;
  readonly at: Timestamp;
  /** A person, or `guard`, or the flag provider. */
  readonly who: string;
  /** E.g. `start`, `switch-reads`, `reverse`, `backfill`, `override`. */
  readonly action: string;
  readonly why: string;
  readonly from: { readonly stage: CutoverStage; readonly percent: number };
  readonly to: { readonly stage: CutoverStage; readonly percent: number };
}

/** A key of which the side that follows may not have what the other one has. */
export interface CutoverRepair {
  readonly id: number;
  readonly component: string;
  readonly key: string;
  /** The side whose state is right. */
  readonly source: CutoverSide;
  /** `in-flight`: a write is under way. `pending`: to be copied. */
  readonly status: 'in-flight' | 'pending';
  /** The process that is at it; absent: none is. */
  readonly process?: string;
  readonly attempts: number;
  /** Why the last attempt failed. */
  readonly failure?: { readonly code: string; readonly message: string };
  readonly retryAt?: Timestamp;
  readonly createdAt: Timestamp;
}

/** Two answers to one read that should have been alike. Values are redacted. */
export interface CutoverMismatch {
  readonly id: number;
  readonly component: string;
  readonly operation: string;
  readonly key?: string;
  /** Paths of the fields that differ, e.g. `value.email`, with what either side has. */
  readonly fields: readonly {
    readonly path: string;
    readonly legacy: JsonValue;
    readonly modern: JsonValue;
  }[];
  readonly at: Timestamp;
}

/** What was measured of one side's operations in a span of time. */
export interface CutoverTally {
  readonly component: string;
  readonly side: CutoverSide;
  readonly operations: number;
  readonly errors: number;
  /** Of the operations that were timed. */
  readonly medianMs?: number;
  readonly compared: number;
  readonly mismatched: number;
}
