import type {
  BackfillState,
  CutoverLimits,
  CutoverLogEntry,
  CutoverMismatch,
  CutoverRepair,
  CutoverSide,
  CutoverStage,
  CutoverState,
  CutoverTally,
  DiffState,
  Page,
  PageRequest,
  Timestamp,
} from '@markitect/domain';
import { definePort } from '../port.js';

/** Marks that belong together: those of one write, or of one repair. Unique. */
export type MarkToken = string;

/** What a write says before it begins. */
export interface CutoverMark {
  readonly component: string;
  readonly keys: readonly string[];
  readonly token: MarkToken;
  /** The process; its marks are taken over when it is not heard of any more. */
  readonly process: string;
  /** The epoch that the write was planned in. */
  readonly epoch: number;
  /**
   * The side that the write begins on: what it has then is right. The other one, for a repair by choice of side: then the
   * key is read there, and no write of it begins, until the mark ends.
   */
  readonly source: CutoverSide;
}

/** A key whose right state is on the side named, and not on the other one yet. */
export interface MarkedKey {
  readonly key: string;
  readonly source: CutoverSide;
}

/** Whether a write may begin. */
export type MarkAnswer =
  /**
   * `carried`: keys whose right state is still on the other side. They are now this token's alone: copy them, say so by
   * `absorb`, and begin the write then.
   */
  | { readonly isMarked: true; readonly carried: readonly string[] }
  /**
   * The epoch is not the present one, a change is under way, or somebody is carrying one of the keys over just now.
   * Nothing is marked; try again in a moment.
   */
  | { readonly isMarked: false };

/** Where a component goes. */
export interface StageChange {
  readonly component: string;
  /** The epoch that the change was judged in. */
  readonly epoch: number;
  /** Names this attempt: unique. Only it ends what it has begun. */
  readonly token: MarkToken;
  readonly stage: CutoverStage;
  readonly percent: number;
  readonly who: string;
  readonly action: string;
  readonly why: string;
}

/** What of a component's state changes besides its stage. `null` forgets. */
export interface CutoverChange {
  readonly backfill?: BackfillState | null;
  readonly diff?: DiffState | null;
  readonly limits?: CutoverLimits;
}

/**
 * What all processes know of every cutover. A *mark* says that a key is being written or has to be copied; it is
 * durable before the write begins. It is `in-flight` while somebody works on the key under it, else `pending`; there is at
 * most one pending mark on a key, and all marks on a key have one source.
 *
 * The last mark on a key ends only after a copy during which no other was in flight: whoever ends while others are
 * in flight leaves the key to them and makes their marks *overlapped*; an overlapped mark does not end, its key is copied
 * once more. So a key without a mark is alike on both sides, however writers, copies and crashes interleave.
 *
 * A process is *silent* when it was not heard of for as long as it said, or never. What it has in flight may be taken over.
 * Errors of all operations: those of a database. NotFound `CUTOVER_NOT_FOUND` for a component that was never started,
 * but of `get`, and of what reads and finds nothing.
 */
export interface CutoverStateStore {
  get(component: string): Promise<CutoverState | undefined>;

  /** By component. */
  list(): Promise<readonly CutoverState[]>;

  /** Begins with a component, in stage `legacy`, if it is not there. */
  create(component: string, who: string, why: string): Promise<CutoverState>;

  /** Throws Conflict `CUTOVER_CHANGED` for a backfill or diff begun before the component has last entered `legacy`. */
  update(component: string, change: CutoverChange): Promise<CutoverState>;

  /**
   * Marks keys, all or none, durably before it settles. A change whose process is silent holds nothing back: it is
   * aborted. Marking once more with the same token changes nothing.
   */
  mark(mark: CutoverMark): Promise<MarkAnswer>;

  /**
   * Ends what `mark` answered as carried: those keys were copied to the mark's source, which is right from now on,
   * durably. False: they were taken over or changed meanwhile; then nothing has changed, `release` the mark.
   */
  absorb(mark: CutoverMark): Promise<boolean>;

  /**
   * Takes a mark back whose write was not begun: as if it had never been made. Carried keys are pending again, and an
   * overlapped mark is left pending: others have left the key to it.
   */
  release(mark: CutoverMark): Promise<void>;

  /**
   * After a silence of the process: which of the keys are still the token's to copy. A key that was taken over and is
   * marked is left to those marks; one that is not marked any more is marked anew, durably. Throws Conflict
   * `CUTOVER_CHANGED` when a key was taken over and the primary side is another now: what the token has written is not
   * what is read, and the key is marked to be repaired from the side that is.
   */
  renew(mark: CutoverMark): Promise<readonly string[]>;

  /**
   * Ends the marks of a token on keys that were copied, and the pending marks on them. Answers the keys that have to be
   * copied once more, because their marks were overlapped, or taken over and ended meanwhile: then they are marked anew,
   * durably. Where nothing follows the mark's source the marks simply end. Throws as `renew`.
   */
  settle(mark: CutoverMark): Promise<readonly string[]>;

  /** Leaves the keys of a token to be repaired, not before `retryAt`, for a reason; also those that were taken over. */
  park(
    mark: CutoverMark,
    failure: { readonly code: string; readonly message: string },
    retryAt: Timestamp,
  ): Promise<void>;

  /** The present epoch, and which of these keys are marked. One cheap read. */
  look(
    component: string,
    keys: readonly string[],
  ): Promise<{ readonly epoch: number; readonly marked: readonly MarkedKey[] }>;

  /** Says that a process is there, for `ttlMs` from now; 0: that it is gone. */
  heartbeat(process: string, ttlMs: number): Promise<void>;

  /**
   * Takes keys that are to be repaired, by now, or that a silent process has in flight, all of one source, the longest due first;
   * they become the token's, in flight. None while a change is under way, and none that somebody else has in flight.
   */
  claim(
    component: string,
    claim: {
      readonly token: MarkToken;
      readonly process: string;
      readonly source: CutoverSide;
      readonly limit: number;
    },
  ): Promise<readonly CutoverRepair[]>;

  /** One page of the marks, the oldest first. Throws Invalid `CURSOR_INVALID`. */
  repairs(component: string, page: PageRequest): Promise<Page<CutoverRepair>>;

  repair(id: number): Promise<CutoverRepair | undefined>;

  /** Makes a pending mark due now, or all of a component. Answers how many. */
  retryRepairs(component: string, id?: number): Promise<number>;

  /** How many marks there are, in flight and pending; what a silent process has in flight counts as pending. */
  depth(component: string): Promise<{ readonly inFlight: number; readonly pending: number }>;

  /**
   * Holds back new writes for a change. Throws Conflict `CUTOVER_CHANGED` when the epoch is another, `CUTOVER_SWITCHING`
   * when a change is under way and its process is not silent.
   */
  beginChange(change: StageChange, process: string): Promise<CutoverState>;

  /**
   * Makes the change, durably, in a new epoch, with its line in the log, and lets writes go on; `undefined`: something is
   * in flight still, and nothing has changed. What silent processes have in flight is made pending. Pending marks keep
   * their source: where that is not the primary side any more, the component is carrying over until they are repaired. In
   * `legacy` and `complete` the other ones end, nothing follows; entering `legacy` forgets backfill and diff. Throws
   * Conflict `CUTOVER_CHANGED` when the change was aborted meanwhile.
   */
  finishChange(change: StageChange): Promise<CutoverState | undefined>;

  /** Takes a change back that was begun; does nothing when it is over. */
  abortChange(change: StageChange): Promise<void>;

  /** Adds a line to the log. */
  note(entry: Omit<CutoverLogEntry, 'id' | 'at'>): Promise<void>;

  /** The newest first. Throws Invalid `CURSOR_INVALID`. */
  log(query: PageRequest & { readonly component?: string }): Promise<Page<CutoverLogEntry>>;

  /** Adds what was measured, kept for an hour, and mismatches: of a component the newest 1,000 are kept. */
  tally(tallies: readonly CutoverTally[], mismatches: readonly Omit<CutoverMismatch, 'id'>[]): Promise<void>;

  /** What was measured since a time, of all processes, a sum for each side; its median is that of the medians, weighted. */
  tallies(component: string, since: Timestamp): Promise<readonly CutoverTally[]>;

  /** The newest first. Throws Invalid `CURSOR_INVALID`. */
  mismatches(component: string, page: PageRequest): Promise<Page<CutoverMismatch>>;
}

export const cutoverStateStorePort = definePort<CutoverStateStore>('CutoverStateStore', {
  get: { kind: 'read', idempotent: true, key: (component) => component },
  list: { kind: 'read', idempotent: true },
  create: { kind: 'write', idempotent: true, key: (component) => component },
  update: { kind: 'write', idempotent: true, key: (component) => component },
  mark: { kind: 'write', idempotent: false, key: (mark) => mark.component },
  absorb: { kind: 'write', idempotent: true, key: (mark) => mark.component },
  release: { kind: 'write', idempotent: true, key: (mark) => mark.component },
  renew: { kind: 'write', idempotent: true, key: (mark) => mark.component },
  settle: { kind: 'write', idempotent: false, key: (mark) => mark.component },
  park: { kind: 'write', idempotent: true, key: (mark) => mark.component },
  look: { kind: 'read', idempotent: true, key: (component) => component },
  heartbeat: { kind: 'write', idempotent: true, key: (process) => process },
  claim: { kind: 'write', idempotent: false, key: (component) => component },
  repairs: { kind: 'read', idempotent: true, key: (component) => component },
  repair: { kind: 'read', idempotent: true, key: String },
  retryRepairs: { kind: 'write', idempotent: true, key: (component) => component },
  depth: { kind: 'read', idempotent: true, key: (component) => component },
  beginChange: { kind: 'write', idempotent: false, key: (change) => change.component },
  finishChange: { kind: 'write', idempotent: false, key: (change) => change.component },
  abortChange: { kind: 'write', idempotent: true, key: (change) => change.component },
  note: { kind: 'write', idempotent: false, key: (entry) => entry.component },
  log: { kind: 'read', idempotent: true },
  tally: { kind: 'write', idempotent: false },
  tallies: { kind: 'read', idempotent: true, key: (component) => component },
  mismatches: { kind: 'read', idempotent: true, key: (component) => component },
});
