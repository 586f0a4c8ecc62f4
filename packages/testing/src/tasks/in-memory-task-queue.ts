import {
  type CheckedTaskDraft,
  Conflict,
  type JsonValue,
  NotFound,
  type Page,
  pageLimit,
  type PageRequest,
  refuseField,
  type Task,
  type TaskDraft,
  taskDraft,
  type TaskFailure,
  type TaskId,
  type TaskLimit,
  taskLimit,
  type TaskProgress,
  type TaskStatus,
  taskStatuses,
  type Timestamp,
} from '@markitect/domain';
import {
  decodeCursor,
  encodeCursor,
  type EnqueuedTask,
  type HoldState,
  nextPermit,
  paceOf,
  type TaskClaim,
  type TaskHold,
  type TaskOutcome,
  type TaskQuery,
  type TaskQueue,
  type TaskTypeStats,
} from '@markitect/ports';
import { streamOf } from '../unit-of-work/port-calls.js';
import { TaskBook } from './task-book.js';

/** A queue for tests that keeps its tasks in memory and the whole contract. */
export class InMemoryTaskQueue implements TaskQueue {
  readonly #book: TaskBook;

  /** `book`: where it keeps them, for a signal and schedules to share. */
  constructor(book = new TaskBook()) {
    this.#book = book;
  }

  async enqueue(drafts: readonly TaskDraft[]): Promise<readonly EnqueuedTask[]> {
    await Promise.resolve();
    const added = drafts.map(taskDraft).map((draft) => addTask(this.#book, draft));
    if (added.length > 0) this.#book.announce();
    return added;
  }

  async claim({ worker, limit, leaseMs, types }: TaskClaim): Promise<readonly Task[]> {
    await Promise.resolve();
    refuseField('worker', worker.length < 1 || worker.length > 200, '1 to 200 characters');
    refuseField('limit', !isWhole(limit, 1, 1000), 'a whole number from 1 to 1,000');
    requireLease(leaseMs);
    const book = this.#book;
    const now = book.now();
    for (const task of this.#all('delayed')) {
      if (Date.parse(task.runAt) <= now) book.change({ ...task, status: 'waiting' });
    }
    const room = this.#room();
    const taken: Task[] = [];
    const waiting = this.#all('waiting').sort(
      (left, right) => right.priority - left.priority || left.id - right.id,
    );
    for (const task of waiting) {
      if (taken.length === limit) break;
      const left = room.get(task.limitKey);
      const isOut = book.paused.has(task.type) || (types !== undefined && !types.includes(task.type));
      if (isOut || left === 0 || !this.#takePermit(task.limitKey, now)) continue;
      if (left !== undefined) room.set(task.limitKey, left - 1);
      const claimed: Task = {
        ...without(task, 'progress'),
        status: 'running',
        fence: task.fence + 1,
        attempts: task.attempts + 1,
        worker,
        leaseUntil: iso(now + leaseMs),
        startedAt: iso(now),
      };
      taken.push(book.change(claimed));
    }
    return structuredClone(taken);
  }

  async heartbeat(holds: readonly TaskHold[], leaseMs: number): Promise<readonly HoldState[]> {
    await Promise.resolve();
    requireLease(leaseMs);
    return holds.map((hold) => {
      const task = this.#held(hold);
      if (task === undefined) return 'lost';
      this.#book.change({ ...task, leaseUntil: iso(this.#book.now() + leaseMs) });
      return task.isCancelRequested === true ? 'cancel-requested' : 'held';
    });
  }

  async report(hold: TaskHold, progress: TaskProgress): Promise<boolean> {
    await Promise.resolve();
    const task = this.#held(hold);
    if (task !== undefined) this.#book.change({ ...task, progress: structuredClone(progress) });
    return task !== undefined;
  }

  async settle(outcomes: readonly TaskOutcome[]): Promise<readonly boolean[]> {
    await Promise.resolve();
    const settled = outcomes.map((outcome) => {
      const task = this.#held(outcome);
      if (task !== undefined) this.#settle(task, outcome);
      return task !== undefined;
    });
    this.#book.announce();
    return settled;
  }

  async rescue(): Promise<number> {
    await Promise.resolve();
    const now = this.#book.now();
    const stalled = this.#all('running').filter(({ leaseUntil = '' }) => Date.parse(leaseUntil) < now);
    for (const task of stalled) {
      const failure = {
        code: 'TASK_STALLED',
        message: 'the worker fell silent while it ran',
        at: iso(now),
      };
      const isOver = task.isCancelRequested === true ? 'cancelled' : 'dead';
      const isLast = task.isCancelRequested === true || task.attempts >= task.maxAttempts;
      this.#end({ ...task, failure }, isLast ? isOver : 'waiting');
    }
    if (stalled.length > 0) this.#book.announce();
    return stalled.length;
  }

  async get(id: TaskId): Promise<Task | undefined> {
    await Promise.resolve();
    return structuredClone(this.#book.tasks.get(id));
  }

  async list({ status, type, ...page }: TaskQuery): Promise<Page<Task>> {
    await Promise.resolve();
    const limit = pageLimit(page);
    const sequence = ['tasks', status ?? null, type ?? null];
    const [before] =
      page.cursor === undefined
        ? [Number.MAX_SAFE_INTEGER]
        : decodeCursor<readonly [number]>(page.cursor, sequence, isPlace);
    const rest = this.#all(status)
      .filter((task) => task.id < before && (type === undefined || task.type === type))
      .sort((left, right) => right.id - left.id);
    const items = structuredClone(rest.slice(0, limit));
    const last = items.at(-1);
    return rest.length <= limit || last === undefined
      ? { items }
      : { items, nextCursor: encodeCursor(sequence, [last.id]) };
  }

  stream(query: Omit<TaskQuery, keyof PageRequest>): AsyncIterable<Task> {
    return streamOf((page) => this.list({ ...query, ...page }));
  }

  async nextDue(): Promise<Timestamp | undefined> {
    await Promise.resolve();
    return this.#all('delayed')
      .map(({ runAt }) => runAt)
      .sort()[0];
  }

  async cancel(id: TaskId): Promise<Task> {
    await Promise.resolve();
    const task = this.#require(id, 'cancelled', ['delayed', 'waiting', 'running']);
    if (task.status !== 'running') return this.#end(task, 'cancelled');
    return structuredClone(this.#book.change({ ...task, isCancelRequested: true }));
  }

  async retry(id: TaskId): Promise<Task> {
    await Promise.resolve();
    const task = this.#require(id, 'retried', ['delayed', 'cancelled', 'dead']);
    const holder = keyHolder(this.#book, task.uniqueKey);
    if (holder !== undefined && holder.id !== id) {
      throw new Conflict(
        'TASK_KEY_TAKEN',
        `task ${holder.id} is unfinished and has the unique key of task ${id}`,
        {
          details: { id, uniqueKey: task.uniqueKey ?? '', holder: holder.id },
        },
      );
    }
    return structuredClone(this.#anew(task));
  }

  async redrive({
    type,
    limit = 1000,
  }: {
    readonly type?: string;
    readonly limit?: number;
  }): Promise<number> {
    await Promise.resolve();
    refuseField('limit', !isWhole(limit, 1, 1_000_000), 'a whole number from 1 to 1,000,000');
    let count = 0;
    for (const task of this.#all('dead').sort((left, right) => left.id - right.id)) {
      if (count === limit) break;
      if (type !== undefined && task.type !== type) continue;
      if (keyHolder(this.#book, task.uniqueKey) !== undefined) continue;
      this.#anew(task);
      count += 1;
    }
    return count;
  }

  async pause(type: string): Promise<void> {
    await Promise.resolve();
    this.#book.paused.add(type);
  }

  async resume(type: string): Promise<void> {
    await Promise.resolve();
    this.#book.paused.delete(type);
    this.#book.announce();
  }

  async setLimit(limit: TaskLimit): Promise<void> {
    await Promise.resolve();
    const { key, concurrency, perSecond, burst } = taskLimit(limit);
    this.#book.limits.set(key, {
      key,
      ...(concurrency !== undefined && { concurrency }),
      ...(perSecond !== undefined && { perSecond }),
      ...(burst !== undefined && { burst }),
    });
    const { rates } = this.#book;
    if (perSecond === undefined) rates.delete(key);
    else rates.set(key, paceOf({ perSecond, burst: burst ?? 1 }, rates.get(key)));
    this.#book.announce();
  }

  async removeLimit(key: string): Promise<boolean> {
    await Promise.resolve();
    this.#book.rates.delete(key);
    const wasThere = this.#book.limits.delete(key);
    this.#book.announce();
    return wasThere;
  }

  async limits(): Promise<readonly TaskLimit[]> {
    await Promise.resolve();
    return [...this.#book.limits.values()].sort((left, right) => (left.key < right.key ? -1 : 1));
  }

  async prune({
    before,
    dead = false,
  }: {
    readonly before: Timestamp;
    readonly dead?: boolean;
  }): Promise<number> {
    await Promise.resolve();
    refuseField('before', Number.isNaN(Date.parse(before)), 'a time, e.g. 2026-11-21T08:00:00Z');
    const ended = [...this.#all('completed'), ...this.#all('cancelled'), ...(dead ? this.#all('dead') : [])];
    const old = ended.filter(({ finishedAt = '' }) => Date.parse(finishedAt) < Date.parse(before));
    for (const { id } of old) this.#book.tasks.delete(id);
    return old.length;
  }

  async stats(): Promise<readonly TaskTypeStats[]> {
    await Promise.resolve();
    const all = this.#all();
    const types = [...new Set([...all.map(({ type }) => type), ...this.#book.paused])].sort();
    return types.map((type) => {
      const mine = all.filter((task) => task.type === type);
      const [oldestWaiting] = mine
        .filter(({ status }) => status === 'waiting')
        .map(({ runAt }) => runAt)
        .sort();
      const counts = Object.fromEntries(
        taskStatuses.map((status) => [status, mine.filter((task) => task.status === status).length]),
      ) as Record<TaskStatus, number>;
      return {
        type,
        counts,
        ...(oldestWaiting !== undefined && { oldestWaiting }),
        isPaused: this.#book.paused.has(type),
      };
    });
  }

  #all(status?: TaskStatus): Task[] {
    const all = [...this.#book.tasks.values()];
    return status === undefined ? all : all.filter((task) => task.status === status);
  }

  /** How many of each limited key may begin, rates apart. */
  #room(): Map<string, number> {
    const room = new Map<string, number>();
    for (const { key, concurrency } of this.#book.limits.values()) {
      if (concurrency === undefined) continue;
      const running = this.#all('running').filter(({ limitKey }) => limitKey === key).length;
      room.set(key, Math.max(0, concurrency - running));
    }
    return room;
  }

  /** Takes a permit, where the key has a rate. Answers whether there is one. */
  #takePermit(key: string, now: number): boolean {
    const { rates } = this.#book;
    const pace = rates.get(key);
    if (pace === undefined) return true;
    const step = nextPermit(pace, now, 0);
    if (step !== undefined) rates.set(key, step.pace);
    return step !== undefined;
  }

  #held({ id, fence }: TaskHold): Task | undefined {
    const task = this.#book.tasks.get(id);
    return task?.status === 'running' && task.fence === fence ? task : undefined;
  }

  #settle(task: Task, outcome: TaskOutcome): void {
    if (outcome.kind === 'completed') {
      const { result } = outcome;
      this.#end(
        { ...without(task, 'failure'), ...(result !== undefined && { result: structuredClone(result) }) },
        'completed',
      );
      return;
    }
    const failed = outcome.kind === 'failed' ? outcome : undefined;
    const retryAt = failed?.retryAt;
    const isDelayed = retryAt !== undefined && Date.parse(retryAt) > this.#book.now();
    const changed: Task = {
      ...task,
      ...(outcome.kind === 'returned' && { attempts: task.attempts - 1 }),
      ...(failed !== undefined && { failure: failureOf(failed.failure, this.#book.timestamp()) }),
      ...(retryAt !== undefined && { runAt: iso(Date.parse(retryAt)) }),
    };
    if (outcome.kind === 'cancelled' || task.isCancelRequested === true) this.#end(changed, 'cancelled');
    else if (outcome.kind === 'returned') this.#end(changed, 'waiting');
    else if (retryAt === undefined || task.attempts >= task.maxAttempts) this.#end(changed, 'dead');
    else this.#end(changed, isDelayed ? 'delayed' : 'waiting');
  }

  /** Nobody holds it any more. */
  #end(task: Task, status: TaskStatus): Task {
    const rest = without(task, 'worker', 'leaseUntil', 'isCancelRequested', 'finishedAt');
    const isOver = status === 'completed' || status === 'cancelled' || status === 'dead';
    return structuredClone(
      this.#book.change({ ...rest, status, ...(isOver && { finishedAt: this.#book.timestamp() }) }),
    );
  }

  #anew(task: Task): Task {
    const rest = without(task, 'progress', 'finishedAt');
    const again = this.#book.change({
      ...rest,
      status: 'waiting',
      attempts: 0,
      runAt: this.#book.timestamp(),
    });
    this.#book.announce();
    return again;
  }

  #require(id: TaskId, change: string, allowed: readonly TaskStatus[]): Task {
    const task = this.#book.tasks.get(id);
    if (task === undefined) {
      throw new NotFound('TASK_NOT_FOUND', `there is no task ${id}`, { details: { id } });
    }
    if (allowed.includes(task.status)) return task;
    throw new Conflict('TASK_STATE_INVALID', `task ${id} is ${task.status} and cannot be ${change}`, {
      details: { id, status: task.status },
    });
  }
}

/** What a task has only at times. */
type Optional = 'worker' | 'leaseUntil' | 'isCancelRequested' | 'finishedAt' | 'progress' | 'failure';

function without(task: Task, ...keys: readonly Optional[]): Task {
  return Object.fromEntries(
    Object.entries(task).filter(([key]) => !(keys as readonly string[]).includes(key)),
  ) as Task & Record<string, never>;
}

/** Adds the task of a draft, unless its unique key is taken. */
export function addTask(book: TaskBook, draft: CheckedTaskDraft, schedule?: string): EnqueuedTask {
  const holder = keyHolder(book, draft.uniqueKey);
  if (holder !== undefined) return { id: holder.id, isNew: false };
  const now = book.timestamp();
  const { runAt = now, payload, ...rest } = draft;
  const id = book.nextId();
  book.tasks.set(id, {
    ...rest,
    id,
    payload: structuredClone(payload),
    status: runAt > now ? 'delayed' : 'waiting',
    runAt,
    attempts: 0,
    fence: 0,
    ...(schedule !== undefined && { schedule }),
    createdAt: now,
    updatedAt: now,
  });
  return { id, isNew: true };
}

function keyHolder(book: TaskBook, uniqueKey: string | undefined): Task | undefined {
  if (uniqueKey === undefined) return undefined;
  return [...book.tasks.values()].find(
    (task) => task.uniqueKey === uniqueKey && ['delayed', 'waiting', 'running'].includes(task.status),
  );
}

function failureOf({ code, message }: Omit<TaskFailure, 'at'>, at: Timestamp): TaskFailure {
  return { code, message, at };
}

function requireLease(leaseMs: number): void {
  refuseField('leaseMs', !isWhole(leaseMs, 1, 2 ** 31 - 1), 'a whole number of milliseconds from 1');
}

const iso = (ms: number): Timestamp => new Date(ms).toISOString();

const isWhole = (value: number, minimum: number, maximum: number): boolean =>
  Number.isInteger(value) && value >= minimum && value <= maximum;

const isPlace = (place: readonly JsonValue[]): place is readonly [number] =>
  place.length === 1 && typeof place[0] === 'number';
