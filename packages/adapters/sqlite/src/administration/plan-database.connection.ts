import sqlite3 from 'sqlite3';
import type { SqlReader } from '../engine/sql-executor.js';
import { SqliteHandle } from '../engine/sqlite-handle.js';
import { translateSqliteError } from '../engine/translate-sqlite-error.js';

/**
 * Runs work on a database in memory that has the schema of another and no rows. SQLite plans a statement by the schema
 * and, where there are any, the statistics of `ANALYZE`, which come along: plans made here are those of the other.
 */
export async function withPlanDatabase<T>(
  source: SqlReader,
  work: (handle: SqliteHandle) => Promise<T>,
): Promise<T> {
  const database = await openMemory();
  const handle = new SqliteHandle(database);
  try {
    await copySchema(source, handle);
    return await work(handle);
  } finally {
    await handle.finalize();
    await new Promise<void>((resolve) => database.close(() => resolve()));
  }
}

async function copySchema(source: SqlReader, handle: SqliteHandle): Promise<void> {
  const statements = await source.all<{ sql: string }>(
    `SELECT s.sql FROM sqlite_schema AS s LEFT JOIN pragma_table_list AS l ON l.schema = 'main' AND l.name = s.name
     WHERE s.sql IS NOT NULL AND s.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND coalesce(l.type, '') <> 'shadow'
     ORDER BY s.type <> 'table', s.rowid`,
  );
  for (const { sql } of statements) await handle.exec(sql);
  const statistics = await source.all(`SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_stat1'`);
  if (statistics.length === 0) return;
  const rows = await source.all<{ tbl: string; idx: string | null; stat: string | null }>(
    'SELECT tbl, idx, stat FROM sqlite_stat1',
  );
  await handle.exec('ANALYZE');
  await handle.run(
    `INSERT INTO sqlite_stat1(tbl, idx, stat) SELECT value ->> 'tbl', value ->> 'idx', value ->> 'stat' FROM json_each(?)`,
    [JSON.stringify(rows)],
  );
  await handle.exec('ANALYZE sqlite_schema');
}

function openMemory(): Promise<sqlite3.Database> {
  return new Promise((resolve, reject) => {
    const database = new sqlite3.Database(':memory:', (error) => {
      if (error === null) resolve(database);
      else reject(translateSqliteError(error));
    });
  });
}
