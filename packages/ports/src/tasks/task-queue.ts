import type {
  JsonValue,
  Page,
  PageRequest,
  Task,
  TaskDraft,
  TaskFailure,
  TaskId,
  TaskLimit,
  TaskProgress,
  TaskStatus,
  Timestamp,
} from '@markitect/domain';
import { definePort } from '../port.js';

/** What became of a draft. */
export interface EnqueuedTask {
  readonly id: TaskId;
  /** `false`: an unfinished task has the unique key of the draft; `id` is that one. */
  readonly isNew: boolean;
}

export interface TaskClaim {
  /** Who asks: a name that no other worker has. */
  readonly worker: string;
  /** The most tasks, from 1 to 1,000. */
  readonly limit: number;
  /** How long they are held without a heartbeat, in milliseconds. */
  readonly leaseMs: number;
  /** Only these types. Default: all. */
  readonly types?: readonly string[];
}

/** A claim on one task: what a worker shows when it reports on it. */
export interface TaskHold {
  readonly id: TaskId;
  readonly fence: number;
}

/** What a heartbeat learns of a hold. `lost`: somebody else may have the task; stop, and report nothing. */
export type HoldState = 'held' | 'cancel-requested' | 'lost';

/** How an attempt ended. */
export type TaskOutcome = TaskHold &
  (
    | { readonly kind: 'completed'; readonly result?: JsonValue }
    /** Waits until `retryAt`; without one, or when no attempt is left, it is dead. */
    | { readonly kind: 'failed'; readonly failure: Omit<TaskFailure, 'at'>; readonly retryAt?: Timestamp }
    /** Given back untouched: the attempt doesn't count. */
    | { readonly kind: 'returned' }
    | { readonly kind: 'cancelled' }
  );

/** Which tasks to list: the newest first. */
export interface TaskQuery extends PageRequest {
  readonly status?: TaskStatus;
  readonly type?: string;
}

/** The tasks of one type, in figures. */
export interface TaskTypeStats {
  readonly type: string;
  readonly counts: Readonly<Record<TaskStatus, number>>;
  /** Since when the one that waits longest could have begun. */
  readonly oldestWaiting?: Timestamp;
  readonly isPaused: boolean;
}

/**
 * Tasks that outlive the process that asked for them. A task is claimed with a lease and a fencing token (M. Kleppmann,
 * "How to do distributed locking", 2016): whoever lost the lease can report nothing any more, however late it wakes
 * up. Every promise of a write is settled when the change is committed. Errors of all operations: Unavailable
 * `DATABASE_BUSY`, `DATABASE_UNAVAILABLE`; Corrupt `DATABASE_CORRUPT`; Invalid `REQUEST_INVALID` naming the field.
 */
export interface TaskQueue {
  /** Adds tasks in one commit, all or none; answers in the order of the drafts. */
  enqueue(drafts: readonly TaskDraft[]): Promise<readonly EnqueuedTask[]>;

  /**
   * Takes waiting tasks whose time has come, the highest priority first, then the oldest, within the limits of their
   * keys and without those of paused types. They come in that order; fewer than asked for, or none, when no more can
   * begin now.
   */
  claim(claim: TaskClaim): Promise<readonly Task[]>;

  /** Holds tasks for `leaseMs` from now; answers in their order. */
  heartbeat(holds: readonly TaskHold[], leaseMs: number): Promise<readonly HoldState[]>;

  /** Notes how far a task has come. Answers whether it is still held. */
  report(hold: TaskHold, progress: TaskProgress): Promise<boolean>;

  /** Ends attempts in one commit; answers for each whether it was still held: nothing happens to one that was not. */
  settle(outcomes: readonly TaskOutcome[]): Promise<readonly boolean[]>;

  /**
   * Takes tasks from workers whose leases have run out: they wait again, or are dead (`TASK_STALLED`) when no attempt
   * is left, or cancelled when that was wanted. Answers how many there were.
   */
  rescue(): Promise<number>;

  get(id: TaskId): Promise<Task | undefined>;

  /** One page, the newest first. Cost does not grow with the depth of the page. Throws Invalid `CURSOR_INVALID`. */
  list(query: TaskQuery): Promise<Page<Task>>;

  /** All of them, the newest first, fetched as they are asked for. */
  stream(query: Omit<TaskQuery, keyof PageRequest>): AsyncIterable<Task>;

  /** When the next delayed task is due; `undefined`: none is delayed. */
  nextDue(): Promise<Timestamp | undefined>;

  /**
   * Ends a task before it is done: one that has not begun is cancelled at once; the worker of a running one is asked
   * to stop. Answers what it is then. Throws NotFound `TASK_NOT_FOUND`, Conflict `TASK_STATE_INVALID` (it is over).
   */
  cancel(id: TaskId): Promise<Task>;

  /**
   * Makes a delayed, cancelled or dead task wait, with all its attempts. Throws NotFound `TASK_NOT_FOUND`, Conflict
   * `TASK_STATE_INVALID` (it waits, runs or is completed), Conflict `TASK_KEY_TAKEN` (another unfinished task has its unique key).
   */
  retry(id: TaskId): Promise<Task>;

  /**
   * Makes dead tasks wait, the oldest first, at most `limit` (default 1,000); answers how many. One whose unique key
   * is taken stays dead.
   */
  redrive(query: { readonly type?: string; readonly limit?: number }): Promise<number>;

  /** Lets no task of a type begin. Those that run go on. */
  pause(type: string): Promise<void>;
  resume(type: string): Promise<void>;

  /** Sets the limits of a key, in place of those it had. */
  setLimit(limit: TaskLimit): Promise<void>;
  /** Answers whether there were any. */
  removeLimit(key: string): Promise<boolean>;
  /** By key. */
  limits(): Promise<readonly TaskLimit[]>;

  /** Forgets completed and cancelled tasks, and dead ones where asked, that ended before a time. Answers how many. */
  prune(query: { readonly before: Timestamp; readonly dead?: boolean }): Promise<number>;

  /** By type. Counts what is kept: costs one look at every row of the index. */
  stats(): Promise<readonly TaskTypeStats[]>;
}

export const taskQueuePort = definePort<TaskQueue>('TaskQueue', {
  enqueue: { kind: 'write', idempotent: false },
  claim: { kind: 'write', idempotent: false },
  heartbeat: { kind: 'write', idempotent: true },
  report: { kind: 'write', idempotent: true, key: (hold) => String(hold.id) },
  settle: { kind: 'write', idempotent: false },
  rescue: { kind: 'write', idempotent: true },
  get: { kind: 'read', idempotent: true, key: String },
  list: { kind: 'read', idempotent: true },
  stream: { kind: 'read', idempotent: true },
  nextDue: { kind: 'read', idempotent: true },
  cancel: { kind: 'write', idempotent: false, key: String },
  retry: { kind: 'write', idempotent: false, key: String },
  redrive: { kind: 'write', idempotent: true },
  pause: { kind: 'write', idempotent: true, key: (type) => type },
  resume: { kind: 'write', idempotent: true, key: (type) => type },
  setLimit: { kind: 'write', idempotent: true, key: (limit) => limit.key },
  removeLimit: { kind: 'write', idempotent: true, key: (key) => key },
  limits: { kind: 'read', idempotent: true },
  prune: { kind: 'write', idempotent: true },
  stats: { kind: 'read', idempotent: true },
});
