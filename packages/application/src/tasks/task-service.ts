import {
  Invalid,
  isTaskType,
  NotFound,
  type Page,
  refuseField,
  type Task,
  taskDraft,
  type TaskDraft,
  type TaskId,
  type TaskLimit,
  taskLimit,
  type TaskSchedule,
} from '@markitect/domain';
import type {
  EnqueuedTask,
  TaskQuery,
  TaskQueue,
  TaskScheduleRepository,
  TaskTypeStats,
} from '@markitect/ports';
import { nextScheduleTime } from './schedule-times.js';
import { parsePayload, type TaskType } from './task-type.js';

export interface TaskServicePorts {
  readonly queue: TaskQueue;
  readonly schedules: TaskScheduleRepository;
}

export interface TaskServiceOptions {
  /** The types that the workers of this installation know. */
  readonly types: readonly TaskType[];
  readonly now?: () => Date;
}

export interface EnqueueOptions {
  /** Take types that nobody here knows: a worker elsewhere may. Default: no. */
  readonly force?: boolean;
}

/** A schedule as it is asked for. */
export interface ScheduleRequest {
  /** As the type of a task is written. */
  readonly name: string;
  readonly cron: string;
  /** Default `UTC`. */
  readonly timeZone?: string;
  /** Without a unique key it gets `schedule:<name>`: while a task of it is unfinished, no second one is made. */
  readonly task: Omit<TaskDraft, 'runAt'>;
}

export interface PruneRequest {
  /** Those that ended so many days ago or earlier; 0: all. */
  readonly days: number;
  /** Dead ones, too. Default: no. */
  readonly dead?: boolean;
}

const DAY_MS = 24 * 60 * 60_000;
const NAME = 'words of letters, digits, - and _ joined by dots, e.g. nightly.sync';

/** Puts tasks into the queue and looks after them. Operations throw what the ports throw, besides what they name. */
export class TaskService {
  readonly #ports: TaskServicePorts;
  readonly #types: ReadonlyMap<string, TaskType>;
  readonly #now: () => Date;

  constructor(ports: TaskServicePorts, { types, now = () => new Date() }: TaskServiceOptions) {
    this.#ports = ports;
    this.#types = new Map(types.map((type) => [type.type, type]));
    this.#now = now;
  }

  /** The types that can be enqueued, by name. */
  types(): readonly TaskType[] {
    return [...this.#types.values()].sort((a, b) => (a.type < b.type ? -1 : 1));
  }

  /**
   * Adds tasks in one commit, all or none. Throws Invalid `TASK_TYPE_UNKNOWN`, Invalid `TASK_PAYLOAD_INVALID` and
   * Invalid `REQUEST_INVALID` naming the field.
   */
  async enqueue(
    drafts: readonly TaskDraft[],
    options: EnqueueOptions = {},
  ): Promise<readonly EnqueuedTask[]> {
    return this.#ports.queue.enqueue(drafts.map((draft) => this.#checked(draft, options)));
  }

  /** Throws NotFound `TASK_NOT_FOUND`. */
  async get(id: TaskId): Promise<Task> {
    const task = await this.#ports.queue.get(id);
    if (task !== undefined) return task;
    throw new NotFound('TASK_NOT_FOUND', `there is no task ${id}`, { details: { id } });
  }

  /** One page, the newest first. Throws Invalid `CURSOR_INVALID`. */
  list(query: TaskQuery): Promise<Page<Task>> {
    return this.#ports.queue.list(query);
  }

  /** See `TaskQueue.cancel`. */
  cancel(id: TaskId): Promise<Task> {
    return this.#ports.queue.cancel(id);
  }

  /** See `TaskQueue.retry`. */
  retry(id: TaskId): Promise<Task> {
    return this.#ports.queue.retry(id);
  }

  /** See `TaskQueue.redrive`. */
  redrive(query: { readonly type?: string; readonly limit?: number }): Promise<number> {
    return this.#ports.queue.redrive(query);
  }

  /** Lets no task of a type begin, known here or not: workers elsewhere know others. Throws Invalid `REQUEST_INVALID`. */
  async pause(type: string): Promise<void> {
    refuseField(
      'type',
      !isTaskType(type),
      'words of letters, digits, - and _ joined by dots, e.g. research.scrape',
    );
    await this.#ports.queue.pause(type);
  }

  resume(type: string): Promise<void> {
    return this.#ports.queue.resume(type);
  }

  /** By key. */
  limits(): Promise<readonly TaskLimit[]> {
    return this.#ports.queue.limits();
  }

  /** Sets the limits of a key, in place of those it had. Throws Invalid `REQUEST_INVALID` naming the field. */
  async setLimit(limit: TaskLimit): Promise<TaskLimit> {
    const checked = taskLimit(limit);
    await this.#ports.queue.setLimit(checked);
    return checked;
  }

  /** Throws NotFound `RATE_LIMIT_NOT_FOUND`. */
  async removeLimit(key: string): Promise<void> {
    if (await this.#ports.queue.removeLimit(key)) return;
    throw new NotFound('RATE_LIMIT_NOT_FOUND', `nothing limits tasks of the key ${key}`, {
      details: { key },
    });
  }

  stats(): Promise<readonly TaskTypeStats[]> {
    return this.#ports.queue.stats();
  }

  /** Forgets completed and cancelled tasks, and dead ones where asked. Answers how many. */
  async prune({ days, dead = false }: PruneRequest): Promise<number> {
    refuseField(
      'days',
      !Number.isInteger(days) || days < 0 || days > 36_500,
      'a whole number from 0 to 36500',
    );
    return this.#ports.queue.prune({
      before: new Date(this.#now().getTime() - days * DAY_MS).toISOString(),
      dead,
    });
  }

  /** By name. */
  schedules(): Promise<readonly TaskSchedule[]> {
    return this.#ports.schedules.list();
  }

  /** Throws NotFound `SCHEDULE_NOT_FOUND`. */
  async schedule(name: string): Promise<TaskSchedule> {
    const schedule = await this.#ports.schedules.get(name);
    if (schedule === undefined) throw noSchedule(name);
    return schedule;
  }

  /**
   * Adds a schedule, or changes the one of its name. Throws Invalid `SCHEDULE_INVALID` and what {@link enqueue} throws
   * for its task.
   */
  async saveSchedule(request: ScheduleRequest, options: EnqueueOptions = {}): Promise<TaskSchedule> {
    const { name, cron, timeZone = 'UTC' } = request;
    refuseField('name', !isScheduleName(name), NAME);
    const task = this.#checked({ uniqueKey: `schedule:${name}`, ...request.task }, options);
    const times = { cron: cron.trim().replace(/\s+/g, ' '), timeZone };
    const before = await this.#ports.schedules.get(name);
    const schedule: TaskSchedule = {
      name,
      ...times,
      task,
      nextRunAt: nextScheduleTime(times, this.#now().toISOString()),
      ...(before?.lastRunAt === undefined ? {} : { lastRunAt: before.lastRunAt }),
    };
    await this.#ports.schedules.save(schedule);
    return schedule;
  }

  /** Throws NotFound `SCHEDULE_NOT_FOUND`. */
  async removeSchedule(name: string): Promise<void> {
    if (!(await this.#ports.schedules.remove(name))) throw noSchedule(name);
  }

  /** The draft with what its type says where it says nothing itself. */
  #checked(draft: TaskDraft, { force = false }: EnqueueOptions): TaskDraft {
    taskDraft(draft);
    const type = this.#types.get(draft.type);
    if (type === undefined) {
      if (force) return draft;
      throw this.#unknown(draft.type);
    }
    parsePayload(type, draft.payload ?? null);
    return type.maxAttempts === undefined ? draft : { maxAttempts: type.maxAttempts, ...draft };
  }

  #unknown(type: string): Invalid {
    const known = this.types().map((each) => each.type);
    return new Invalid(
      'TASK_TYPE_UNKNOWN',
      `no worker here does tasks of type ${type}; known: ${known.join(', ') || 'none'}`,
      { details: { type, known } },
    );
  }
}

function isScheduleName(name: string): boolean {
  // As long as `schedule:` and the name together can be a key.
  return name.length <= 180 && /^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*$/.test(name);
}

function noSchedule(name: string): NotFound {
  return new NotFound('SCHEDULE_NOT_FOUND', `there is no schedule ${name}`, { details: { name } });
}
