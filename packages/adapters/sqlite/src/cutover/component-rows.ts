import {
  type CutoverComponentRow,
  type CutoverComponentState,
  type CutoverLogRow,
  cutoverStateOf,
} from '@markitect/adapter-sql';
import { type CutoverLogEntry, type CutoverState, defaultCutoverLimits, NotFound } from '@markitect/domain';
import type { CutoverChange } from '@markitect/ports';
import type { SqlExecutor, SqlReader } from '../engine/sql-executor.js';
import { changed } from './cutover-changed.js';

const stateSql = `SELECT c.*, coalesce(p.alive_until > ?1, 0) AS is_switching, EXISTS (
    SELECT 1 FROM cutover_marks AS m WHERE m.component = c.name
      AND m.source = iif(c.stage IN ('modern', 'complete'), 'legacy', 'modern')) AS is_carrying_over
  FROM cutover_components AS c LEFT JOIN cutover_processes AS p ON p.name = c.switching_process`;

/** The state of a component. */
export async function readState(
  reader: SqlReader,
  component: string,
  now: number,
): Promise<CutoverState | undefined> {
  const [row] = await reader.all<CutoverComponentState>(`${stateSql} WHERE c.name = ?2`, [now, component]);
  return row && cutoverStateOf(row);
}

/** The states of all, by component. */
export async function readStates(reader: SqlReader, now: number): Promise<readonly CutoverState[]> {
  const rows = await reader.all<CutoverComponentState>(`${stateSql} ORDER BY c.name`, [now]);
  return rows.map(cutoverStateOf);
}

/** The state of a component that was begun with. Throws NotFound `CUTOVER_NOT_FOUND`. */
export async function requireState(reader: SqlReader, component: string, now: number): Promise<CutoverState> {
  const state = await readState(reader, component, now);
  if (state === undefined) throw notStarted(component);
  return state;
}

/** The row of a component. Throws NotFound `CUTOVER_NOT_FOUND`. */
export async function requireComponent(reader: SqlReader, component: string): Promise<CutoverComponentRow> {
  const [row] = await reader.all<CutoverComponentRow>('SELECT * FROM cutover_components WHERE name = ?', [
    component,
  ]);
  if (row === undefined) throw notStarted(component);
  return row;
}

/** Whether a process is not heard of. */
export async function isSilent(reader: SqlReader, process: string, now: number): Promise<boolean> {
  const [row] = await reader.all<{ alive_until: number }>(
    'SELECT alive_until FROM cutover_processes WHERE name = ?',
    [process],
  );
  return row === undefined || row.alive_until <= now;
}

/** Begins with a component, where that was not done. */
export async function createComponent(
  executor: SqlExecutor,
  component: string,
  log: { readonly who: string; readonly why: string },
  now: number,
): Promise<CutoverState> {
  const created = await executor.run(
    `INSERT INTO cutover_components(name, stage, percent, epoch, changed_at, forgotten_at, limits)
     VALUES (?1, 'legacy', 0, 1, ?2, ?2, ?3) ON CONFLICT DO NOTHING`,
    [component, now, JSON.stringify(defaultCutoverLimits)],
  );
  const legacy = { stage: 'legacy', percent: 0 } as const;
  if (created > 0) {
    await addLogEntry(executor, { ...log, component, action: 'create', from: legacy, to: legacy }, now);
  }
  return requireState(executor, component, now);
}

/** Throws NotFound `CUTOVER_NOT_FOUND`, Conflict `CUTOVER_CHANGED`. */
export async function updateComponent(
  executor: SqlExecutor,
  component: string,
  { backfill, diff, limits }: CutoverChange,
  now: number,
): Promise<CutoverState> {
  const row = await requireComponent(executor, component);
  for (const each of [backfill, diff]) {
    if (each != null && Date.parse(each.startedAt) < row.forgotten_at) {
      throw changed(component, 'has been in legacy since');
    }
  }
  const json = (value: unknown): string | null => (value === null ? null : JSON.stringify(value));
  await executor.run('UPDATE cutover_components SET backfill = ?, diff = ?, limits = ? WHERE name = ?', [
    backfill === undefined ? row.backfill : json(backfill),
    diff === undefined ? row.diff : json(diff),
    limits === undefined ? row.limits : JSON.stringify(limits),
    component,
  ]);
  return requireState(executor, component, now);
}

/** Adds a line to the log. */
export async function addLogEntry(
  executor: SqlExecutor,
  { component, who, action, why, from, to }: Omit<CutoverLogEntry, 'id' | 'at'>,
  now: number,
): Promise<void> {
  const row: Omit<CutoverLogRow, 'id'> = {
    component,
    at: now,
    who,
    action,
    why,
    from_stage: from.stage,
    from_percent: from.percent,
    to_stage: to.stage,
    to_percent: to.percent,
  };
  await executor.run(
    `INSERT INTO cutover_log(${Object.keys(row).join(', ')}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    Object.values(row),
  );
}

function notStarted(component: string): NotFound {
  return new NotFound('CUTOVER_NOT_FOUND', `no cutover of ${component} was started`, {
    details: { component },
  });
}
