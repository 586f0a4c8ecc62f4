import { searchOf, type SearchRow } from '@markitect/adapter-sql';
import {
  Conflict,
  finishedSearchStatuses,
  type JsonValue,
  NotFound,
  type Page,
  pageLimit,
  type Search,
  searchDraft,
  type SearchDraft,
  type SearchId,
  type SearchStatus,
} from '@markitect/domain';
import { decodeCursor, encodeCursor, type SearchQuery } from '@markitect/ports';
import type { SqlExecutor, SqlReader } from '../engine/sql-executor.js';

const columns =
  'id, question, sources, status, max_results, rerun_of, document, created_at, updated_at, finished_at';

/** Stores a new search, pending. Throws Invalid `REQUEST_INVALID`, NotFound `SEARCH_NOT_FOUND` for what it repeats. */
export async function createSearch(
  transaction: SqlExecutor,
  draft: SearchDraft,
  nowMs: number,
): Promise<Search> {
  const { question, sources, maxResults, rerunOf } = searchDraft(draft);
  if (rerunOf !== undefined) await existingSearch(transaction, rerunOf);
  const [row] = await transaction.all<SearchRow>(
    `INSERT INTO searches(question, sources, status, max_results, rerun_of, created_at, updated_at)
     VALUES (?, ?, 'pending', ?, ?, ?, ?) RETURNING ${columns}`,
    [question, JSON.stringify(sources), maxResults, rerunOf ?? null, nowMs, nowMs],
  );
  return given(row);
}

/** A search, or `undefined`. */
export async function readSearch(reader: SqlReader, id: SearchId): Promise<Search | undefined> {
  const [row] = await reader.all<SearchRow>(`SELECT ${columns} FROM searches WHERE id = ?`, [id]);
  return row && searchOf(row);
}

/** One page of searches, the newest first: an index range that starts where the page before ended. */
export async function listSearches(
  reader: SqlReader,
  { status, ...page }: SearchQuery,
): Promise<Page<Search>> {
  const limit = pageLimit(page);
  const sequence = ['searches', status ?? null];
  const [before] =
    page.cursor === undefined
      ? [Number.MAX_SAFE_INTEGER]
      : decodeCursor<readonly [number]>(page.cursor, sequence, isPlace);
  const rows = await reader.all<SearchRow>(
    `SELECT ${columns} FROM searches WHERE ${status === undefined ? '' : 'status = ? AND '}id < ?
     ORDER BY id DESC LIMIT ?`,
    [...(status === undefined ? [] : [status]), before, limit + 1],
  );
  const items = rows.slice(0, limit).map(searchOf);
  const last = items.at(-1);
  return rows.length <= limit || last === undefined
    ? { items }
    : { items, nextCursor: encodeCursor(sequence, [last.id]) };
}

/** Moves a search to a status. Throws NotFound `SEARCH_NOT_FOUND`, Conflict `SEARCH_STATE_INVALID`. */
export async function updateSearchStatus(
  transaction: SqlExecutor,
  id: SearchId,
  status: SearchStatus,
  from: readonly SearchStatus[],
  nowMs: number,
): Promise<Search> {
  const isFinished = finishedSearchStatuses.some((each) => each === status);
  const [row] = await transaction.all<SearchRow>(
    `UPDATE searches SET status = ?, finished_at = ?, updated_at = ?
     WHERE id = ? AND status IN (SELECT value FROM json_each(?)) RETURNING ${columns}`,
    [status, isFinished ? nowMs : null, nowMs, id, JSON.stringify(from)],
  );
  if (row !== undefined) return searchOf(row);
  const search = await existingSearch(transaction, id);
  throw new Conflict('SEARCH_STATE_INVALID', `research ${id} is ${search.status}, not ${from.join(' or ')}`, {
    details: { id, status: search.status },
  });
}

/** Notes the document a search was saved as. Throws NotFound `SEARCH_NOT_FOUND`. */
export async function updateSearchDocument(
  transaction: SqlExecutor,
  id: SearchId,
  document: string,
  nowMs: number,
): Promise<Search> {
  const [row] = await transaction.all<SearchRow>(
    `UPDATE searches SET document = ?, updated_at = ? WHERE id = ? RETURNING ${columns}`,
    [document, nowMs, id],
  );
  if (row === undefined) throw searchNotFound(id);
  return searchOf(row);
}

/** Removes a search with its jobs and results. Answers whether there was one. */
export async function removeSearch(transaction: SqlExecutor, id: SearchId): Promise<boolean> {
  return (await transaction.run('DELETE FROM searches WHERE id = ?', [id])) > 0;
}

/** The search of an id. Throws NotFound `SEARCH_NOT_FOUND`. */
export async function existingSearch(reader: SqlReader, id: SearchId): Promise<Search> {
  const search = await readSearch(reader, id);
  if (search === undefined) throw searchNotFound(id);
  return search;
}

/** What is thrown where there is no such search. */
export function searchNotFound(id: SearchId): NotFound {
  return new NotFound('SEARCH_NOT_FOUND', `there is no research ${id}`, { details: { id } });
}

function given(row: SearchRow | undefined): Search {
  if (row === undefined) throw new Error('the database has not answered with the row it stored');
  return searchOf(row);
}

function isPlace(place: readonly JsonValue[]): place is readonly [number] {
  return place.length === 1 && typeof place[0] === 'number';
}
