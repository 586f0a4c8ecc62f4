import type { JsonValue } from '../json.js';
import type { Timestamp } from '../timestamp.js';

/** What a task is called by: a whole number from 1, never used again. */
export type TaskId = number;

/**
 * `delayed`: its time has not come. `waiting`: for a worker. `running`: a worker holds a lease on it. `completed`,
 * `cancelled`: over. `dead`: over without success (the dead letter), until somebody redrives it.
 */
export const taskStatuses = ['delayed', 'waiting', 'running', 'completed', 'cancelled', 'dead'] as const;
export type TaskStatus = (typeof taskStatuses)[number];

/** The statuses that nothing leaves by itself. */
export const finishedTaskStatuses = ['completed', 'cancelled', 'dead'] as const satisfies TaskStatus[];

/** Why the last attempt failed. */
export interface TaskFailure {
  /** A code of the error table. */
  readonly code: string;
  readonly message: string;
  readonly at: Timestamp;
}

/** How far a running task has come. */
export interface TaskProgress {
  readonly done: number;
  readonly total?: number;
  readonly note?: string;
}

/** A piece of work that is done outside the call that asked for it, at least once and acknowledged once. */
export interface Task {
  readonly id: TaskId;
  /** Says which handler does it, e.g. `research.scrape`. */
  readonly type: string;
  readonly payload: JsonValue;
  readonly status: TaskStatus;
  /** Higher goes first; equal ones in the order of their ids. */
  readonly priority: number;
  /** Not before this. */
  readonly runAt: Timestamp;
  /** Attempts begun since it was enqueued or redriven. */
  readonly attempts: number;
  readonly maxAttempts: number;
  /** No two unfinished tasks have the same. */
  readonly uniqueKey?: string;
  /** Tasks of one limit key share its limits. Default: the type. */
  readonly limitKey: string;
  /** Grows with each claim. Only who names the present one may report on the task. */
  readonly fence: number;
  /** Who holds it. */
  readonly worker?: string;
  readonly leaseUntil?: Timestamp;
  /** It is running and somebody wants it stopped: its worker learns so with the next heartbeat. */
  readonly isCancelRequested?: boolean;
  readonly progress?: TaskProgress;
  readonly result?: JsonValue;
  readonly failure?: TaskFailure;
  /** The schedule that made it. */
  readonly schedule?: string;
  readonly createdAt: Timestamp;
  readonly updatedAt: Timestamp;
  /** When the last attempt began. */
  readonly startedAt?: Timestamp;
  readonly finishedAt?: Timestamp;
}
