import { Conflict, NotFound, type Task, type TaskId, type TaskStatus } from '@markitect/domain';
import type { SqlExecutor } from '../engine/sql-executor.js';
import { takenKeys } from './add-tasks.js';
import { readTask } from './task-reads.js';

/** The most tasks that one statement forgets, so that others who write do not wait long. */
const MAX_PRUNED = 1000;

/** Throws NotFound `TASK_NOT_FOUND`, Conflict `TASK_STATE_INVALID`. */
export async function cancelTask(executor: SqlExecutor, id: TaskId, now: number): Promise<Task> {
  await requireStatus(executor, id, 'cancelled', ['delayed', 'waiting', 'running']);
  await executor.run(
    `UPDATE task_queue SET cancel_requested = (status = 'running'), updated_at = ?1,
       finished_at = CASE WHEN status <> 'running' THEN ?1 END,
       status = CASE status WHEN 'running' THEN 'running' ELSE 'cancelled' END
     WHERE id = ?2`,
    [now, id],
  );
  return requireTask(executor, id);
}

/** Throws NotFound `TASK_NOT_FOUND`, Conflict `TASK_STATE_INVALID`, `TASK_KEY_TAKEN`. */
export async function retryTask(executor: SqlExecutor, id: TaskId, now: number): Promise<Task> {
  const { uniqueKey } = await requireStatus(executor, id, 'retried', ['delayed', 'cancelled', 'dead']);
  const holder = uniqueKey && (await takenKeys(executor, [uniqueKey])).get(uniqueKey);
  if (uniqueKey !== undefined && holder !== undefined && holder !== id) {
    throw new Conflict(
      'TASK_KEY_TAKEN',
      `task ${String(holder)} is unfinished and has the unique key of task ${id}`,
      {
        details: { id, uniqueKey, holder },
      },
    );
  }
  await executor.run(`UPDATE task_queue SET ${waitsAnew} WHERE id = ?2`, [now, id]);
  return requireTask(executor, id);
}

/**
 * Makes dead tasks wait, the oldest first; of several with one unique key the oldest. Looks at every dead one.
 */
export function redriveTasks(
  executor: SqlExecutor,
  type: string | undefined,
  limit: number,
  now: number,
): Promise<number> {
  const free = `NOT EXISTS (SELECT 1 FROM task_queue AS other
    WHERE other.unique_key = one.unique_key AND other.unique_key IS NOT NULL
      AND other.status IN ('delayed', 'waiting', 'running'))
    AND NOT EXISTS (SELECT 1 FROM dead AS other WHERE other.unique_key = one.unique_key AND other.id < one.id)`;
  return executor.run(
    `WITH dead AS MATERIALIZED (
       SELECT id, unique_key FROM task_queue INDEXED BY task_queue_by_finished_at
       WHERE status = 'dead' AND finished_at IS NOT NULL AND (?2 IS NULL OR type = ?2)
     )
     UPDATE task_queue SET ${waitsAnew} WHERE id IN (
       SELECT id FROM dead AS one WHERE unique_key IS NULL OR ${free} ORDER BY id LIMIT ?3)`,
    [now, type ?? null, limit],
  );
}

/** Forgets a bounded number of tasks that ended before a time. */
export async function pruneTasks(executor: SqlExecutor, before: number, dead: boolean): Promise<number> {
  return executor.run(
    `DELETE FROM task_queue WHERE id IN (
       SELECT id FROM task_queue
       WHERE status IN ('completed', 'cancelled', CASE ?2 WHEN 1 THEN 'dead' END) AND finished_at < ?1
       LIMIT ${MAX_PRUNED})`,
    [before, dead ? 1 : 0],
  );
}

/** Whether {@link pruneTasks} may have left some. */
export function isPruneFull(pruned: number): boolean {
  return pruned >= MAX_PRUNED;
}

const waitsAnew = `status = 'waiting', run_at = ?1, updated_at = ?1, attempts = 0, finished_at = NULL, progress = NULL,
  cancel_requested = 0`;

async function requireStatus(
  executor: SqlExecutor,
  id: TaskId,
  change: string,
  allowed: readonly TaskStatus[],
): Promise<Task> {
  const task = await requireTask(executor, id);
  if (allowed.includes(task.status)) return task;
  throw new Conflict('TASK_STATE_INVALID', `task ${id} is ${task.status} and cannot be ${change}`, {
    details: { id, status: task.status },
  });
}

async function requireTask(executor: SqlExecutor, id: TaskId): Promise<Task> {
  const task = await readTask(executor, id);
  if (task !== undefined) return task;
  throw new NotFound('TASK_NOT_FOUND', `there is no task ${id}`, { details: { id } });
}
