import type { JsonValue, Task, TaskFailure, TaskId } from '@markitect/domain';
import type { TaskClaim } from '@markitect/ports';
import type { SqlExecutor } from '../engine/sql-executor.js';
import { takePermits } from '../research/rate-limit-rows.js';
import { waitingHeads } from './waiting-heads.js';
import { readGates, type TaskGates, taskRateName } from './task-gates.js';

/** The most delayed tasks that one claim lets wait: it stays short however many have become due at once. */
const MAX_PROMOTED = 1000;

const claimed = `status = 'running', fence = fence + 1, attempts = attempts + 1, worker = ?1, lease_until = ?2,
  started_at = ?3, updated_at = ?3, progress = NULL
  WHERE id IN (`;

/** What a claim gives of a task: all but what it sets itself. */
type ClaimedColumns = readonly [
  id: TaskId,
  priority: number,
  runAt: number,
  attempts: number,
  maxAttempts: number,
  fence: number,
  createdAt: number,
  type: string,
  limitKey: string,
  uniqueKey: string | null,
  schedule: string | null,
  failure: TaskFailure | null,
  payload: JsonValue,
];

/** {@link ClaimedColumns} as JSON: the driver takes longer for a row of many columns than all else takes. */
export interface ClaimedRow {
  readonly task: string;
}

const numbers = ['id', 'priority', 'run_at', 'attempts', 'max_attempts', 'fence', 'created_at'];
const texts = ['type', 'limit_key', 'unique_key', 'schedule'].map((column) => `json_quote(${column})`);
const given = `RETURNING '[' || ${[...numbers, ...texts, `coalesce(failure, 'null')`, 'payload'].join(` || ',' || `)} || ']' AS task`;

/** The first of the first of each group, and none at all where anything is due, paused or limited. */
const claimAtOnce = `UPDATE task_queue SET ${claimed}
  WITH RECURSIVE ${waitingHeads}
  SELECT t.id FROM heads CROSS JOIN task_queue AS head ON head.id = heads.id CROSS JOIN task_queue AS t ON t.id IN (
    SELECT id FROM task_queue
    WHERE status = 'waiting' AND type = head.type AND limit_key = head.limit_key ORDER BY priority DESC, id LIMIT ?4)
  WHERE NOT EXISTS (SELECT 1 FROM task_pauses) AND NOT EXISTS (SELECT 1 FROM task_limits)
    AND NOT EXISTS (SELECT 1 FROM task_queue WHERE status = 'delayed' AND run_at <= ?3)
  ORDER BY t.priority DESC, t.id LIMIT ?4) ${given}`;

const claimThese = `UPDATE task_queue SET ${claimed}SELECT value FROM json_each(?4)) ${given}`;

/** Tasks of one type and limit key. */
interface TaskGroup {
  readonly type: string;
  readonly key: string;
}

/** A task that may begin. */
interface Candidate {
  readonly id: TaskId;
  readonly priority: number;
  readonly key: string;
}

/**
 * Takes tasks within the transaction of the executor: a look at the index for each type and key of which tasks wait, and
 * a few statements.
 */
export async function claimTasks(
  executor: SqlExecutor,
  claim: TaskClaim,
  now: number,
): Promise<readonly Task[]> {
  const gates = await readGates(executor, now);
  if (gates.isAnyDue) await promote(executor, now);
  const ids = await eligible(executor, claim, gates, now);
  if (ids.length === 0) return [];
  const rows = await executor.all<ClaimedRow>(claimThese, [
    claim.worker,
    now + claim.leaseMs,
    now,
    JSON.stringify(ids),
  ]);
  return claimedTasks(rows, claim, now);
}

/**
 * The one statement by which tasks are taken where nothing is due, paused or limited. When it gives none there may be
 * some all the same: {@link claimTasks} says.
 */
export function claimStatement({ worker, leaseMs, limit }: TaskClaim, now: number) {
  return { sql: claimAtOnce, parameters: [worker, now + leaseMs, now, limit] };
}

/** The tasks of the rows that a claim has given, in their order. */
export function claimedTasks(rows: readonly ClaimedRow[], claim: TaskClaim, now: number): readonly Task[] {
  const { worker } = claim;
  const time = new Date(now).toISOString();
  const leaseUntil = new Date(now + claim.leaseMs).toISOString();
  // Tasks that were enqueued together have their times together.
  let last = { ms: now, text: time };
  const textOf = (ms: number): string => {
    if (ms !== last.ms) last = { ms, text: new Date(ms).toISOString() };
    return last.text;
  };
  const tasks = rows.map((row): Task => {
    const [id, priority, runAt, attempts, maxAttempts, fence, createdAt, ...rest] = JSON.parse(
      row.task,
    ) as ClaimedColumns;
    const [type, limitKey, uniqueKey, schedule, failure, payload] = rest;
    const task: Task = {
      id,
      type,
      payload,
      status: 'running',
      priority,
      runAt: textOf(runAt),
      attempts,
      maxAttempts,
      limitKey,
      fence,
      createdAt: textOf(createdAt),
      updatedAt: time,
      startedAt: time,
      worker,
      leaseUntil,
    };
    if (uniqueKey === null && schedule === null && failure === null) return task;
    return {
      ...task,
      ...(uniqueKey !== null && { uniqueKey }),
      ...(schedule !== null && { schedule }),
      ...(failure !== null && { failure }),
    };
  });
  // SQLite gives them in no order.
  return tasks.sort(byTurn);
}

/** Lets delayed tasks wait whose time has come, the first due first. */
async function promote(executor: SqlExecutor, now: number): Promise<void> {
  await executor.run(
    `UPDATE task_queue SET status = 'waiting', updated_at = ?1 WHERE id IN (
       SELECT id FROM task_queue WHERE status = 'delayed' AND run_at <= ?1 ORDER BY run_at, id LIMIT ${MAX_PROMOTED})`,
    [now],
  );
}

/** The tasks that come next within all limits; the permits for them are taken. */
async function eligible(
  executor: SqlExecutor,
  { limit, types }: TaskClaim,
  gates: TaskGates,
  now: number,
): Promise<readonly TaskId[]> {
  const groups = (await waitingGroups(executor)).filter(
    ({ type }) => !gates.paused.has(type) && (types === undefined || types.includes(type)),
  );
  const room = await roomOf(executor, gates);
  const candidates = await firstOf(executor, groups, limit, { room, rated: gates.rated });
  const wanted = take(candidates, limit, room);
  const counts = countByKey(wanted);
  for (const key of gates.rated) {
    room.set(key, await takePermits(executor, taskRateName(key), counts.get(key) ?? 0, now));
  }
  // Those that have to wait make room for others: of each key the permits are used all the same.
  return take(candidates, limit, room).map(({ id }) => id);
}

/** Each type and key of which tasks wait. */
function waitingGroups(executor: SqlExecutor): Promise<TaskGroup[]> {
  return executor.all<TaskGroup>(
    `WITH RECURSIVE ${waitingHeads}
     SELECT head.type, head.limit_key AS key FROM heads CROSS JOIN task_queue AS head ON head.id = heads.id`,
  );
}

/** How many of each limited key may begin; nothing is said of the others. */
async function roomOf(executor: SqlExecutor, { concurrency }: TaskGates): Promise<Map<string, number>> {
  const room = new Map(concurrency);
  if (room.size === 0) return room;
  const running = await executor.all<{ key: string; count: number }>(
    `SELECT limit_key AS key, count(*) AS count FROM task_queue
     WHERE status = 'running' AND limit_key IN (SELECT value FROM json_each(?)) GROUP BY limit_key`,
    [JSON.stringify([...room.keys()])],
  );
  for (const { key, count } of running) room.set(key, Math.max(0, (room.get(key) ?? 0) - count));
  return room;
}

/** The first of each group, in their order: no more of a group than can be taken. */
async function firstOf(
  executor: SqlExecutor,
  groups: readonly TaskGroup[],
  limit: number,
  { room, rated }: { readonly room: ReadonlyMap<string, number>; readonly rated: ReadonlySet<string> },
): Promise<readonly Candidate[]> {
  const isLimited = ({ key }: TaskGroup): boolean => room.has(key) || rated.has(key);
  // Of those without limits the first of all will do.
  const free = groups.filter((group) => !isLimited(group));
  const candidates = free.length === 0 ? [] : await firstOfAlike(executor, free, limit, limit);
  // SQLite takes no limit from a row: one statement for those of which the same number can be taken.
  const byCount = new Map<number, TaskGroup[]>();
  for (const group of groups.filter(isLimited)) {
    const count = Math.min(limit, room.get(group.key) ?? limit);
    if (count === 0) continue;
    const alike = byCount.get(count);
    if (alike === undefined) byCount.set(count, [group]);
    else alike.push(group);
  }
  for (const [count, alike] of byCount) {
    candidates.push(...(await firstOfAlike(executor, alike, count, ALL)));
  }
  return candidates.sort(byTurn);
}

/** The first `count` of each group, and of those the first `most`. */
function firstOfAlike(
  executor: SqlExecutor,
  groups: readonly TaskGroup[],
  count: number,
  most: number,
): Promise<Candidate[]> {
  return executor.all<Candidate>(
    `SELECT t.id, t.priority, t.limit_key AS key FROM json_each(?1) AS asked CROSS JOIN task_queue AS t ON t.id IN (
       SELECT id FROM task_queue
       WHERE status = 'waiting' AND type = asked.value ->> 0 AND limit_key = asked.value ->> 1
       ORDER BY priority DESC, id LIMIT ?2)
     ORDER BY t.priority DESC, t.id LIMIT ?3`,
    [JSON.stringify(groups.map(({ type, key }) => [type, key])), count, most],
  );
}

/** No limit, as SQLite says it. */
const ALL = -1;

function byTurn(left: Pick<Candidate, 'id' | 'priority'>, right: Pick<Candidate, 'id' | 'priority'>): number {
  return right.priority - left.priority || left.id - right.id;
}

/** The first candidates that there is room for. */
function take(
  candidates: readonly Candidate[],
  limit: number,
  room: ReadonlyMap<string, number>,
): readonly Candidate[] {
  const left = new Map(room);
  const taken: Candidate[] = [];
  for (const candidate of candidates) {
    if (taken.length === limit) break;
    const of = left.get(candidate.key);
    if (of === 0) continue;
    if (of !== undefined) left.set(candidate.key, of - 1);
    taken.push(candidate);
  }
  return taken;
}

function countByKey(candidates: readonly Candidate[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { key } of candidates) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}
