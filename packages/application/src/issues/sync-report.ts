import type { Timestamp } from '@markitect/domain';

/** How far a synchronisation is. */
export interface SyncProgress {
  /** `all`: every issue; `changes`: those changed since; `check`: whether any are gone. */
  readonly phase: 'all' | 'changes' | 'check';
  /** Issues taken over so far. */
  readonly issues: number;
  /** How many there are to take over, in phase `all`. An interrupted pass that goes on has fewer left. */
  readonly total?: number;
}

/** What a synchronisation did. */
export interface SyncReport {
  /** Whether every issue was looked at, or only those changed. */
  readonly kind: 'full' | 'incremental';
  /** Whether it went on where an interrupted one had stopped. */
  readonly resumed: boolean;
  /** Different issues taken over. */
  readonly issues: number;
  /** Issues removed because the tracker has them no longer. */
  readonly removed: number;
  /** Issues in the mirror now. */
  readonly total: number;
  /** When the mirror last was as the tracker was; absent when it never was. */
  readonly syncedAt?: Timestamp;
  readonly seconds: number;
  /** Whether the signal ended it early: what was taken over stays, and the next one goes on from there. */
  readonly interrupted: boolean;
}

/** How to run a synchronisation. */
export interface SyncRun {
  /** Look at every issue, whatever was done before. */
  readonly full?: boolean;
  /** Ends it between two steps, when nobody else waits for it. */
  readonly signal?: AbortSignal;
  /** The most milliseconds for all of it; of the one that begins a run that is shared. Default: as long as it takes. */
  readonly deadlineMs?: number;
  /** Told after each step. */
  readonly onProgress?: (progress: SyncProgress) => void;
}
