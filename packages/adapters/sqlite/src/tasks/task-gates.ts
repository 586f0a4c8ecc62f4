import { taskLimitOf, type TaskLimitRow } from '@markitect/adapter-sql';
import { type TaskLimit, taskLimit } from '@markitect/domain';
import type { SqlExecutor, SqlReader } from '../engine/sql-executor.js';
import { removeRate, saveRateLimit } from '../research/rate-limit-rows.js';

/** What keeps waiting tasks from beginning. */
export interface TaskGates {
  /** Nothing is paused or limited. */
  readonly isOpen: boolean;
  /** The time of a delayed task has come. */
  readonly isAnyDue: boolean;
  /** Types. */
  readonly paused: ReadonlySet<string>;
  /** How many may run at the same time, by key. */
  readonly concurrency: ReadonlyMap<string, number>;
  /** The keys that have a rate. */
  readonly rated: ReadonlySet<string>;
}

/** Where the rate of a limit key is kept among all rates. */
export function taskRateName(key: string): string {
  return `tasks:${key}`;
}

/** One statement over two small tables, and a look into the index of delayed tasks. */
export async function readGates(reader: SqlReader, now: number): Promise<TaskGates> {
  const rows = await reader.all<{
    kind: 'pause' | 'limit' | 'due';
    name: string;
    concurrency: number | null;
    rated: number;
  }>(
    `SELECT 'pause' AS kind, type AS name, NULL AS concurrency, 0 AS rated FROM task_pauses
     UNION ALL SELECT 'limit', key, concurrency, per_second IS NOT NULL FROM task_limits
     UNION ALL SELECT 'due', '', NULL, 0
     WHERE EXISTS (SELECT 1 FROM task_queue WHERE status = 'delayed' AND run_at <= ?)`,
    [now],
  );
  const of = (kind: string) => rows.filter((row) => row.kind === kind);
  return {
    isOpen: rows.every(({ kind }) => kind === 'due'),
    isAnyDue: of('due').length > 0,
    paused: new Set(of('pause').map(({ name }) => name)),
    concurrency: new Map(
      of('limit').flatMap(({ name, concurrency }) =>
        concurrency === null ? [] : [[name, concurrency] as const],
      ),
    ),
    rated: new Set(of('limit').flatMap(({ name, rated }) => (rated === 1 ? [name] : []))),
  };
}

export async function pauseType(executor: SqlExecutor, type: string): Promise<void> {
  await executor.run('INSERT INTO task_pauses(type) VALUES (?) ON CONFLICT DO NOTHING', [type]);
}

export async function resumeType(executor: SqlExecutor, type: string): Promise<void> {
  await executor.run('DELETE FROM task_pauses WHERE type = ?', [type]);
}

export async function pausedTypes(reader: SqlReader): Promise<readonly string[]> {
  return (await reader.all<{ type: string }>('SELECT type FROM task_pauses ORDER BY type')).map(
    ({ type }) => type,
  );
}

/** Throws Invalid `REQUEST_INVALID`. */
export async function saveLimit(executor: SqlExecutor, limit: TaskLimit, now: number): Promise<void> {
  const { key, concurrency = null, perSecond = null, burst = null } = taskLimit(limit);
  await executor.run(
    `INSERT INTO task_limits(key, concurrency, per_second, burst) VALUES (?, ?, ?, ?)
     ON CONFLICT(key) DO UPDATE SET concurrency = excluded.concurrency, per_second = excluded.per_second,
       burst = excluded.burst`,
    [key, concurrency, perSecond, burst],
  );
  const name = taskRateName(key);
  if (perSecond === null) await removeRate(executor, name);
  else await saveRateLimit(executor, { name, perSecond, burst: burst ?? 1 }, now);
}

export async function removeLimit(executor: SqlExecutor, key: string): Promise<boolean> {
  await removeRate(executor, taskRateName(key));
  return (await executor.run('DELETE FROM task_limits WHERE key = ?', [key])) > 0;
}

export async function listLimits(reader: SqlReader): Promise<readonly TaskLimit[]> {
  const rows = await reader.all<TaskLimitRow>(
    'SELECT key, concurrency, per_second, burst FROM task_limits ORDER BY key',
  );
  return rows.map(taskLimitOf);
}
