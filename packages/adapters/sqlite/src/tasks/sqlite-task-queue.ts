import type {
  Page,
  PageRequest,
  Task,
  TaskDraft,
  TaskId,
  TaskLimit,
  TaskProgress,
  Timestamp,
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
import { GroupCommit } from '../engine/group-commit.js';
import { streamPages } from '../engine/stream-pages.js';
import type { SqliteConnection } from '../sqlite.connection.js';
import { taskRuns } from './add-tasks.js';
import { isPruneFull, pruneTasks } from './change-tasks.js';
import { requireClaim, requireTime } from './queue-arguments.js';
import { type QueueRequest, requestStatement, type Worked, writeRequests } from './queue-requests.js';
import { stalled } from './settle-tasks.js';
import { taskBell } from './task-bell.js';
import { listLimits } from './task-gates.js';
import { isAnyWaiting, listTasks, nextDueTask, readTask, taskStats } from './task-reads.js';

/** How a {@link SqliteTaskQueue} is kept. */
export interface SqliteTaskOptions {
  /** The time in milliseconds since 1970, the same in all processes. Default: the clock of the machine. */
  readonly now?: () => number;
}

/** So many claims go without the statement that takes tasks at once, after one for which it was in vain. */
const DETOURS = 20;

/**
 * The tasks in a SQLite database, for any number of processes. Errors as the port says, and Conflict
 * `TRANSACTION_NESTED` for writes inside a unit of work; the connection must be open.
 */
export class SqliteTaskQueue implements TaskQueue {
  readonly #connection: SqliteConnection;
  readonly #now: () => number;
  readonly #writes: GroupCommit<QueueRequest, unknown>;
  #requests = 0;
  #wasEmpty = false;
  #detours = 0;

  constructor(connection: SqliteConnection, { now = Date.now }: SqliteTaskOptions = {}) {
    this.#connection = connection;
    this.#now = now;
    this.#writes = new GroupCommit(() => connection.writer(), {
      keyOf: () => String((this.#requests += 1)),
      weightOf: (request) => (request.kind === 'enqueue' ? request.count : 1),
      maxRequests: 256,
      maxWeight: 10_000,
      write: (transaction, requests) => writeRequests(transaction, requests, now),
      statement: (requests) => requestStatement(requests, now()),
    });
  }

  async enqueue(drafts: readonly TaskDraft[]): Promise<readonly EnqueuedTask[]> {
    const runs = taskRuns(drafts);
    if (runs.length === 0) return [];
    const request: QueueRequest = { kind: 'enqueue', runs, count: drafts.length };
    const tasks = await this.#submit<readonly EnqueuedTask[]>('enqueue', request);
    this.#ring();
    return tasks;
  }

  /** Where nothing waited the last time it costs a read; the write lock is taken when something does. */
  async claim(claim: TaskClaim): Promise<readonly Task[]> {
    requireClaim(claim);
    if (this.#wasEmpty && !(await isAnyWaiting(this.#connection.readers(), this.#now()))) return [];
    const tasks = await this.#claim(claim);
    this.#wasEmpty = tasks.length === 0;
    return tasks;
  }

  /** By one statement, unless there is something to look at. */
  async #claim(claim: TaskClaim): Promise<readonly Task[]> {
    const take = (isAtOnce: boolean): Promise<readonly Task[]> =>
      this.#submit('claim', { kind: 'claim', claim, isAtOnce });
    const isAtOnce = claim.types === undefined && this.#detours === 0;
    if (this.#detours > 0) this.#detours -= 1;
    const tasks = await take(isAtOnce);
    if (tasks.length > 0 || !isAtOnce) return tasks;
    const found = await take(false);
    if (found.length > 0) this.#detours = DETOURS;
    return found;
  }

  heartbeat(holds: readonly TaskHold[], leaseMs: number): Promise<readonly HoldState[]> {
    return this.#do('heartbeat', (queue) => queue.heartbeat(holds, leaseMs));
  }

  report(hold: TaskHold, progress: TaskProgress): Promise<boolean> {
    return this.#do('report', (queue) => queue.report(hold, progress));
  }

  async settle(outcomes: readonly TaskOutcome[]): Promise<readonly boolean[]> {
    if (outcomes.length === 0) return [];
    const settled = await this.#submit<readonly boolean[]>('settle', { kind: 'settle', outcomes });
    this.#ring();
    return settled;
  }

  /** A read; a write only where there is somebody to rescue. */
  async rescue(): Promise<number> {
    const some = await this.#connection.readers().all(`${stalled} LIMIT 1`, [this.#now()]);
    return some.length === 0 ? 0 : this.#do('rescue', (queue) => queue.rescue());
  }

  async get(id: TaskId): Promise<Task | undefined> {
    return readTask(this.#connection.readers(), id);
  }

  async list(query: TaskQuery): Promise<Page<Task>> {
    return listTasks(this.#connection.readers(), query);
  }

  stream(query: Omit<TaskQuery, keyof PageRequest>): AsyncIterable<Task> {
    return streamPages((page) => this.list({ ...query, ...page }), true);
  }

  async nextDue(): Promise<Timestamp | undefined> {
    return nextDueTask(this.#connection.readers());
  }

  cancel(id: TaskId): Promise<Task> {
    return this.#do('cancel', (queue) => queue.cancel(id));
  }

  retry(id: TaskId): Promise<Task> {
    return this.#do('retry', (queue) => queue.retry(id));
  }

  redrive(query: { readonly type?: string; readonly limit?: number }): Promise<number> {
    return this.#do('redrive', (queue) => queue.redrive(query));
  }

  pause(type: string): Promise<void> {
    return this.#do('pause', (queue) => queue.pause(type));
  }

  resume(type: string): Promise<void> {
    return this.#do('resume', (queue) => queue.resume(type));
  }

  setLimit(limit: TaskLimit): Promise<void> {
    return this.#do('setLimit', (queue) => queue.setLimit(limit));
  }

  removeLimit(key: string): Promise<boolean> {
    return this.#do('removeLimit', (queue) => queue.removeLimit(key));
  }

  async limits(): Promise<readonly TaskLimit[]> {
    return listLimits(this.#connection.readers());
  }

  /** A thousand with each commit, so that others who write get their turns. */
  async prune({
    before,
    dead = false,
  }: {
    readonly before: Timestamp;
    readonly dead?: boolean;
  }): Promise<number> {
    this.#connection.refuseInsideUnitOfWork('TaskQueue.prune');
    const time = requireTime('before', before);
    const writer = await this.#connection.writer();
    let all = 0;
    for (;;) {
      const pruned = await writer.transaction((transaction) => pruneTasks(transaction, time, dead));
      all += pruned;
      if (!isPruneFull(pruned)) return all;
    }
  }

  async stats(): Promise<readonly TaskTypeStats[]> {
    return this.#connection.readers().snapshot(taskStats);
  }

  async #do<T>(operation: string, work: (tasks: TaskQueue) => Promise<T>): Promise<T> {
    const { value, isAnnounced } = await this.#submit<Worked<T>>(operation, { kind: 'work', work });
    if (isAnnounced) this.#ring();
    return value;
  }

  async #submit<T>(operation: string, request: QueueRequest): Promise<T> {
    this.#connection.refuseInsideUnitOfWork(`TaskQueue.${operation}`);
    return (await this.#writes.submit(request)) as T;
  }

  #ring(): void {
    this.#wasEmpty = false;
    taskBell(this.#connection).ring();
  }
}
