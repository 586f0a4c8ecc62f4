import {
  type DocumentSummary,
  type JsonValue,
  type Page,
  pageLimit,
  type PageRequest,
} from '@markitect/domain';
import {
  decodeCursor,
  type DocumentFingerprint,
  type DocumentQuery,
  type DocumentSort,
  encodeCursor,
} from '@markitect/ports';
import type { SqlReader } from '../engine/sql-executor.js';
import { summariesOf, summaryPage, summarySelection } from './document-json.js';
import { allOf, type Condition, filterConditions, prefixConditions } from './document-filters.js';

const columns: Readonly<Record<DocumentSort, string>> = {
  path: 'd.path',
  title: 'd.title',
  updatedAt: 'd.updated_at',
  bytes: 'd.bytes',
};

/** Where a page of a list ended: the value sorted by, then the path. */
type Place = readonly [value: string | number, path: string];

/** One page of documents: an index range that starts where the page before ended. */
export async function listDocuments(reader: SqlReader, query: DocumentQuery): Promise<Page<DocumentSummary>> {
  const { sort = 'path', order = 'asc', cursor } = query;
  const limit = pageLimit(query);
  const sequence = [
    'list',
    sort,
    order,
    query.prefix ?? '',
    query.after ?? '',
    query.tag ?? null,
    { ...query.frontMatter },
  ];
  const conditions = filterConditions(query);
  if (cursor !== undefined) {
    const isPlace = sort === 'bytes' ? isNumberPlace : isTextPlace;
    conditions.push(after(sort, order, decodeCursor<Place>(cursor, sequence, isPlace)));
  }
  const where = allOf(conditions);
  const direction = order === 'asc' ? 'ASC' : 'DESC';
  const by = sort === 'path' ? `d.path ${direction}` : `${columns[sort]} ${direction}, d.path ${direction}`;
  const rows = await reader.all<{ page: string }>(
    summaryPage(`SELECT ${summarySelection} FROM documents d WHERE ${where.sql} ORDER BY ${by} LIMIT ?`),
    [...where.parameters, limit + 1],
  );
  return cut(summariesOf(rows), limit, (last) => encodeCursor(sequence, [last[sort], last.path]));
}

/** One page of the documents read from `root` or below it, by path. */
export async function listDocumentsBySource(
  reader: SqlReader,
  root: string,
  page: PageRequest,
): Promise<Page<DocumentFingerprint>> {
  const limit = pageLimit(page);
  const sequence = ['source', root];
  const below = allOf(prefixConditions('d.source', `${root}/`));
  const parameters = [root, ...below.parameters];
  let start = '';
  if (page.cursor !== undefined) {
    const [path] = decodeCursor<readonly [string]>(page.cursor, sequence, isPathPlace);
    start = 'AND d.path > ?';
    parameters.push(path);
  }
  const rows = await reader.all<FingerprintRow>(
    `SELECT path, hash, source FROM documents d
      WHERE (d.source = ? OR (${below.sql})) ${start} ORDER BY d.path LIMIT ?`,
    [...parameters, limit + 1],
  );
  return cut(rows.map(fingerprintOf), limit, (last) => encodeCursor(sequence, [last.path]));
}

/** The columns of a fingerprint. */
export interface FingerprintRow {
  readonly path: DocumentFingerprint['path'];
  readonly hash: DocumentFingerprint['hash'];
  readonly source: string | null;
}

/** The fingerprint of a row. */
export function fingerprintOf({ path, hash, source }: FingerprintRow): DocumentFingerprint {
  return source === null ? { path, hash } : { path, hash, source };
}

function after(sort: DocumentSort, order: 'asc' | 'desc', [value, path]: Place): Condition {
  const isBeyond = order === 'asc' ? '>' : '<';
  return sort === 'path'
    ? { sql: `d.path ${isBeyond} ?`, parameters: [path] }
    : { sql: `(${columns[sort]}, d.path) ${isBeyond} (?, ?)`, parameters: [value, path] };
}

/** Cuts the one item off that was read only to know whether there is another page. */
function cut<T>(items: T[], limit: number, cursorAfter: (last: T) => string): Page<T> {
  if (items.length <= limit) return { items };
  items.length = limit;
  const last = items.at(-1);
  return last === undefined ? { items } : { items, nextCursor: cursorAfter(last) };
}

function isTextPlace(place: readonly JsonValue[]): place is readonly [string, string] {
  return place.length === 2 && typeof place[0] === 'string' && typeof place[1] === 'string';
}

function isNumberPlace(place: readonly JsonValue[]): place is readonly [number, string] {
  return place.length === 2 && typeof place[0] === 'number' && typeof place[1] === 'string';
}

function isPathPlace(place: readonly JsonValue[]): place is readonly [string] {
  return place.length === 1 && typeof place[0] === 'string';
}
