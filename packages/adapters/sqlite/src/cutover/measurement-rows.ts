import { type CutoverTallyRow, cutoverTallyOf } from '@markitect/adapter-sql';
import { type CutoverMismatch, type CutoverTally, sumTallies } from '@markitect/domain';
import type { SqlExecutor, SqlReader } from '../engine/sql-executor.js';

const KEPT_MISMATCHES = 1000;
const KEPT_TALLIES_MS = 3600_000;

/** As `tally` of the port. */
export async function addMeasurements(
  executor: SqlExecutor,
  tallies: readonly CutoverTally[],
  mismatches: readonly Omit<CutoverMismatch, 'id'>[],
  now: number,
): Promise<void> {
  for (const { component, side, operations, errors, compared, mismatched, medianMs } of tallies) {
    await executor.run(
      `INSERT INTO cutover_tallies(component, at, side, operations, errors, compared, mismatched, median_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      [component, now, side, operations, errors, compared, mismatched, medianMs ?? null],
    );
  }
  await executor.run('DELETE FROM cutover_tallies WHERE at <= ?', [now - KEPT_TALLIES_MS]);
  if (mismatches.length === 0) return;
  await executor.run(
    `INSERT INTO cutover_mismatches(component, at, operation, key, fields)
     SELECT value ->> 'component', value ->> 'ms', value ->> 'operation', value ->> 'key', value -> 'fields'
     FROM json_each(?) ORDER BY key`,
    [JSON.stringify(mismatches.map((each) => ({ ...each, ms: Date.parse(each.at) })))],
  );
  for (const component of new Set(mismatches.map((each) => each.component))) {
    await executor.run(
      `DELETE FROM cutover_mismatches WHERE component = ?1 AND id <= (
         SELECT id FROM cutover_mismatches WHERE component = ?1 ORDER BY id DESC LIMIT 1 OFFSET ${KEPT_MISMATCHES})`,
      [component],
    );
  }
}

/** As `tallies` of the port. */
export async function readTallies(
  reader: SqlReader,
  component: string,
  since: number,
): Promise<readonly CutoverTally[]> {
  const rows = await reader.all<CutoverTallyRow>(
    'SELECT * FROM cutover_tallies WHERE component = ? AND at >= ?',
    [component, since],
  );
  return sumTallies(rows.map(cutoverTallyOf));
}
