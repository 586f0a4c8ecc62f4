import { Corrupt, isMarkitectError } from '@markitect/domain';
import type { SqlExecutor, SqlReader } from '../engine/sql-executor.js';

/** The full-text indexes, by the table they are of. */
export const searchIndexes = { documents: 'document_search', issues: 'issue_search' } as const;

/**
 * What is wrong with the file itself: each fault in SQLite's words. Reads everything; the quick check
 * does not compare indexes with their tables.
 */
export async function fileFaults(
  reader: SqlReader,
  check: 'integrity_check' | 'quick_check' = 'integrity_check',
): Promise<string[]> {
  const rows = await reader.all<Readonly<Record<string, string>>>(`PRAGMA ${check}`);
  const lines = rows.flatMap((row) => Object.values(row)).flatMap((text) => text.split('\n'));
  return lines.filter((line) => line !== 'ok' && !line.startsWith('***'));
}

/** The rows that refer to one that is not there: by table, how many. */
export async function danglingRows(reader: SqlReader): Promise<ReadonlyMap<string, number>> {
  const rows = await reader.all<{ table: string }>('PRAGMA foreign_key_check');
  const counts = new Map<string, number>();
  for (const { table } of rows) counts.set(table, (counts.get(table) ?? 0) + 1);
  return counts;
}

/**
 * Compares a full-text index with the texts it is of, not only with itself. Throws Corrupt `DATABASE_CORRUPT` when they
 * differ. Takes the write lock, though it writes nothing.
 */
export async function requireSearchIndex(executor: SqlExecutor, index: string): Promise<void> {
  await executor.run(`INSERT INTO ${index}(${index}, rank) VALUES ('integrity-check', 1)`);
}

/** Whether a full-text index fits the texts it is of. Throws what else can go wrong. */
export async function searchIndexFits(executor: SqlExecutor, index: string): Promise<boolean> {
  try {
    await requireSearchIndex(executor, index);
    return true;
  } catch (error) {
    if (isMarkitectError(error) && error.code === 'DATABASE_CORRUPT') return false;
    throw error;
  }
}

/** Throws Corrupt `DATABASE_CORRUPT` naming what is wrong with the file, its references or its full-text indexes. */
export async function requireIntegrity(executor: SqlExecutor): Promise<void> {
  const faults = await fileFaults(executor);
  for (const [table, rows] of await danglingRows(executor)) {
    faults.push(`${rows} rows of ${table} belong to nothing`);
  }
  for (const index of Object.values(searchIndexes)) await requireSearchIndex(executor, index);
  if (faults.length === 0) return;
  throw new Corrupt('DATABASE_CORRUPT', `the database is damaged: ${faults[0] ?? ''}`, {
    details: { faults: faults.slice(0, 20) },
  });
}
