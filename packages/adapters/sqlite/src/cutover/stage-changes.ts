import { Conflict, type CutoverState, isMirrored, primaryOf } from '@markitect/domain';
import type { StageChange } from '@markitect/ports';
import type { SqlExecutor } from '../engine/sql-executor.js';
import { addLogEntry, isSilent, requireComponent, requireState } from './component-rows.js';
import { changed } from './cutover-changed.js';
import { abandonSilent, endSwitching } from './mark-rows.js';

/** Processes that were not heard of for so long are forgotten, which changes nothing. */
const FORGOTTEN_AFTER_MS = 3600_000;

/** As `beginChange` of the port. */
export async function beginChange(
  executor: SqlExecutor,
  change: StageChange,
  process: string,
  now: number,
): Promise<CutoverState> {
  const { component, stage, token } = change;
  const row = await requireComponent(executor, component);
  if (row.epoch !== change.epoch) throw changed(component, 'was changed meanwhile');
  if (row.switching_process !== null && !(await isSilent(executor, row.switching_process, now))) {
    throw new Conflict('CUTOVER_SWITCHING', `${component} is being changed`, { details: { component } });
  }
  await executor.run(
    `UPDATE cutover_components SET switching_to = ?, switching_token = ?, switching_process = ? WHERE name = ?`,
    [stage, token, process, component],
  );
  return requireState(executor, component, now);
}

/** As `finishChange` of the port. */
export async function finishChange(
  executor: SqlExecutor,
  change: StageChange,
  now: number,
): Promise<CutoverState | undefined> {
  const { component, stage, percent, who, action, why } = change;
  const row = await requireComponent(executor, component);
  if (row.switching_token !== change.token) throw changed(component, 'was changed meanwhile');
  await abandonSilent(executor, component, now);
  const inFlight = await executor.all(
    `SELECT 1 FROM cutover_marks WHERE component = ? AND token <> '' LIMIT 1`,
    [component],
  );
  if (inFlight.length > 0) return undefined;
  const from = { stage: row.stage, percent: row.percent };
  await addLogEntry(executor, { component, who, action, why, from, to: { stage, percent } }, now);
  await executor.run(
    'UPDATE cutover_components SET stage = ?, percent = ?, epoch = epoch + 1, changed_at = ? WHERE name = ?',
    [stage, percent, now, component],
  );
  await endSwitching(executor, component);
  if (!isMirrored(stage)) {
    await executor.run('DELETE FROM cutover_marks WHERE component = ? AND source = ?', [
      component,
      primaryOf(stage),
    ]);
  }
  if (stage === 'legacy') {
    await executor.run(
      'UPDATE cutover_components SET backfill = NULL, diff = NULL, forgotten_at = ? WHERE name = ?',
      [now, component],
    );
  }
  await executor.run('DELETE FROM cutover_processes WHERE alive_until < ?', [now - FORGOTTEN_AFTER_MS]);
  return requireState(executor, component, now);
}

/** As `abortChange` of the port. */
export async function abortChange(executor: SqlExecutor, { component, token }: StageChange): Promise<void> {
  const row = await requireComponent(executor, component);
  if (row.switching_token === token) await endSwitching(executor, component);
}
