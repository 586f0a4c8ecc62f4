import type { SqlExecutor, SqlReader } from '../engine/sql-executor.js';
import type { SqlValue } from '../engine/sqlite-handle.js';

/** Characters of rows that go to the database in one statement. */
const MAX_BATCH_LENGTH = 4 * 1024 * 1024;

type Cell = string | number | null;

/** Rows as JSON lists for `json_each`, each of about 4 million characters at most. */
export function* jsonBatches(rows: Iterable<readonly Cell[]>): Generator<string> {
  let batch: string[] = [];
  let length = 0;
  for (const row of rows) {
    const text = JSON.stringify(row);
    if (batch.length > 0 && length + text.length > MAX_BATCH_LENGTH) {
      yield `[${batch.join(',')}]`;
      batch = [];
      length = 0;
    }
    batch.push(text);
    length += text.length;
  }
  if (batch.length > 0) yield `[${batch.join(',')}]`;
}

/** Runs a statement that takes rows as its first parameter, for as many rows as there are. Answers the rows changed. */
export async function runForRows(
  transaction: SqlExecutor,
  sql: string,
  rows: Iterable<readonly Cell[]>,
  parameters: readonly SqlValue[] = [],
): Promise<number> {
  let changed = 0;
  for (const batch of jsonBatches(rows)) changed += await transaction.run(sql, [batch, ...parameters]);
  return changed;
}

/** The cells of a row of `json_each` called `e`, for columns in this order. */
export function cellsOf(columns: readonly string[]): string {
  return columns.map((_, index) => `e.value ->> ${index}`).join(', ');
}

/** The keys of a table after one, in their order: a range of the index by key. */
export async function readKeys(
  reader: SqlReader,
  table: string,
  after: string | undefined,
  limit: number,
): Promise<readonly string[]> {
  const rows = await reader.all<{ key: string }>(
    `SELECT key FROM ${table} ${after === undefined ? '' : 'WHERE key > ?'} ORDER BY key LIMIT ?`,
    after === undefined ? [limit] : [after, limit],
  );
  return rows.map(({ key }) => key);
}

/** Removes rows by their keys, and answers how many there were. */
export function removeByKey(
  transaction: SqlExecutor,
  table: string,
  keys: readonly string[],
): Promise<number> {
  if (keys.length === 0) return Promise.resolve(0);
  return transaction.run(`DELETE FROM ${table} WHERE key IN (SELECT value FROM json_each(?))`, [
    JSON.stringify(keys),
  ]);
}
