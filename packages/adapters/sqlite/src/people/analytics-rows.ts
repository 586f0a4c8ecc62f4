import { type AnalyticsEventRow, eventColumns, eventOf, eventValues } from '@markitect/adapter-sql';
import type { AnalyticsEvent, Page, PageRequest } from '@markitect/domain';
import {
  type AnalyticsQuery,
  analyticsSequence,
  checkAnalyticsQuery,
  eventOfEntry,
  replicaEntry,
} from '@markitect/ports';
import { allOf, type Condition } from '../documents/document-filters.js';
import type { SqlExecutor, SqlReader } from '../engine/sql-executor.js';
import { cellsOf, removeByKey, runForRows } from './json-rows.js';
import type { ReplicaTable } from './sqlite-replica-store.js';

const columns = eventColumns.join(', ');

type Row = Omit<AnalyticsEventRow, 'id'>;
type Filter = Omit<AnalyticsQuery, keyof PageRequest>;

/** Adds those of the events whose id is not known, and answers how many that are. */
export function appendEvents(transaction: SqlExecutor, events: readonly AnalyticsEvent[]): Promise<number> {
  return runForRows(
    transaction,
    `INSERT INTO analytics_events(${columns}) SELECT ${cellsOf(eventColumns)} FROM json_each(?) AS e WHERE true
     ON CONFLICT(key) DO NOTHING`,
    events.map(eventValues),
  );
}

/** One page of events by time: an index range that starts where the page before ended. */
export async function listEvents(reader: SqlReader, query: AnalyticsQuery): Promise<Page<AnalyticsEvent>> {
  const sequence = analyticsSequence(query);
  const conditions = filterConditions(query);
  if (sequence.after !== undefined) {
    const [at, id] = sequence.after;
    conditions.push({ sql: '(at, key) > (?, ?)', parameters: [Date.parse(at), id] });
  }
  const where = allOf(conditions);
  const rows = await reader.all<Row>(
    `SELECT ${columns} FROM analytics_events WHERE ${where.sql} ORDER BY at, key LIMIT ?`,
    [...where.parameters, sequence.limit + 1],
  );
  return sequence.page(rows.map(eventOf));
}

/** How many events there are: a walk over a part of an index. */
export async function countEvents(reader: SqlReader, query: Filter): Promise<number> {
  checkAnalyticsQuery(query);
  const where = allOf(filterConditions(query));
  const [row] = await reader.all<{ count: number }>(
    `SELECT count(*) AS count FROM analytics_events WHERE ${where.sql}`,
    where.parameters,
  );
  return row?.count ?? 0;
}

/** The states of events. */
export const eventReplicas: ReplicaTable<AnalyticsEvent> = {
  table: 'analytics_events',
  ofEntry: eventOfEntry,
  entryOf: replicaEntry,
  read: async (reader, keys) => {
    const rows = await reader.all<Row>(
      `SELECT ${columns} FROM analytics_events WHERE key IN (SELECT value FROM json_each(?))`,
      [JSON.stringify(keys)],
    );
    return new Map(rows.map((row) => [row.key, eventOf(row)]));
  },
  write: async (transaction, items) => {
    const removed = [...items].flatMap(([key, item]) => (item === undefined ? [key] : []));
    await removeByKey(transaction, 'analytics_events', removed);
    await runForRows(
      transaction,
      `INSERT INTO analytics_events(${columns}) SELECT ${cellsOf(eventColumns)} FROM json_each(?) AS e WHERE true
       ON CONFLICT(key) DO UPDATE SET ${eventColumns.map((column) => `${column} = excluded.${column}`).join(', ')}`,
      [...items.values()].filter((item) => item !== undefined).map(eventValues),
    );
  },
};

function filterConditions({ type, userId, since, until }: Filter): Condition[] {
  return [
    ...(type === undefined ? [] : [{ sql: 'type = ?', parameters: [type] }]),
    ...(userId === undefined ? [] : [{ sql: 'user_id = ?', parameters: [userId] }]),
    ...(since === undefined ? [] : [{ sql: 'at >= ?', parameters: [Date.parse(since)] }]),
    ...(until === undefined ? [] : [{ sql: 'at < ?', parameters: [Date.parse(until)] }]),
  ];
}
