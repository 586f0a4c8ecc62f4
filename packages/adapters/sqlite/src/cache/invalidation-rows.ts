import type { SqlExecutor, SqlReader } from '../engine/sql-executor.js';

/** The row that holds the position up to which the log has been pruned has this name, which nothing else can have. */
export const HORIZON = '';

/** What the log holds, as one state of the database has it. */
export interface LogState {
  /** The newest position that was ever given. */
  readonly newest: number;
  /** Whether a committed change of a file is neither in place nor passed over. */
  readonly isPending: boolean;
}

const files = `kind IN ('file-replace', 'file-remove') AND attempts = 0`;

/** Gives names the next positions. Each name keeps only its newest. */
export async function addInvalidations(executor: SqlExecutor, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  await executor.run(
    `INSERT OR REPLACE INTO cache_invalidations(name, invalidated_at) SELECT value, ? FROM json_each(?)`,
    [Date.now(), JSON.stringify(names)],
  );
}

/** Throws as a read does. */
export async function readLogState(reader: SqlReader): Promise<LogState> {
  const [row] = await reader.all<{ newest: number; isPending: number }>(
    `SELECT seq AS newest, EXISTS (SELECT 1 FROM outbox WHERE ${files}) AS isPending
     FROM sqlite_sequence WHERE name = 'cache_invalidations'`,
  );
  return { newest: row?.newest ?? 0, isPending: row?.isPending === 1 };
}

/**
 * Notes of all changes of files that are not in place yet that later positions may be announced before them. When one
 * of them is put in place after all, everything in the caches counts as invalid.
 */
export async function passOverFiles(executor: SqlExecutor): Promise<void> {
  await executor.run(`UPDATE outbox SET attempts = 1 WHERE ${files}`);
}
