import { NotSupported } from '@markitect/domain';
import type { SqlReader } from '../engine/sql-executor.js';
import { translateSqliteError } from '../engine/translate-sqlite-error.js';
import { migrationNames, MIGRATIONS_TABLE } from './migrations.js';

/** What a migration run did, and what the database has now. */
export interface MigrationReport {
  /** Names of the migrations run now, in their order; empty when the schema was up to date. */
  readonly applied: readonly string[];
  readonly tables: readonly string[];
  readonly indexes: readonly string[];
}

/** The migrations that have run, in their order. Throws NotSupported `DATABASE_SCHEMA_TOO_NEW`. */
export async function migrationsDone(reader: SqlReader): Promise<readonly string[]> {
  try {
    const rows = await reader.all<{ name: string }>(`SELECT name FROM ${MIGRATIONS_TABLE} ORDER BY id`);
    const names = rows.map((row) => row.name);
    refuseNewer(names);
    return names;
  } catch (error) {
    const translated = translateSqliteError(error);
    if (translated.code === 'STORE_NOT_INITIALIZED') return [];
    throw translated;
  }
}

/** The tables and indexes that migrations have made. */
export async function schemaObjects(reader: SqlReader): Promise<Pick<MigrationReport, 'tables' | 'indexes'>> {
  const rows = await reader.all<{ type: string; name: string }>(
    `SELECT type, name FROM sqlite_schema
     WHERE name <> '${MIGRATIONS_TABLE}' AND (sql LIKE 'CREATE TABLE "%' OR sql LIKE 'CREATE VIRTUAL%' OR type = 'index')
       AND name NOT LIKE 'sqlite_%' ORDER BY name`,
  );
  const named = (type: string): string[] => rows.filter((row) => row.type === type).map((row) => row.name);
  return { tables: named('table'), indexes: named('index') };
}

function refuseNewer(done: readonly string[]): void {
  const unknown = done.filter((name) => !migrationNames.includes(name));
  if (unknown.length === 0) return;
  throw new NotSupported(
    'DATABASE_SCHEMA_TOO_NEW',
    `the database has changes this version does not know: ${unknown.join(', ')}`,
    { details: { migrations: unknown } },
  );
}
