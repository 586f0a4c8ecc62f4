import { migrationsDone } from '../migrations/schema-state.js';
import type { SqliteConnection } from '../sqlite.connection.js';
import { readSchema, type SchemaTable } from './schema.js';
import { withScratchStore } from './scratch-store.js';
import { rowsOf } from './store-status.js';

/** What taking a migration back would remove. */
export interface RevertPreview {
  readonly migration: string;
  /** Tables that go, with how many rows they have now. */
  readonly tables: readonly { readonly name: string; readonly rows: number }[];
  /** Columns that go from tables that stay, with how many rows have them now. */
  readonly columns: readonly { readonly table: string; readonly column: string; readonly rows: number }[];
}

/**
 * What taking the last migration back would remove; `undefined`: none is left. Found out by doing it to an empty
 * database: this one is only read. Throws NotSupported `DATABASE_SCHEMA_TOO_NEW` and as a read does.
 */
export async function previewRevert(connection: SqliteConnection): Promise<RevertPreview | undefined> {
  const done = await migrationsDone(connection.readers());
  const migration = done.at(-1);
  if (migration === undefined) return undefined;
  const [before, after] = await withScratchStore(async (scratch) => {
    // Migrations run in order: what has run is the beginning of all.
    let left = (await migrationsDone(scratch.readers())).length;
    while (left > done.length) {
      await scratch.revertLast();
      left -= 1;
    }
    const whole = await readSchema(scratch.readers());
    await scratch.revertLast();
    return [whole, await readSchema(scratch.readers())] as const;
  });
  return connection.readers().snapshot(async (reader) => {
    const rows = (name: string): Promise<number> => rowsOf(reader, name);
    const remaining = new Map(after.map((table) => [table.name, table]));
    const gone = before.filter(({ name }) => !remaining.has(name));
    const tables = [];
    for (const { name } of gone) tables.push({ name, rows: await rows(name) });
    const columns = [];
    for (const table of before) {
      for (const column of columnsGone(table, remaining.get(table.name))) {
        columns.push({ table: table.name, column, rows: await rows(table.name) });
      }
    }
    return { migration, tables, columns };
  });
}

function columnsGone(before: SchemaTable, after: SchemaTable | undefined): readonly string[] {
  if (after === undefined) return [];
  const kept = new Set(after.columns.map(({ name }) => name));
  return before.columns.map(({ name }) => name).filter((name) => !kept.has(name));
}
