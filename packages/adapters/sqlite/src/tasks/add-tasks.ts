import {
  type CheckedTaskDraft,
  MAX_TASK_PAYLOAD_LENGTH,
  type TaskDraft,
  taskDraft,
  type TaskId,
} from '@markitect/domain';
import type { EnqueuedTask } from '@markitect/ports';
import type { SqlExecutor } from '../engine/sql-executor.js';
import type { SqlValue } from '../engine/sqlite-handle.js';

/** Tasks that have all but their payloads in common, as those of a bulk mostly have. One with a unique key is alone. */
export interface TaskRun {
  readonly draft: CheckedTaskDraft;
  /** As JSON. */
  readonly payloads: readonly string[];
}

/**
 * Checks drafts and gathers those that follow each other and are alike: the checks are made once for them, and a
 * hundred thousand cost little more than their payloads. Throws Invalid `REQUEST_INVALID` naming the field.
 */
export function taskRuns(drafts: readonly TaskDraft[]): readonly TaskRun[] {
  const runs: TaskRun[] = [];
  let before: TaskDraft | undefined;
  let payloads: string[] = [];
  for (const draft of drafts) {
    const payload = JSON.stringify(draft.payload ?? null);
    if (before !== undefined && areAlike(before, draft) && payload.length <= MAX_TASK_PAYLOAD_LENGTH) {
      payloads.push(payload);
      continue;
    }
    payloads = [payload];
    runs.push({ draft: taskDraft(draft), payloads });
    before = draft;
  }
  return runs;
}

/** The same tasks in as few runs as may be: those of many callers are mostly alike. */
export function joinRuns(runs: readonly TaskRun[]): readonly TaskRun[] {
  if (runs.length < 2) return runs;
  const joined: { readonly draft: CheckedTaskDraft; readonly payloads: string[] }[] = [];
  for (const { draft, payloads } of runs) {
    const last = joined.at(-1);
    if (last === undefined || !areAlike(last.draft, draft)) joined.push({ draft, payloads: [...payloads] });
    else for (const payload of payloads) last.payloads.push(payload);
  }
  return joined;
}

export function countTasks(runs: readonly TaskRun[]): number {
  return runs.reduce((sum, { payloads }) => sum + payloads.length, 0);
}

function areAlike(one: TaskDraft, other: TaskDraft): boolean {
  return (
    one.type === other.type &&
    one.priority === other.priority &&
    one.runAt === other.runAt &&
    one.maxAttempts === other.maxAttempts &&
    one.limitKey === other.limitKey &&
    one.uniqueKey === undefined &&
    other.uniqueKey === undefined
  );
}

/** A statement that adds tasks and gives an {@link AddedTask} for each. */
export interface TaskInsert {
  readonly sql: string;
  readonly parameters: readonly SqlValue[];
}

/** What a {@link TaskInsert} gives for each task it has added. */
export interface AddedTask {
  readonly id: TaskId;
  /** Absent where none of the tasks can have one. */
  readonly unique_key?: string | null;
}

/** The most tasks of one statement: it stays short, and its parameter below SQLite's limit for texts. */
const MAX_ROWS = 2000;
const MAX_ALIKE = 10_000;
const MAX_CHARACTERS = 8 * 1024 * 1024;

/** From so many on it costs less to count the numbers that were given than to read them. */
const MANY = 64;

const columns = `type, status, priority, run_at, attempts, max_attempts, fence, limit_key, unique_key,
  cancel_requested, schedule, created_at, updated_at, payload`;

const insertOne = `INSERT INTO task_queue(${columns})
  VALUES (?1, ?2, ?3, ?4, 0, ?5, 0, ?6, NULL, 0, ?7, ?8, ?8, ?9) RETURNING id`;

/** For tasks that have all but their payloads in common, as those of a bulk mostly have. */
const insertAlike = `INSERT INTO task_queue(${columns})
  SELECT ?1, ?2, ?3, ?4, 0, ?5, 0, ?6, NULL, 0, ?7, ?8, ?8, value FROM json_each(?9)`;

const insertDifferent = `INSERT INTO task_queue(${columns})
  SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, 0, value ->> 4, 0, value ->> 5, value ->> 6, 0, ?1, ?2, ?2,
    value ->> 7
  FROM json_each(?3) WHERE true ON CONFLICT DO NOTHING RETURNING id, unique_key`;

/**
 * Adds tasks in their order, within the transaction of the executor. One whose unique key is taken adds none and is
 * answered with the task that has it. One statement for 10,000 that are alike, else for 2,000.
 */
export async function addTasks(
  executor: SqlExecutor,
  runs: readonly TaskRun[],
  now: number,
  schedule: string | null = null,
): Promise<readonly EnqueuedTask[]> {
  const answers: EnqueuedTask[] = [];
  for (const part of parts(runs)) {
    const [run] = part;
    if (part.length === 1 && run !== undefined && run.payloads.length >= MANY) {
      answers.push(...(await addMany(executor, run, now, schedule)));
      continue;
    }
    const { sql, parameters } = taskInsert(part, now, schedule);
    answers.push(...(await answersOf(executor, part, await executor.all<AddedTask>(sql, parameters))));
  }
  return answers;
}

/** One statement for few tasks. What it gives is for {@link newTasks} to read, where none has a unique key. */
export function taskInsert(
  runs: readonly TaskRun[],
  now: number,
  schedule: string | null = null,
): TaskInsert {
  const [run] = runs;
  if (run !== undefined && runs.length === 1 && run.draft.uniqueKey === undefined) {
    const [payload = 'null'] = run.payloads;
    const common = commonValues(run.draft, now, schedule);
    return run.payloads.length === 1
      ? { sql: insertOne, parameters: [...common, payload] }
      : {
          sql: `${insertAlike} RETURNING id`,
          parameters: [...common, JSON.stringify(run.payloads)],
        };
  }
  const rows = runs.flatMap(({ draft, payloads }) => {
    const [type, status, priority, runAt, maxAttempts, limitKey] = commonValues(draft, now, schedule);
    const { uniqueKey = null } = draft;
    return payloads.map((payload) => [
      type,
      status,
      priority,
      runAt,
      maxAttempts,
      limitKey,
      uniqueKey,
      payload,
    ]);
  });
  return { sql: insertDifferent, parameters: [schedule, now, JSON.stringify(rows)] };
}

/** The answers for tasks without unique keys, all of which were added. */
export function newTasks(added: readonly AddedTask[]): readonly EnqueuedTask[] {
  return added
    .map(({ id }) => id)
    .sort((left, right) => left - right)
    .map((id) => ({ id, isNew: true }));
}

function commonValues(draft: CheckedTaskDraft, now: number, schedule: string | null) {
  const runAt = draft.runAt === undefined ? now : Date.parse(draft.runAt);
  const status = runAt > now ? 'delayed' : 'waiting';
  const { type, priority, maxAttempts, limitKey } = draft;
  return [type, status, priority, runAt, maxAttempts, limitKey, schedule, now] as const;
}

/** Numbers are given one after the other as long as nobody else writes, and none is left out without a conflict. */
async function addMany(
  executor: SqlExecutor,
  { draft, payloads }: TaskRun,
  now: number,
  schedule: string | null,
): Promise<readonly EnqueuedTask[]> {
  const common = commonValues(draft, now, schedule);
  const texts = chunks(payloads);
  for (let text = texts.next(); text.done !== true;) {
    const added = executor.run(insertAlike, [...common, text.value]);
    // While SQLite is at it.
    text = texts.next();
    await added;
  }
  const [last] = await executor.all<{ seq: number }>(
    `SELECT seq FROM sqlite_sequence WHERE name = 'task_queue'`,
  );
  const first = (last?.seq ?? 0) - payloads.length + 1;
  return payloads.map((_, index) => ({ id: first + index, isNew: true }));
}

/** Payloads as the parameters of one statement each. */
function* chunks(payloads: readonly string[]): Generator<string, void> {
  for (let start = 0; start < payloads.length;) {
    let end = start;
    let characters = 0;
    for (; end < payloads.length && end - start < MAX_ALIKE && characters < MAX_CHARACTERS; end += 1) {
      characters += payloads[end]?.length ?? 0;
    }
    yield JSON.stringify(payloads.slice(start, end));
    start = end;
  }
}

async function answersOf(
  executor: SqlExecutor,
  runs: readonly TaskRun[],
  added: readonly AddedTask[],
): Promise<readonly EnqueuedTask[]> {
  const keys = runs.flatMap(({ draft, payloads }) => payloads.map(() => draft.uniqueKey));
  if (keys.every((key) => key === undefined)) return newTasks(added);
  const plain = newTasks(added.filter((each) => each.unique_key === null))[Symbol.iterator]();
  const keyed = new Map(added.map((each) => [each.unique_key, each.id]));
  const taken = await takenKeys(
    executor,
    keys.flatMap((key) => (key === undefined || keyed.has(key) ? [] : [key])),
  );
  const answered = new Set<string>();
  return keys.map((key) => {
    if (key === undefined) return plain.next().value ?? { id: 0, isNew: true };
    const id = keyed.get(key);
    const isNew = id !== undefined && !answered.has(key);
    answered.add(key);
    return { id: id ?? taken.get(key) ?? 0, isNew };
  });
}

/** The unfinished tasks that have these unique keys, by key. */
export async function takenKeys(
  executor: SqlExecutor,
  keys: readonly string[],
): Promise<ReadonlyMap<string, TaskId>> {
  if (keys.length === 0) return new Map();
  const rows = await executor.all<{ id: TaskId; unique_key: string }>(
    `SELECT id, unique_key FROM task_queue
     WHERE unique_key IN (SELECT value FROM json_each(?)) AND unique_key IS NOT NULL
       AND status IN ('delayed', 'waiting', 'running')`,
    [JSON.stringify(keys)],
  );
  return new Map(rows.map((row) => [row.unique_key, row.id]));
}

/** Cuts tasks into parts for one statement each; many that are alike are a part of their own. */
function* parts(runs: readonly TaskRun[]): Generator<readonly TaskRun[]> {
  let part: TaskRun[] = [];
  let rows = 0;
  let characters = 0;
  for (const run of runs) {
    const isMany = run.payloads.length >= MANY;
    if (part.length > 0 && (isMany || rows >= MAX_ROWS || characters >= MAX_CHARACTERS)) {
      yield part;
      part = [];
      rows = 0;
      characters = 0;
    }
    if (isMany) {
      yield [run];
      continue;
    }
    part.push(run);
    rows += run.payloads.length;
    for (const { length } of run.payloads) characters += length;
  }
  if (part.length > 0) yield part;
}
