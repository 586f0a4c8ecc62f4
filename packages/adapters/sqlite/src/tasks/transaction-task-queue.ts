import {
  type Page,
  type PageRequest,
  type Task,
  type TaskDraft,
  type TaskId,
  type TaskLimit,
  type TaskProgress,
  type Timestamp,
} from '@markitect/domain';
import type {
  EnqueuedTask,
  HoldState,
  TaskClaim,
  TaskHold,
  TaskOutcome,
  TaskQuery,
  TaskQueue,
  TaskTypeStats,
} from '@markitect/ports';
import type { SqlExecutor } from '../engine/sql-executor.js';
import { streamPages } from '../engine/stream-pages.js';
import { addTasks, taskRuns } from './add-tasks.js';
import { cancelTask, isPruneFull, pruneTasks, redriveTasks, retryTask } from './change-tasks.js';
import { claimTasks } from './claim-tasks.js';
import { requireClaim, requireLeaseMs, requireRedriveLimit, requireTime } from './queue-arguments.js';
import { extendLeases, rescueTasks, saveProgress, settleTasks } from './settle-tasks.js';
import { listLimits, pauseType, removeLimit, resumeType, saveLimit } from './task-gates.js';
import { listTasks, nextDueTask, readTask, taskStats } from './task-reads.js';

/** What a {@link TransactionTaskQueue} has besides its transaction. */
export interface TransactionTaskOptions {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Told of changes that may let a task begin once they are committed. */
  readonly announce: () => void;
}

/** The tasks as a transaction sees and changes them. For one call at a time. */
export class TransactionTaskQueue implements TaskQueue {
  readonly #executor: SqlExecutor;
  readonly #now: () => number;
  readonly #announce: () => void;

  constructor(executor: SqlExecutor, { now, announce }: TransactionTaskOptions) {
    this.#executor = executor;
    this.#now = now;
    this.#announce = announce;
  }

  async enqueue(drafts: readonly TaskDraft[]): Promise<readonly EnqueuedTask[]> {
    const runs = taskRuns(drafts);
    this.#announce();
    return addTasks(this.#executor, runs, this.#now());
  }

  async claim(claim: TaskClaim): Promise<readonly Task[]> {
    requireClaim(claim);
    return claimTasks(this.#executor, claim, this.#now());
  }

  async heartbeat(holds: readonly TaskHold[], leaseMs: number): Promise<readonly HoldState[]> {
    requireLeaseMs(leaseMs);
    return extendLeases(this.#executor, holds, leaseMs, this.#now());
  }

  report(hold: TaskHold, progress: TaskProgress): Promise<boolean> {
    return saveProgress(this.#executor, hold, progress, this.#now());
  }

  settle(outcomes: readonly TaskOutcome[]): Promise<readonly boolean[]> {
    this.#announce();
    return settleTasks(this.#executor, outcomes, this.#now());
  }

  rescue(): Promise<number> {
    this.#announce();
    return rescueTasks(this.#executor, this.#now());
  }

  get(id: TaskId): Promise<Task | undefined> {
    return readTask(this.#executor, id);
  }

  async list(query: TaskQuery): Promise<Page<Task>> {
    return listTasks(this.#executor, query);
  }

  /** Page by page, through `list`: each is an operation of the transaction by itself. */
  stream(query: Omit<TaskQuery, keyof PageRequest>): AsyncIterable<Task> {
    return streamPages((page) => this.list({ ...query, ...page }), false);
  }

  nextDue(): Promise<Timestamp | undefined> {
    return nextDueTask(this.#executor);
  }

  cancel(id: TaskId): Promise<Task> {
    return cancelTask(this.#executor, id, this.#now());
  }

  retry(id: TaskId): Promise<Task> {
    this.#announce();
    return retryTask(this.#executor, id, this.#now());
  }

  async redrive(query: { readonly type?: string; readonly limit?: number }): Promise<number> {
    const limit = requireRedriveLimit(query.limit);
    this.#announce();
    return redriveTasks(this.#executor, query.type, limit, this.#now());
  }

  pause(type: string): Promise<void> {
    return pauseType(this.#executor, type);
  }

  resume(type: string): Promise<void> {
    this.#announce();
    return resumeType(this.#executor, type);
  }

  async setLimit(limit: TaskLimit): Promise<void> {
    this.#announce();
    await saveLimit(this.#executor, limit, this.#now());
  }

  removeLimit(key: string): Promise<boolean> {
    this.#announce();
    return removeLimit(this.#executor, key);
  }

  limits(): Promise<readonly TaskLimit[]> {
    return listLimits(this.#executor);
  }

  async prune({
    before,
    dead = false,
  }: {
    readonly before: Timestamp;
    readonly dead?: boolean;
  }): Promise<number> {
    const time = requireTime('before', before);
    let all = 0;
    for (;;) {
      const pruned = await pruneTasks(this.#executor, time, dead);
      all += pruned;
      if (!isPruneFull(pruned)) return all;
    }
  }

  stats(): Promise<readonly TaskTypeStats[]> {
    return taskStats(this.#executor);
  }
}
