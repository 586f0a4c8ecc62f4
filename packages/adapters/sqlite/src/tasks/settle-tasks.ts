import type { TaskId, TaskProgress } from '@markitect/domain';
import type { HoldState, TaskHold, TaskOutcome } from '@markitect/ports';
import type { SqlExecutor } from '../engine/sql-executor.js';
import type { SqlValue } from '../engine/sqlite-handle.js';

/**
 * Ends attempts of those who still hold the task: the fence says so. What would wait again is cancelled where that is
 * wanted. ?1 the outcomes, ?2 the time.
 */
const settle = `UPDATE task_queue AS t SET
    status = CASE
      WHEN o.kind IN ('completed', 'cancelled') THEN o.kind
      WHEN t.cancel_requested = 1 THEN 'cancelled'
      WHEN o.kind = 'returned' THEN 'waiting'
      WHEN o.retry_at IS NULL OR t.attempts >= t.max_attempts THEN 'dead'
      WHEN o.retry_at > ?2 THEN 'delayed'
      ELSE 'waiting' END,
    finished_at = CASE
      WHEN o.kind IN ('completed', 'cancelled') OR t.cancel_requested = 1
        OR o.kind = 'failed' AND (o.retry_at IS NULL OR t.attempts >= t.max_attempts) THEN ?2 END,
    run_at = coalesce(o.retry_at, t.run_at),
    attempts = t.attempts - (o.kind = 'returned'),
    failure = CASE o.kind WHEN 'completed' THEN NULL WHEN 'failed' THEN o.failure ELSE t.failure END,
    result = o.result,
    cancel_requested = 0, worker = NULL, lease_until = NULL, updated_at = ?2
  FROM (SELECT value ->> 0 AS id, value ->> 1 AS fence, value ->> 2 AS kind, value ->> 3 AS retry_at,
    value ->> 4 AS failure, value ->> 5 AS result FROM json_each(?1)) AS o
  WHERE t.id = o.id AND t.fence = o.fence AND t.status = 'running'`;

/** The same for attempts that are all completed, as most are. ?1 their holds and results, ?2 the time. */
const complete = `UPDATE task_queue AS t SET
    status = 'completed', finished_at = ?2, result = o.result, failure = NULL,
    cancel_requested = 0, worker = NULL, lease_until = NULL, updated_at = ?2
  FROM (SELECT value ->> 0 AS id, value ->> 1 AS fence, value ->> 2 AS result FROM json_each(?1)) AS o
  WHERE t.id = o.id AND t.fence = o.fence AND t.status = 'running'`;

/** A task of which an attempt was ended; with the fence where there were several for one task. */
export interface SettledRow {
  readonly id: TaskId;
  readonly fence?: number;
}

/** A statement that settles and gives the holds that were good. */
export function settleStatement(
  outcomes: readonly TaskOutcome[],
  now: number,
): {
  readonly sql: string;
  readonly parameters: readonly SqlValue[];
} {
  // Each column that is not given spares the driver half of its work.
  const areOne = areOfDifferentTasks(outcomes);
  const first = areOne ? outcomes : firstOfEach(outcomes);
  const given = areOne ? 'RETURNING id' : 'RETURNING id, fence';
  if (first.every(({ kind }) => kind === 'completed')) {
    const done = first.map((outcome) => [outcome.id, outcome.fence, ...resultOf(outcome)]);
    return { sql: `${complete} ${given}`, parameters: [JSON.stringify(done), now] };
  }
  const at = new Date(now).toISOString();
  const rows = first.map((outcome) => {
    const { id, fence, kind } = outcome;
    if (kind === 'completed') return [id, fence, kind, null, null, ...resultOf(outcome)];
    if (kind !== 'failed') return [id, fence, kind];
    const { failure, retryAt } = outcome;
    return [
      id,
      fence,
      kind,
      retryAt === undefined ? null : Date.parse(retryAt),
      JSON.stringify({ code: failure.code, message: failure.message, at }),
    ];
  });
  return { sql: `${settle} ${given}`, parameters: [JSON.stringify(rows), now] };
}

function resultOf(outcome: TaskOutcome): readonly string[] {
  const result = outcome.kind === 'completed' ? outcome.result : undefined;
  return result === undefined ? [] : [JSON.stringify(result)];
}

/** For each outcome whether it was taken: of several for one hold the first. */
export function settledOf(outcomes: readonly TaskOutcome[], rows: readonly SettledRow[]): readonly boolean[] {
  const settled = new Map(rows.map(({ id, fence }) => [id, fence]));
  return outcomes.map(
    ({ id, fence }) => settled.has(id) && (settled.get(id) ?? fence) === fence && settled.delete(id),
  );
}

export async function settleTasks(
  executor: SqlExecutor,
  outcomes: readonly TaskOutcome[],
  now: number,
): Promise<readonly boolean[]> {
  if (outcomes.length === 0) return [];
  const { sql, parameters } = settleStatement(outcomes, now);
  return settledOf(outcomes, await executor.all<SettledRow>(sql, parameters));
}

export async function extendLeases(
  executor: SqlExecutor,
  holds: readonly TaskHold[],
  leaseMs: number,
  now: number,
): Promise<readonly HoldState[]> {
  if (holds.length === 0) return [];
  const rows = await executor.all<{ id: TaskId; fence: number; cancel_requested: number }>(
    `UPDATE task_queue AS t SET lease_until = ?2, updated_at = ?3
     FROM (SELECT DISTINCT value ->> 0 AS id, value ->> 1 AS fence FROM json_each(?1)) AS h
     WHERE t.id = h.id AND t.fence = h.fence AND t.status = 'running'
     RETURNING id, fence, cancel_requested`,
    [JSON.stringify(holds.map(({ id, fence }) => [id, fence])), now + leaseMs, now],
  );
  const found = new Map(rows.map((row) => [row.id, row]));
  return holds.map(({ id, fence }) => {
    const row = found.get(id);
    if (row?.fence !== fence) return 'lost';
    return row.cancel_requested === 1 ? 'cancel-requested' : 'held';
  });
}

export async function saveProgress(
  executor: SqlExecutor,
  { id, fence }: TaskHold,
  progress: TaskProgress,
  now: number,
): Promise<boolean> {
  const changes = await executor.run(
    `UPDATE task_queue SET progress = ?, updated_at = ? WHERE id = ? AND fence = ? AND status = 'running'`,
    [JSON.stringify(progress), now, id, fence],
  );
  return changes > 0;
}

/** Tasks whose workers are silent for too long. Looks at every running one. */
export const stalled = `SELECT id FROM task_queue WHERE status = 'running' AND lease_until < ?1`;

export function rescueTasks(executor: SqlExecutor, now: number): Promise<number> {
  const failure = {
    code: 'TASK_STALLED',
    message: 'the worker fell silent while it ran',
    at: new Date(now).toISOString(),
  };
  return executor.run(
    `UPDATE task_queue SET
       status = CASE WHEN cancel_requested = 1 THEN 'cancelled' WHEN attempts >= max_attempts THEN 'dead' ELSE 'waiting' END,
       finished_at = CASE WHEN cancel_requested = 1 OR attempts >= max_attempts THEN ?1 END,
       failure = ?2, cancel_requested = 0, worker = NULL, lease_until = NULL, updated_at = ?1
     WHERE id IN (${stalled})`,
    [now, JSON.stringify(failure)],
  );
}

function areOfDifferentTasks(outcomes: readonly TaskOutcome[]): boolean {
  return new Set(outcomes.map(({ id }) => id)).size === outcomes.length;
}

function firstOfEach(outcomes: readonly TaskOutcome[]): readonly TaskOutcome[] {
  const seen = new Set<string>();
  return outcomes.filter(({ id, fence }) => {
    const hold = `${id}:${fence}`;
    return !seen.has(hold) && seen.add(hold);
  });
}
