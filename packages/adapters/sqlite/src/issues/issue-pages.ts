import { issueOf } from '@markitect/adapter-sql';
import {
  type Issue,
  type IssueQuery,
  issueQuery,
  type IssueSort,
  type JsonObject,
  type JsonValue,
  type Page,
  pageLimit,
  type PageRequest,
  queryWords,
} from '@markitect/domain';
import { decodeCursor, encodeCursor } from '@markitect/ports';
import { allOf, type Condition } from '../documents/document-filters.js';
import type { SqlReader } from '../engine/sql-executor.js';
import { issueColumns, type StoredIssue } from './issue-reads.js';

const columns: Readonly<Record<IssueSort, string>> = {
  number: 'i.number',
  createdAt: 'i.created_at',
  updatedAt: 'i.updated_at',
  comments: 'i.comments',
};

/** Where a page ended: the value sorted by, then the number. */
type Place = readonly [value: string | number, number: number];

/**
 * One page of the issues that meet a query: an index range that starts where the page before ended. A filter that few
 * issues meet may make it longer, up to all issues; the words of a text are looked for in each of those.
 */
export async function listIssues(
  reader: SqlReader,
  source: string,
  given: IssueQuery,
  page: PageRequest,
): Promise<Page<Issue>> {
  const limit = pageLimit(page);
  const query = issueQuery(given);
  const { sort = 'number', order = 'desc' } = query;
  const sequence = ['issues', source, { ...query, sort, order } as JsonObject];
  const conditions = filters(source, query);
  if (page.cursor !== undefined) {
    const isPlace = sort === 'number' || sort === 'comments' ? isNumberPlace : isTimePlace;
    conditions.push(after(sort, order, decodeCursor<Place>(page.cursor, sequence, isPlace)));
  }
  const where = allOf(conditions);
  const direction = order === 'asc' ? 'ASC' : 'DESC';
  const by =
    sort === 'number' ? `i.number ${direction}` : `${columns[sort]} ${direction}, i.number ${direction}`;
  const rows = await reader.all<StoredIssue>(
    `SELECT ${issueColumns} FROM issues i WHERE ${where.sql} ORDER BY ${by} LIMIT ?`,
    [...where.parameters, limit + 1],
  );
  const items = rows.slice(0, limit).map(issueOf);
  const last = items.at(-1);
  return rows.length <= limit || last === undefined
    ? { items }
    : { items, nextCursor: encodeCursor(sequence, [last[sort], last.number]) };
}

/** How many issues meet a query. */
export async function countIssues(reader: SqlReader, source: string, query: IssueQuery): Promise<number> {
  const where = allOf(filters(source, issueQuery(query), true));
  const [row] = await reader.all<{ count: number }>(
    `SELECT count(*) AS count FROM issues i WHERE ${where.sql}`,
    where.parameters,
  );
  return row?.count ?? 0;
}

function filters(source: string, query: IssueQuery, isCounted = false): Condition[] {
  const {
    state,
    labels = {},
    assignee,
    author,
    milestone,
    updatedSince,
    updatedBefore,
    sort = 'number',
  } = query;
  const conditions: Condition[] = [{ sql: 'i.source = ?', parameters: [source] }];
  const where = (sql: string, ...parameters: (string | number)[]): void =>
    void conditions.push({ sql, parameters: [...parameters] });
  // A plus keeps an index out that would lead to most issues and leave them to be sorted.
  if (state !== undefined) {
    where(`${sort === 'number' || sort === 'updatedAt' ? '' : '+'}i.state = ?`, state);
  }
  if (author !== undefined) where(`${sort === 'number' ? '' : '+'}i.author = ?`, author);
  if (milestone === null) where('+i.milestone IS NULL');
  else if (milestone !== undefined) where('i.milestone = ?', milestone);
  const numbers = (table: string, column: string): string =>
    `i.number IN (SELECT number FROM ${table} WHERE source = ? AND ${column} = ?)`;
  if (assignee === null) where('i.assignees = 0');
  else if (assignee !== undefined) where(numbers('issue_assignees', 'assignee'), source, assignee);
  for (const name of labels.all ?? []) where(numbers('issue_labels', 'label'), source, name);
  for (const [has, names] of [
    ['IN', labels.any],
    ['NOT IN', labels.none],
  ] as const) {
    if (names === undefined) continue;
    where(
      `i.number ${has} (SELECT number FROM issue_labels
        WHERE source = ? AND label IN (SELECT value FROM json_each(?)))`,
      source,
      JSON.stringify(names),
    );
  }
  if (updatedSince !== undefined) where('i.updated_at >= ?', updatedSince);
  if (updatedBefore !== undefined) {
    // Most issues are older than some time: they are walked in their order, not gathered and sorted.
    const isRange = isCounted || sort === 'updatedAt' || updatedSince !== undefined;
    where(`${isRange ? '' : '+'}i.updated_at < ?`, updatedBefore);
  }
  for (const word of queryWords(query.text)) where('instr(i.folded, ?) > 0', word);
  return conditions;
}

function after(sort: IssueSort, order: 'asc' | 'desc', [value, number]: Place): Condition {
  const isBeyond = order === 'asc' ? '>' : '<';
  return sort === 'number'
    ? { sql: `i.number ${isBeyond} ?`, parameters: [number] }
    : { sql: `(${columns[sort]}, i.number) ${isBeyond} (?, ?)`, parameters: [value, number] };
}

function isNumberPlace(place: readonly JsonValue[]): place is readonly [number, number] {
  return place.length === 2 && typeof place[0] === 'number' && typeof place[1] === 'number';
}

function isTimePlace(place: readonly JsonValue[]): place is readonly [string, number] {
  return place.length === 2 && typeof place[0] === 'string' && typeof place[1] === 'number';
}

/** Issues in a row fetched at once. */
const STREAM_PAGE = 200;

/** The items of pages that are fetched as they are asked for. */
export async function* streamPages(
  fetch: (page: PageRequest) => Promise<Page<Issue>>,
): AsyncGenerator<Issue, void, undefined> {
  let page = await fetch({ limit: STREAM_PAGE });
  yield* page.items;
  while (page.nextCursor !== undefined) {
    page = await fetch({ limit: STREAM_PAGE, cursor: page.nextCursor });
    yield* page.items;
  }
}
