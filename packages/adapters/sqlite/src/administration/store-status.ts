import { stat } from 'node:fs/promises';
import { Unavailable } from '@markitect/domain';
import type { SqlReader } from '../engine/sql-executor.js';
import { migrationNames } from '../migrations/migrations.js';
import { migrationsDone } from '../migrations/schema-state.js';
import type { SqliteConnection } from '../sqlite.connection.js';

/** A table, and what it occupies with its indexes. */
export interface TableSize {
  readonly name: string;
  readonly rows: number;
  /** Without its indexes. */
  readonly bytes: number;
  readonly indexes: readonly IndexSize[];
}

/** An index, and what it occupies. */
export interface IndexSize {
  readonly name: string;
  readonly bytes: number;
}

/** What an operator sees of a database. */
export interface StoreStatus {
  /** Absolute path. */
  readonly file: string;
  readonly bytes: number;
  /** What is committed and not moved into the file yet, or was and can be written over. */
  readonly logBytes: number;
  readonly pageBytes: number;
  readonly pages: number;
  /** Pages that hold nothing, which the next rows take. */
  readonly freePages: number;
  /** The version of SQLite. */
  readonly sqlite: string;
  readonly migrations: {
    /** In the order in which they ran. */
    readonly applied: readonly string[];
    /** Those of this version that have not run. */
    readonly pending: readonly string[];
  };
  /** Those that occupy the most first. A full-text index counts as a table. */
  readonly tables: readonly TableSize[];
  /** The settings of the connections that read, by the names of their pragmas. */
  readonly pragmas: Readonly<Record<string, string | number>>;
}

const pragmas = [
  'journal_mode',
  'synchronous',
  'foreign_keys',
  'busy_timeout',
  'cache_size',
  'mmap_size',
  'temp_store',
  'wal_autocheckpoint',
  'auto_vacuum',
  'encoding',
];

/** Reads the sizes of all tables from every page: takes as long as reading the file. Throws as a read does. */
export async function readStatus(connection: SqliteConnection): Promise<StoreStatus> {
  const { file } = connection;
  return connection.readers().snapshot(async (reader) => {
    const applied = await migrationsDone(reader);
    return {
      file,
      bytes: await bytesOf(file),
      logBytes: await bytesOf(`${file}-wal`),
      pageBytes: await number(reader, 'PRAGMA page_size'),
      pages: await number(reader, 'PRAGMA page_count'),
      freePages: await number(reader, 'PRAGMA freelist_count'),
      sqlite: String(await value(reader, 'SELECT sqlite_version()')),
      migrations: { applied, pending: migrationNames.filter((name) => !applied.includes(name)) },
      tables: await tableSizes(reader),
      pragmas: await readPragmas(reader),
    };
  });
}

/** How many rows a table has; 0: there is no such table. Of a full-text index: how many texts it knows. */
export async function rowsOf(reader: SqlReader, table: string): Promise<number> {
  const known = await reader.all<{ type: string }>(
    `SELECT type FROM pragma_table_list WHERE schema = 'main' AND name = ?`,
    [table],
  );
  if (known.length === 0) return 0;
  // Counting the index itself would count the table it is of.
  const counted = known[0]?.type === 'virtual' ? `${table}_docsize` : table;
  return number(reader, `SELECT count(*) FROM "${counted}"`);
}

async function tableSizes(reader: SqlReader): Promise<readonly TableSize[]> {
  const names = await reader.all<{ name: string; type: string }>(
    `SELECT name, type FROM pragma_table_list
     WHERE schema = 'main' AND type IN ('table', 'virtual') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'`,
  );
  // SQLite keeps a full-text index in tables that have its name before theirs.
  const parts = await reader.all<{ owner: string; name: string; type: string; bytes: number }>(
    `SELECT coalesce(v.name, s.tbl_name) AS owner, s.name, s.type, d.pgsize AS bytes
     FROM dbstat AS d JOIN sqlite_schema AS s ON s.name = d.name
       LEFT JOIN pragma_table_list AS v ON v.schema = 'main' AND v.type = 'virtual'
         AND substr(s.tbl_name, 1, length(v.name) + 1) = v.name || '_'
     WHERE d.aggregate = TRUE`,
  );
  const sizes: TableSize[] = [];
  for (const { name, type } of names) {
    const own = parts.filter(({ owner }) => owner === name);
    const isIndex = (part: { readonly type: string }): boolean => type === 'table' && part.type === 'index';
    sizes.push({
      name,
      rows: await rowsOf(reader, name),
      bytes: own.filter((part) => !isIndex(part)).reduce((sum, { bytes }) => sum + bytes, 0),
      indexes: own
        .filter(isIndex)
        .map(({ name: index, bytes }) => ({ name: index, bytes }))
        .sort((left, right) => right.bytes - left.bytes || (left.name < right.name ? -1 : 1)),
    });
  }
  return sizes.sort(
    (left, right) => totalBytes(right) - totalBytes(left) || (left.name < right.name ? -1 : 1),
  );
}

/** What a table occupies with its indexes. */
export function totalBytes({ bytes, indexes }: Pick<TableSize, 'bytes' | 'indexes'>): number {
  return indexes.reduce((sum, index) => sum + index.bytes, bytes);
}

async function readPragmas(reader: SqlReader): Promise<Readonly<Record<string, string | number>>> {
  const values: Record<string, string | number> = {};
  for (const name of pragmas) values[name] = await value(reader, `PRAGMA ${name}`);
  return values;
}

async function number(reader: SqlReader, sql: string): Promise<number> {
  return Number(await value(reader, sql));
}

async function value(reader: SqlReader, sql: string): Promise<string | number> {
  const [row = {}] = await reader.all<Readonly<Record<string, string | number>>>(sql);
  return Object.values(row)[0] ?? '';
}

async function bytesOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (cause) {
    if ((Object(cause) as { readonly code?: unknown }).code === 'ENOENT') return 0;
    throw new Unavailable('DATABASE_UNAVAILABLE', `the size of ${file} cannot be read`, { cause });
  }
}
