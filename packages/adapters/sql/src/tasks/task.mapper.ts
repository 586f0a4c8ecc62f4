import type {
  CheckedTaskDraft,
  JsonValue,
  Task,
  TaskDraft,
  TaskFailure,
  TaskLimit,
  TaskProgress,
  TaskSchedule,
} from '@markitect/domain';
import type { TaskLimitRow, TaskRow, TaskScheduleRow } from './task.schema.js';

/** The task of a row. */
export function taskOf(row: TaskRow): Task {
  return {
    id: row.id,
    type: row.type,
    payload: JSON.parse(row.payload) as JsonValue,
    status: row.status,
    priority: row.priority,
    runAt: timestamp(row.run_at),
    attempts: row.attempts,
    maxAttempts: row.max_attempts,
    limitKey: row.limit_key,
    fence: row.fence,
    createdAt: timestamp(row.created_at),
    updatedAt: timestamp(row.updated_at),
    ...(row.unique_key !== null && { uniqueKey: row.unique_key }),
    ...(row.worker !== null && { worker: row.worker }),
    ...(row.lease_until !== null && { leaseUntil: timestamp(row.lease_until) }),
    ...(row.cancel_requested !== 0 && { isCancelRequested: true }),
    ...(row.progress !== null && { progress: JSON.parse(row.progress) as TaskProgress }),
    ...(row.result !== null && { result: JSON.parse(row.result) as JsonValue }),
    ...(row.failure !== null && { failure: JSON.parse(row.failure) as TaskFailure }),
    ...(row.schedule !== null && { schedule: row.schedule }),
    ...(row.started_at !== null && { startedAt: timestamp(row.started_at) }),
    ...(row.finished_at !== null && { finishedAt: timestamp(row.finished_at) }),
  };
}

/** The row of a new task, but for its id, which the table gives. `now` in milliseconds since 1970. */
export function taskRow(draft: CheckedTaskDraft, now: number, schedule: string | null): Omit<TaskRow, 'id'> {
  const runAt = draft.runAt === undefined ? now : Date.parse(draft.runAt);
  return {
    type: draft.type,
    status: runAt > now ? 'delayed' : 'waiting',
    priority: draft.priority,
    run_at: runAt,
    attempts: 0,
    max_attempts: draft.maxAttempts,
    fence: 0,
    limit_key: draft.limitKey,
    unique_key: draft.uniqueKey ?? null,
    worker: null,
    lease_until: null,
    cancel_requested: 0,
    schedule,
    created_at: now,
    updated_at: now,
    started_at: null,
    finished_at: null,
    failure: null,
    progress: null,
    result: null,
    payload: JSON.stringify(draft.payload),
  };
}

/** The limits of a row. */
export function taskLimitOf({ key, concurrency, per_second: perSecond, burst }: TaskLimitRow): TaskLimit {
  return {
    key,
    ...(concurrency !== null && { concurrency }),
    ...(perSecond !== null && { perSecond }),
    ...(burst !== null && { burst }),
  };
}

/** The schedule of a row. */
export function taskScheduleOf(row: TaskScheduleRow): TaskSchedule {
  return {
    name: row.name,
    cron: row.cron,
    timeZone: row.time_zone,
    task: JSON.parse(row.task) as Omit<TaskDraft, 'runAt'>,
    nextRunAt: timestamp(row.next_run_at),
    ...(row.last_run_at !== null && { lastRunAt: timestamp(row.last_run_at) }),
  };
}

/** The row of a schedule. */
export function taskScheduleRow(schedule: TaskSchedule): TaskScheduleRow {
  return {
    name: schedule.name,
    cron: schedule.cron,
    time_zone: schedule.timeZone,
    next_run_at: Date.parse(schedule.nextRunAt),
    last_run_at: schedule.lastRunAt === undefined ? null : Date.parse(schedule.lastRunAt),
    task: JSON.stringify(schedule.task),
  };
}

/** The last one made: tasks that are claimed together have their times together. */
let remembered = { ms: 0, text: new Date(0).toISOString() };

function timestamp(ms: number): string {
  if (remembered.ms !== ms) remembered = { ms, text: new Date(ms).toISOString() };
  return remembered.text;
}
