import { recordColumns, recordOf, type RecordRow, recordValues } from '@markitect/adapter-sql';
import {
  checkedRecordValue,
  type JsonObject,
  mergePatch,
  NotFound,
  type Page,
  requireVersion,
  type StoredRecord,
} from '@markitect/domain';
import {
  type Port,
  recordOfEntry,
  type RecordQuery,
  type RecordRepository,
  recordSequence,
  replicaEntry,
} from '@markitect/ports';
import { allOf, prefixConditions } from '../documents/document-filters.js';
import type { Outcome } from '../engine/group-commit.js';
import type { SqlExecutor, SqlReader } from '../engine/sql-executor.js';
import { cellsOf, removeByKey, runForRows } from './json-rows.js';
import type { ReplicaTable } from './sqlite-replica-store.js';

/** The tables that records are kept in. */
export type RecordTable = 'profiles' | 'configuration';

/** A write that may share its commit with others. */
export type RecordWrite = { readonly key: string; readonly expected: number | undefined } & (
  | { readonly kind: 'save'; readonly value: JsonObject }
  | { readonly kind: 'patch'; readonly patch: JsonObject }
  | { readonly kind: 'remove' }
);

/** What became of it: the record as it is then, or whether there was one to remove. */
export type RecordAnswer = StoredRecord | boolean;

const columns = recordColumns.join(', ');

type Row = Omit<RecordRow, 'id'>;

/** The record under a key, or `undefined`. */
export async function readRecord(
  reader: SqlReader,
  table: RecordTable,
  key: string,
): Promise<StoredRecord | undefined> {
  const [row] = await reader.all<Row>(`SELECT ${columns} FROM ${table} WHERE key = ?`, [key]);
  return row && recordOf(row);
}

/** Those of the records under these keys that there are. */
export async function readRecords(
  reader: SqlReader,
  table: RecordTable,
  keys: readonly string[],
): Promise<ReadonlyMap<string, StoredRecord>> {
  const rows = await reader.all<Row>(
    `SELECT ${columns} FROM ${table} WHERE key IN (SELECT value FROM json_each(?))`,
    [JSON.stringify(keys)],
  );
  return new Map(rows.map((row) => [row.key, recordOf(row)]));
}

/** One page of records by key: an index range that starts where the page before ended. */
export async function listRecords(
  reader: SqlReader,
  table: RecordTable,
  port: Port<RecordRepository>,
  query: RecordQuery,
): Promise<Page<StoredRecord>> {
  const sequence = recordSequence(port, query);
  const [after] = sequence.after ?? [];
  const where = allOf([
    ...prefixConditions('key', query.prefix ?? ''),
    ...(after === undefined ? [] : [{ sql: 'key > ?', parameters: [after] }]),
  ]);
  const rows = await reader.all<Row>(
    `SELECT ${columns} FROM ${table} WHERE ${where.sql} ORDER BY key LIMIT ?`,
    [...where.parameters, sequence.limit + 1],
  );
  return sequence.page(rows.map(recordOf));
}

/** How many records there are: a walk over the smallest index. */
export async function countRecords(reader: SqlReader, table: RecordTable): Promise<number> {
  const [row] = await reader.all<{ count: number }>(`SELECT count(*) AS count FROM ${table}`);
  return row?.count ?? 0;
}

/** Writes under different keys, each of which may fail by itself without the others noticing. */
export async function writeRecords(
  transaction: SqlExecutor,
  table: RecordTable,
  requests: readonly RecordWrite[],
  nowMs: number,
): Promise<Outcome<RecordAnswer>[]> {
  const stored = await readVersions(transaction, table, requests);
  const now = new Date(nowMs).toISOString();
  const written: StoredRecord[] = [];
  const removed: string[] = [];
  const outcomes = requests.map((request): Outcome<RecordAnswer> => {
    const before = stored.get(request.key);
    try {
      requireVersion(request.key, request.expected, before?.version ?? 0);
      if (request.kind === 'remove') {
        if (before !== undefined) removed.push(request.key);
        return { value: before !== undefined };
      }
      const record = changedRecord(request, before, now);
      written.push(record);
      return { value: record };
    } catch (error) {
      return { error };
    }
  });
  await removeByKey(transaction, table, removed);
  await storeRecords(transaction, table, written);
  return outcomes;
}

/** The states of records in a table. */
export function recordReplicas(table: RecordTable): ReplicaTable<StoredRecord> {
  return {
    table,
    ofEntry: recordOfEntry,
    entryOf: replicaEntry,
    read: (reader, keys) => readRecords(reader, table, keys),
    write: async (transaction, items) => {
      const entries = [...items];
      await removeByKey(
        transaction,
        table,
        entries.flatMap(([key, record]) => (record === undefined ? [key] : [])),
      );
      await storeRecords(
        transaction,
        table,
        entries.flatMap(([, record]) => record ?? []),
      );
    },
  };
}

interface Stored {
  readonly version: number;
  readonly createdAt: string;
  /** Read for patches only. */
  readonly value: JsonObject;
}

function changedRecord(
  request: Exclude<RecordWrite, { kind: 'remove' }>,
  before: Stored | undefined,
  now: string,
): StoredRecord {
  const { key } = request;
  if (request.kind === 'patch' && before === undefined) {
    throw new NotFound('RECORD_NOT_FOUND', `there is no record ${key}`, { details: { key } });
  }
  const value =
    request.kind === 'save' ? request.value : checkedRecordValue(mergePatch(before?.value, request.patch));
  const { version = 0, createdAt = now } = before ?? {};
  return { key, value, version: version + 1, createdAt, updatedAt: now };
}

async function readVersions(
  reader: SqlReader,
  table: RecordTable,
  requests: readonly RecordWrite[],
): Promise<ReadonlyMap<string, Stored>> {
  const rows = await reader.all<Omit<Row, 'updated_at'>>(
    `SELECT r.key, r.version, r.created_at, iif(e.value ->> 1, r.value, '{}') AS value
     FROM json_each(?) AS e CROSS JOIN ${table} AS r ON r.key = e.value ->> 0`,
    [JSON.stringify(requests.map(({ key, kind }) => [key, kind === 'patch' ? 1 : 0]))],
  );
  return new Map(
    rows.map((row) => {
      const { version, createdAt, value } = recordOf({ ...row, updated_at: row.created_at });
      return [row.key, { version, createdAt, value }];
    }),
  );
}

async function storeRecords(
  transaction: SqlExecutor,
  table: RecordTable,
  records: readonly StoredRecord[],
): Promise<void> {
  await runForRows(
    transaction,
    `INSERT INTO ${table}(${columns}) SELECT ${cellsOf(recordColumns)} FROM json_each(?) AS e WHERE true
     ON CONFLICT(key) DO UPDATE SET ${recordColumns.map((column) => `${column} = excluded.${column}`).join(', ')}`,
    records.map(recordValues),
  );
}
