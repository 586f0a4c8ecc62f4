import { taskOf, type TaskRow } from '@markitect/adapter-sql';
import {
  finishedTaskStatuses,
  type JsonValue,
  type Page,
  pageLimit,
  type Task,
  type TaskId,
  type TaskStatus,
  taskStatuses,
  type Timestamp,
} from '@markitect/domain';
import { decodeCursor, encodeCursor, type TaskQuery, type TaskTypeStats } from '@markitect/ports';
import type { SqlReader } from '../engine/sql-executor.js';
import { pausedTypes } from './task-gates.js';
import { waitingRanges } from './waiting-heads.js';

const columns = `t.id, t.type, t.status, t.priority, t.run_at, t.attempts, t.max_attempts, t.fence, t.limit_key,
  t.unique_key, t.worker, t.lease_until, t.cancel_requested, t.schedule, t.created_at, t.updated_at, t.started_at,
  t.finished_at, t.failure, t.progress, t.result, t.payload`;

const listAll = `SELECT ${columns} FROM task_queue AS t WHERE t.id < ?1 ORDER BY t.id DESC LIMIT ?2`;

const finished = `FROM task_queue INDEXED BY task_queue_by_type WHERE finished_at IS NOT NULL`;

/**
 * Where the newest of a status are found: ?1 below which id, ?2 how many, ?3 of which type or of all (null). Those that
 * wait and those that are over by a look into the index for each kind there is of them; all others are few.
 */
const newestOf: Readonly<Record<TaskStatus | 'over', string>> = {
  waiting: `SELECT w.id FROM (WITH RECURSIVE ${waitingRanges} SELECT id FROM ranges) AS ranges
    CROSS JOIN task_queue AS head ON head.id = ranges.id
    CROSS JOIN task_queue AS w ON w.id IN (
      SELECT id FROM task_queue INDEXED BY task_queue_by_turn
      WHERE status = 'waiting' AND type = head.type AND limit_key = head.limit_key AND priority = head.priority
        AND id < ?1 ORDER BY id DESC LIMIT ?2)
    WHERE ?3 IS NULL OR head.type = ?3`,
  delayed: newestFrom('task_queue_by_run_at', 'delayed'),
  running: newestFrom('task_queue_by_lease', 'running'),
  over: newestOver(finishedTaskStatuses),
  ...(Object.fromEntries(finishedTaskStatuses.map((status) => [status, newestOver([status])])) as Record<
    (typeof finishedTaskStatuses)[number],
    string
  >),
};

function newestFrom(index: string, status: TaskStatus): string {
  return `SELECT id FROM (SELECT id FROM task_queue INDEXED BY ${index}
    WHERE status = '${status}' AND id < ?1 AND (?3 IS NULL OR type = ?3) ORDER BY id DESC LIMIT ?2)`;
}

function newestOver(statuses: readonly TaskStatus[]): string {
  return `SELECT o.id FROM (
      WITH RECURSIVE types(type) AS (
        SELECT (SELECT type ${finished} ORDER BY type LIMIT 1)
        UNION ALL
        SELECT (SELECT type ${finished} AND type > types.type ORDER BY type LIMIT 1) FROM types
        WHERE types.type IS NOT NULL
      ) SELECT type FROM types
    ) AS types CROSS JOIN json_each('${JSON.stringify(statuses)}') AS status
    CROSS JOIN task_queue AS o ON o.id IN (
      SELECT id ${finished} AND type = types.type AND status = status.value AND id < ?1 ORDER BY id DESC LIMIT ?2)
    WHERE ?3 IS NULL OR types.type = ?3`;
}

/** Takes a page from each place, and the page of that. */
function listFrom(...places: readonly (keyof typeof newestOf)[]): string {
  return `SELECT ${columns} FROM task_queue AS t
    WHERE t.id IN (${places.map((place) => newestOf[place]).join(' UNION ALL ')}) ORDER BY t.id DESC LIMIT ?2`;
}

/** Above every number that a task can have. */
const NONE_BEFORE = Number.MAX_SAFE_INTEGER;

export async function readTask(reader: SqlReader, id: TaskId): Promise<Task | undefined> {
  const [row] = await reader.all<TaskRow>(`SELECT ${columns} FROM task_queue AS t WHERE t.id = ?`, [id]);
  return row && taskOf(row);
}

/** One page of tasks, the newest first: ranges of an index that start where the page before ended. */
export async function listTasks(
  reader: SqlReader,
  { status, type, ...page }: TaskQuery,
): Promise<Page<Task>> {
  const limit = pageLimit(page);
  const sequence = ['tasks', status ?? null, type ?? null];
  const [before] =
    page.cursor === undefined
      ? [NONE_BEFORE]
      : decodeCursor<readonly [number]>(page.cursor, sequence, isPlace);
  const rows =
    status === undefined && type === undefined
      ? await reader.all<TaskRow>(listAll, [before, limit + 1])
      : await reader.all<TaskRow>(
          status === undefined ? listFrom('waiting', 'delayed', 'running', 'over') : listFrom(status),
          [before, limit + 1, type ?? null],
        );
  const items = rows.slice(0, limit).map(taskOf);
  const last = items.at(-1);
  return rows.length <= limit || last === undefined
    ? { items }
    : { items, nextCursor: encodeCursor(sequence, [last.id]) };
}

/** When the next delayed task is due. */
export async function nextDueTask(reader: SqlReader): Promise<Timestamp | undefined> {
  const [row] = await reader.all<{ due: number | null }>(
    `SELECT min(run_at) AS due FROM task_queue WHERE status = 'delayed'`,
  );
  return row === undefined || row.due === null ? undefined : new Date(row.due).toISOString();
}

/** Whether a claim could find anything. Two looks into indexes. */
export async function isAnyWaiting(reader: SqlReader, now: number): Promise<boolean> {
  const [row] = await reader.all<{ found: number }>(
    `SELECT EXISTS (SELECT 1 FROM task_queue WHERE status = 'waiting')
       OR EXISTS (SELECT 1 FROM task_queue WHERE status = 'delayed' AND run_at <= ?) AS found`,
    [now],
  );
  return row?.found === 1;
}

/** All types of which there are tasks, and those that are paused. */
export async function taskStats(reader: SqlReader): Promise<readonly TaskTypeStats[]> {
  const counts = await reader.all<{
    type: string;
    status: TaskStatus;
    count: number;
    since: number | null;
  }>(
    `SELECT type, status, count(*) AS count, min(run_at) AS since FROM task_queue INDEXED BY task_queue_by_turn
     WHERE status = 'waiting' GROUP BY type
     UNION ALL SELECT type, status, count(*), NULL ${finished} GROUP BY type, status
     UNION ALL SELECT type, status, count(*), NULL FROM task_queue INDEXED BY task_queue_by_run_at
     WHERE status = 'delayed' GROUP BY type
     UNION ALL SELECT type, status, count(*), NULL FROM task_queue INDEXED BY task_queue_by_lease
     WHERE status = 'running' GROUP BY type`,
  );
  const paused = await pausedTypes(reader);
  const since = new Map(
    counts.flatMap((row) => (row.since === null ? [] : [[row.type, new Date(row.since).toISOString()]])),
  );
  const names = [...new Set([...counts.map(({ type }) => type), ...paused])].sort();
  return names.map((type) => {
    const oldestWaiting = since.get(type);
    const mine = counts.filter((row) => row.type === type);
    return {
      type,
      counts: Object.fromEntries(
        taskStatuses.map((status) => [status, mine.find((row) => row.status === status)?.count ?? 0]),
      ) as Record<TaskStatus, number>,
      ...(oldestWaiting !== undefined && { oldestWaiting }),
      isPaused: paused.includes(type),
    };
  });
}

function isPlace(place: readonly JsonValue[]): place is readonly [number] {
  return place.length === 1 && Number.isSafeInteger(place[0]);
}
