import {
  PLACE_DUPLICATE,
  PLACE_UNRANKED,
  searchResultColumns,
  searchResultOf,
  type SearchResultRow,
  searchResultValues,
} from '@markitect/adapter-sql';
import {
  type FoundResult,
  type JsonValue,
  NotFound,
  type Page,
  pageLimit,
  type PageRequest,
  type ScrapingJobId,
  type SearchId,
  type SearchResult,
  type SearchResultId,
} from '@markitect/domain';
import { decodeCursor, encodeCursor, type SearchResultQuery } from '@markitect/ports';
import type { SqlExecutor, SqlReader } from '../engine/sql-executor.js';
import { searchNotFound } from './search-rows.js';

const columns = `r.id, r.search_id, r.job_id, r.place, r.duplicate_of, r.score, r.found_at, r.updated_at, r.reference,
  r.fingerprint, r.title, r.location, r.snippet, r.analysis, j.source`;
// The other way round SQLite would sort.
const joined = 'search_results r CROSS JOIN scraping_jobs j ON j.id = r.job_id';

type StoredResult = SearchResultRow & { readonly source: string };

/** Where a page ended. */
type Place = readonly [place: number, id: number];

/** A result, or `undefined`. */
export async function readSearchResult(
  reader: SqlReader,
  id: SearchResultId,
): Promise<SearchResult | undefined> {
  const [row] = await reader.all<StoredResult>(`SELECT ${columns} FROM ${joined} WHERE r.id = ?`, [id]);
  return row && searchResultOf(row);
}

/** One page of results: an index range that starts where the page before ended. */
export async function listSearchResults(
  reader: SqlReader,
  { searchId, source, withDuplicates = false, ...page }: SearchResultQuery,
): Promise<Page<SearchResult>> {
  const limit = pageLimit(page);
  const sequence = ['search-results', searchId, source ?? null, withDuplicates];
  const after: Place =
    page.cursor === undefined ? [0, 0] : decodeCursor<Place>(page.cursor, sequence, isPlace);
  const of = range({ searchId, source });
  const rows = await reader.all<StoredResult>(
    `SELECT ${columns} FROM ${joined} WHERE ${of.sql} AND (r.place, r.id) > (?, ?) AND r.place <= ?
     ORDER BY r.place, r.id LIMIT ?`,
    [...of.parameters, ...after, lastPlace(withDuplicates), limit + 1],
  );
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return {
    items: items.map(searchResultOf),
    ...(rows.length <= limit || last === undefined
      ? {}
      : { nextCursor: encodeCursor(sequence, [last.place, last.id]) }),
  };
}

/** How many results a search has: a walk over a part of an index. */
export async function countSearchResults(
  reader: SqlReader,
  { searchId, source, withDuplicates = false }: Omit<SearchResultQuery, keyof PageRequest>,
): Promise<number> {
  const of = range({ searchId, source });
  const [row] = await reader.all<{ count: number }>(
    `SELECT count(*) AS count FROM search_results r WHERE ${of.sql} AND r.place <= ?`,
    [...of.parameters, lastPlace(withDuplicates)],
  );
  return row?.count ?? 0;
}

function range({ searchId, source }: { readonly searchId: SearchId; readonly source: string | undefined }): {
  readonly sql: string;
  readonly parameters: (string | number)[];
} {
  return source === undefined
    ? { sql: 'r.search_id = ?', parameters: [searchId] }
    : {
        sql: 'r.job_id = (SELECT id FROM scraping_jobs WHERE search_id = ? AND source = ?)',
        parameters: [searchId, source],
      };
}

function lastPlace(withDuplicates: boolean): number {
  return withDuplicates ? PLACE_DUPLICATE : PLACE_UNRANKED;
}

/** Rows stored by one statement: many where there are many, so that few statements are kept prepared. */
const CHUNKS = [100, 10, 1] as const;

/**
 * Stores what a job has found in place of what has the same reference; the last one counts where one is given twice.
 * Answers how many are new. Throws NotFound `SEARCH_NOT_FOUND`.
 */
export async function addSearchResults(
  transaction: SqlExecutor,
  searchId: SearchId,
  jobId: ScrapingJobId,
  results: readonly FoundResult[],
  nowMs: number,
): Promise<number> {
  const jobs = await transaction.all('SELECT 1 FROM scraping_jobs WHERE id = ? AND search_id = ?', [
    jobId,
    searchId,
  ]);
  if (jobs.length === 0) throw searchNotFound(searchId);
  const distinct = [...new Map(results.map((result) => [result.reference, result])).values()];
  let added = 0;
  for (let from = 0; from < distinct.length;) {
    const size = CHUNKS.find((chunk) => chunk <= distinct.length - from) ?? 1;
    const chunk = distinct.slice(from, from + size);
    const values = [searchId, jobId, nowMs, ...chunk.flatMap(searchResultValues)];
    const inserted = await transaction.run(insertions[size].add, values);
    if (inserted < size) await transaction.run(insertions[size].replace, values);
    added += inserted;
    from += size;
  }
  if (added > 0) {
    await transaction.run('UPDATE scraping_jobs SET found = found + ?, updated_at = ? WHERE id = ?', [
      added,
      nowMs,
      jobId,
    ]);
  }
  return added;
}

const insertions = { 100: insertion(100), 10: insertion(10), 1: insertion(1) };

function insertion(rows: number): { readonly add: string; readonly replace: string } {
  const row = `(?1, ?2, ${PLACE_UNRANKED}, ?3, ?3, ${searchResultColumns.map(() => '?').join(', ')})`;
  const insert = `INSERT INTO search_results(search_id, job_id, place, found_at, updated_at, ${searchResultColumns.join(', ')})
    VALUES ${Array.from({ length: rows }, () => row).join(', ')} ON CONFLICT(job_id, reference) DO `;
  const replaced = [...searchResultColumns, 'updated_at'].map((column) => `${column} = excluded.${column}`);
  return { add: `${insert}NOTHING`, replace: `${insert}UPDATE SET ${replaced.join(', ')}` };
}

/** Throws NotFound `SEARCH_RESULT_NOT_FOUND`. */
export async function updateResultAnalysis(
  transaction: SqlExecutor,
  id: SearchResultId,
  analysis: JsonValue,
  nowMs: number,
): Promise<SearchResult> {
  await transaction.run('UPDATE search_results SET analysis = ?, updated_at = ? WHERE id = ?', [
    JSON.stringify(analysis),
    nowMs,
    id,
  ]);
  const result = await readSearchResult(transaction, id);
  if (result !== undefined) return result;
  throw new NotFound('SEARCH_RESULT_NOT_FOUND', `there is no result ${id}`, { details: { id } });
}

function isPlace(place: readonly JsonValue[]): place is Place {
  return place.length === 2 && typeof place[0] === 'number' && typeof place[1] === 'number';
}
