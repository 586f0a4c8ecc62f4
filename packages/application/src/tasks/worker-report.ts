import type { Task, TaskFailure, TaskId, TaskProgress, Timestamp } from '@markitect/domain';

/**
 * How a worker let go of a task. `retrying`: it failed and waits for its next attempt; `lost`: the lease was over, so
 * that nothing was reported; `returned`: given back because the worker stopped.
 */
export const taskEnds = ['completed', 'retrying', 'dead', 'cancelled', 'returned', 'lost'] as const;
export type TaskEnd = (typeof taskEnds)[number];

/** What a worker tells while it works. */
export type WorkerEvent =
  /** `waitMs`: how long it could have begun before it did. */
  | { readonly kind: 'started'; readonly task: Task; readonly waitMs: number }
  | {
      readonly kind: 'ended';
      readonly task: Task;
      readonly end: TaskEnd;
      readonly runMs: number;
      readonly failure?: Omit<TaskFailure, 'at'>;
      /** When the next attempt is due. */
      readonly retryAt?: Timestamp;
    }
  /** Each time a handler says how far it is, whether it is written or not. */
  | { readonly kind: 'progress'; readonly task: Task; readonly progress: TaskProgress }
  /** Tasks were taken from workers that have fallen silent. */
  | { readonly kind: 'rescued'; readonly count: number }
  | { readonly kind: 'scheduled'; readonly schedule: string; readonly id: TaskId; readonly isNew: boolean }
  /** The queue or a schedule failed; it is tried again. */
  | { readonly kind: 'trouble'; readonly during: string; readonly error: unknown };

/** What a worker did. */
export interface WorkerReport {
  /** How many attempts ended each way. */
  readonly ended: Readonly<Record<TaskEnd, number>>;
  readonly rescued: number;
  readonly scheduled: number;
  readonly seconds: number;
}
