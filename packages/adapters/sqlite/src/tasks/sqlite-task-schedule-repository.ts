import { taskScheduleOf, type TaskScheduleRow, taskScheduleRow } from '@markitect/adapter-sql';
import { taskDraft, type TaskSchedule, type Timestamp } from '@markitect/domain';
import type { EnqueuedTask, TaskScheduleRepository } from '@markitect/ports';
import type { SqlExecutor } from '../engine/sql-executor.js';
import type { SqliteConnection } from '../sqlite.connection.js';
import { addTasks, taskRuns } from './add-tasks.js';
import { requireTime } from './queue-arguments.js';
import type { SqliteTaskOptions } from './sqlite-task-queue.js';
import { taskBell } from './task-bell.js';

const columns = 'name, cron, time_zone, next_run_at, last_run_at, task';

/**
 * The schedules in a SQLite database. Errors as the port says, and Conflict `TRANSACTION_NESTED` for writes inside a unit
 * of work; the connection must be open.
 */
export class SqliteTaskScheduleRepository implements TaskScheduleRepository {
  readonly #connection: SqliteConnection;
  readonly #now: () => number;

  constructor(connection: SqliteConnection, { now = Date.now }: SqliteTaskOptions = {}) {
    this.#connection = connection;
    this.#now = now;
  }

  async get(name: string): Promise<TaskSchedule | undefined> {
    const [schedule] = await this.#select('WHERE name = ?', [name]);
    return schedule;
  }

  async list(): Promise<readonly TaskSchedule[]> {
    return this.#select('ORDER BY name');
  }

  async save(schedule: TaskSchedule): Promise<void> {
    taskDraft(schedule.task);
    requireTime('nextRunAt', schedule.nextRunAt);
    const { name, cron, time_zone, next_run_at, last_run_at, task } = taskScheduleRow(schedule);
    await this.#write('save', (executor) =>
      executor.run(
        `INSERT INTO task_schedules(${columns}) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT(name) DO UPDATE SET cron = excluded.cron, time_zone = excluded.time_zone,
           next_run_at = excluded.next_run_at, last_run_at = excluded.last_run_at, task = excluded.task`,
        [name, cron, time_zone, next_run_at, last_run_at, task],
      ),
    );
    // A worker sleeps until what was due next before.
    taskBell(this.#connection).ring();
  }

  async remove(name: string): Promise<boolean> {
    const removed = await this.#write('remove', (executor) =>
      executor.run('DELETE FROM task_schedules WHERE name = ?', [name]),
    );
    return removed > 0;
  }

  async due(now: Timestamp): Promise<readonly TaskSchedule[]> {
    return this.#select('WHERE next_run_at <= ? ORDER BY next_run_at, name', [requireTime('now', now)]);
  }

  async nextDue(): Promise<Timestamp | undefined> {
    const [row] = await this.#connection
      .readers()
      .all<{ due: number | null }>('SELECT min(next_run_at) AS due FROM task_schedules');
    return row === undefined || row.due === null ? undefined : new Date(row.due).toISOString();
  }

  async fire(name: string, dueAt: Timestamp, nextRunAt: Timestamp): Promise<EnqueuedTask | undefined> {
    const due = requireTime('dueAt', dueAt);
    const next = requireTime('nextRunAt', nextRunAt);
    const fired = await this.#write('fire', async (executor) => {
      const now = this.#now();
      const [row] = await executor.all<{ task: string }>(
        `UPDATE task_schedules SET next_run_at = ?, last_run_at = ? WHERE name = ? AND next_run_at = ? RETURNING task`,
        [next, now, name, due],
      );
      if (row === undefined) return undefined;
      const runs = taskRuns([JSON.parse(row.task) as TaskSchedule['task']]);
      const [task] = await addTasks(executor, runs, now, name);
      return task;
    });
    if (fired !== undefined) taskBell(this.#connection).ring();
    return fired;
  }

  async #select(rest: string, parameters: readonly (string | number)[] = []): Promise<TaskSchedule[]> {
    const rows = await this.#connection
      .readers()
      .all<TaskScheduleRow>(`SELECT ${columns} FROM task_schedules ${rest}`, parameters);
    return rows.map(taskScheduleOf);
  }

  async #write<T>(operation: string, work: (executor: SqlExecutor) => Promise<T>): Promise<T> {
    this.#connection.refuseInsideUnitOfWork(`TaskScheduleRepository.${operation}`);
    const writer = await this.#connection.writer();
    return writer.transaction(work);
  }
}
