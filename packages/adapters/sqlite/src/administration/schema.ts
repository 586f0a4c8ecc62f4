import type { SqlReader } from '../engine/sql-executor.js';

/** A column as the database has it. */
export interface SchemaColumn {
  readonly name: string;
  /** As declared; empty: none is. */
  readonly type: string;
  readonly isRequired: boolean;
  /** Its place in the primary key, from 1; 0: none. */
  readonly key: number;
}

/** An index as the database has it. */
export interface SchemaIndex {
  readonly name: string;
  readonly columns: readonly string[];
  readonly isUnique: boolean;
  /** The condition of an index of some rows only. */
  readonly where?: string;
}

/** A reference to another table. */
export interface SchemaReference {
  readonly columns: readonly string[];
  readonly table: string;
  readonly to: readonly string[];
  /** What becomes of the row when the other is removed: `CASCADE`. */
  readonly onDelete: string;
}

/** A table as the database has it. */
export interface SchemaTable {
  readonly name: string;
  /** `search`: a full-text index over another table, which SQLite keeps in tables of its own. */
  readonly kind: 'table' | 'search';
  readonly columns: readonly SchemaColumn[];
  readonly indexes: readonly SchemaIndex[];
  readonly references: readonly SchemaReference[];
  /** Of a full-text index: the table it is of. */
  readonly searches?: string;
}

interface TableRow {
  readonly name: string;
  readonly type: string;
  readonly sql: string | null;
}

interface ReferenceRow {
  readonly id: number;
  readonly table: string;
  readonly from: string;
  readonly to: string | null;
  readonly on_delete: string;
}

/** The tables of a database by name, without those that SQLite makes for itself. */
export async function readSchema(reader: SqlReader): Promise<readonly SchemaTable[]> {
  const rows = await reader.all<TableRow>(
    `SELECT l.name, l.type, s.sql FROM pragma_table_list AS l JOIN sqlite_schema AS s ON s.name = l.name
     WHERE l.schema = 'main' AND l.type IN ('table', 'virtual') AND l.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
     ORDER BY l.name`,
  );
  const tables: SchemaTable[] = [];
  for (const { name, type, sql } of rows) {
    const searches = type === 'virtual' ? /content\s*=\s*'([^']+)'/.exec(sql ?? '')?.[1] : undefined;
    tables.push({
      name,
      kind: type === 'virtual' ? 'search' : 'table',
      columns: await readColumns(reader, name),
      indexes: await readIndexes(reader, name),
      references: await readReferences(reader, name),
      ...(searches === undefined ? {} : { searches }),
    });
  }
  return tables;
}

async function readColumns(reader: SqlReader, table: string): Promise<readonly SchemaColumn[]> {
  // What is hidden of a full-text index are its own name and the rank, which are for queries.
  const rows = await reader.all<{ name: string; type: string; notnull: number; pk: number }>(
    'SELECT name, type, "notnull", pk FROM pragma_table_xinfo(?) WHERE hidden <> 1 ORDER BY cid',
    [table],
  );
  return rows.map(({ name, type, notnull, pk }) => ({ name, type, isRequired: notnull === 1, key: pk }));
}

async function readIndexes(reader: SqlReader, table: string): Promise<readonly SchemaIndex[]> {
  const rows = await reader.all<{ name: string; unique: number; columns: string; sql: string | null }>(
    `SELECT l.name, l."unique", s.sql,
       (SELECT json_group_array(coalesce(name, 'expression') || iif("desc", ' DESC', '') ORDER BY seqno)
        FROM pragma_index_xinfo(l.name) WHERE "key") AS columns
     FROM pragma_index_list(?) AS l LEFT JOIN sqlite_schema AS s ON s.type = 'index' AND s.name = l.name
     WHERE l.origin <> 'pk' ORDER BY l.name`,
    [table],
  );
  return rows.map(({ name, unique, columns, sql }) => {
    const where = /\bWHERE\s+([\s\S]+)$/i.exec(sql ?? '')?.[1]?.replace(/\s+/g, ' ');
    return {
      name,
      columns: JSON.parse(columns) as string[],
      isUnique: unique === 1,
      ...(where === undefined ? {} : { where }),
    };
  });
}

async function readReferences(reader: SqlReader, table: string): Promise<readonly SchemaReference[]> {
  const rows = await reader.all<ReferenceRow>(
    'SELECT id, "table", "from", "to", on_delete FROM pragma_foreign_key_list(?) ORDER BY id, seq',
    [table],
  );
  const references = new Map<number, ReferenceRow[]>();
  for (const row of rows) references.set(row.id, [...(references.get(row.id) ?? []), row]);
  return [...references.values()].map((parts) => ({
    columns: parts.map(({ from }) => from),
    table: parts[0]?.table ?? '',
    to: parts.map(({ from, to }) => to ?? from),
    onDelete: parts[0]?.on_delete ?? '',
  }));
}
