import type { TaskStatus } from '@markitect/domain';
import type { TableSchema } from '../documents/document.schema.js';

/** A row of `task_queue`. Times are milliseconds since 1970. */
export interface TaskRow {
  id: number;
  type: string;
  status: TaskStatus;
  priority: number;
  run_at: number;
  attempts: number;
  max_attempts: number;
  fence: number;
  limit_key: string;
  unique_key: string | null;
  worker: string | null;
  lease_until: number | null;
  /** 1: somebody wants it stopped. */
  cancel_requested: number;
  schedule: string | null;
  created_at: number;
  updated_at: number;
  started_at: number | null;
  finished_at: number | null;
  /** JSON: a `TaskFailure`. */
  failure: string | null;
  /** JSON: a `TaskProgress`. */
  progress: string | null;
  /** JSON. */
  result: string | null;
  /** JSON. */
  payload: string;
}

/** A row of `task_pauses`: a type of which no task begins. */
export interface TaskPauseRow {
  type: string;
}

/** A row of `task_limits`. What of a rate is used up is kept with all rates. */
export interface TaskLimitRow {
  key: string;
  concurrency: number | null;
  per_second: number | null;
  burst: number | null;
}

/** A row of `task_schedules`. Times are milliseconds since 1970. */
export interface TaskScheduleRow {
  name: string;
  cron: string;
  time_zone: string;
  next_run_at: number;
  last_run_at: number | null;
  /** JSON: a `TaskDraft`. */
  task: string;
}

const text = { type: 'text' } as const;
const integer = { type: 'integer' } as const;
const optional = { nullable: true } as const;

/**
 * The table of tasks. Most indexes hold only the rows of one status, so that a task is in few of them at any time and
 * old ones cost nothing. The large columns come last.
 */
export const taskTable: TableSchema<TaskRow> = {
  name: 'TaskRow',
  tableName: 'task_queue',
  columns: {
    id: { ...integer, primary: true, generated: 'increment' },
    type: text,
    status: text,
    priority: integer,
    run_at: integer,
    attempts: integer,
    max_attempts: integer,
    fence: integer,
    limit_key: text,
    unique_key: { ...text, ...optional },
    worker: { ...text, ...optional },
    lease_until: { ...integer, ...optional },
    cancel_requested: integer,
    schedule: { ...text, ...optional },
    created_at: integer,
    updated_at: integer,
    started_at: { ...integer, ...optional },
    finished_at: { ...integer, ...optional },
    failure: { ...text, ...optional },
    progress: { ...text, ...optional },
    result: { ...text, ...optional },
    payload: text,
  },
  indices: [
    {
      name: 'task_queue_by_turn',
      columns: ['status', 'type', 'limit_key', 'priority', 'id', 'run_at'],
      where: `"status" = 'waiting'`,
    },
    { name: 'task_queue_by_run_at', columns: ['run_at'], where: `"status" = 'delayed'` },
    { name: 'task_queue_by_lease', columns: ['limit_key', 'lease_until'], where: `"status" = 'running'` },
    {
      name: 'task_queue_by_finished_at',
      columns: ['status', 'finished_at'],
      where: '"finished_at" IS NOT NULL',
    },
    {
      name: 'task_queue_by_type',
      columns: ['type', 'status', 'id'],
      where: '"finished_at" IS NOT NULL',
    },
    {
      name: 'task_queue_by_unique_key',
      columns: ['unique_key'],
      unique: true,
      where: `"unique_key" IS NOT NULL AND "status" IN ('delayed', 'waiting', 'running')`,
    },
  ],
};

/** The table of the types that are paused. */
export const taskPauseTable: TableSchema<TaskPauseRow> = {
  name: 'TaskPauseRow',
  tableName: 'task_pauses',
  columns: { type: { ...text, primary: true, primaryKeyConstraintName: 'task_pauses_pk' } },
};

/** The table of what the tasks of a key may take. */
export const taskLimitTable: TableSchema<TaskLimitRow> = {
  name: 'TaskLimitRow',
  tableName: 'task_limits',
  columns: {
    key: { ...text, primary: true, primaryKeyConstraintName: 'task_limits_pk' },
    concurrency: { ...integer, ...optional },
    per_second: { type: 'real', ...optional },
    burst: { ...integer, ...optional },
  },
};

/** The table of schedules. */
export const taskScheduleTable: TableSchema<TaskScheduleRow> = {
  name: 'TaskScheduleRow',
  tableName: 'task_schedules',
  columns: {
    name: { ...text, primary: true, primaryKeyConstraintName: 'task_schedules_pk' },
    cron: text,
    time_zone: text,
    next_run_at: integer,
    last_run_at: { ...integer, ...optional },
    task: text,
  },
  indices: [{ name: 'task_schedules_by_next_run_at', columns: ['next_run_at'] }],
};
