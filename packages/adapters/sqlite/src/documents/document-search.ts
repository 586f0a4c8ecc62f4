import { type JsonValue, type Page, pageLimit, type SearchHit, type SearchTerm } from '@markitect/domain';
import { decodeCursor, type DocumentSearch, encodeCursor } from '@markitect/ports';
import type { SqlReader } from '../engine/sql-executor.js';
import { allOf, filterConditions } from './document-filters.js';
import { firstStem } from './excerpt.js';
import { hitSnippet, snippetColumns, type SnippetRow } from './snippet.js';

interface HitRow extends SnippetRow {
  readonly id: number;
  readonly rank: number;
  readonly path: string;
  readonly title: string;
}

/** The text of a document that is shown. */
const snippetOfText = snippetColumns({ index: 'document_search', column: 2, text: 'd.text', row: 'page.id' });

/**
 * One page of the documents that meet the terms, best first. Every match is ranked for every page; snippets are
 * made for the documents of the page only.
 *
 * The cross join keeps SQLite from beginning with the documents of a tag and asking the index for each of them.
 */
export async function searchDocuments(reader: SqlReader, search: DocumentSearch): Promise<Page<SearchHit>> {
  const limit = pageLimit(search);
  const match = matchExpression(search.terms, search.match);
  const sequence = ['search', match, search.prefix ?? '', search.tag ?? null];
  const filter = allOf(filterConditions(search));
  const place =
    search.cursor === undefined
      ? undefined
      : decodeCursor<readonly [number, string]>(search.cursor, sequence, isPlace);
  const rows = await reader.all<HitRow>(
    `WITH ranked AS MATERIALIZED (
       SELECT s.rowid AS id, bm25(document_search, 10.0, 4.0, 1.0) AS rank, d.path, d.title
       FROM document_search s CROSS JOIN documents d ON d.id = s.rowid
       WHERE document_search MATCH ? AND ${filter.sql}
     ), page AS MATERIALIZED (
       SELECT * FROM ranked ${place === undefined ? '' : 'WHERE (rank, path) > (?, ?)'} ORDER BY rank, path LIMIT ?
     )
     SELECT page.*, ${snippetOfText}
     FROM page JOIN documents d ON d.id = page.id ORDER BY rank, page.path`,
    [match, ...filter.parameters, ...(place ?? []), limit + 1, match, firstStem(search.terms)],
  );
  const items = rows.slice(0, limit).map((row) => ({
    path: row.path,
    title: row.title,
    score: -row.rank,
    snippet: hitSnippet(row, search.terms),
  }));
  const last = rows[limit - 1];
  return rows.length <= limit || last === undefined
    ? { items }
    : { items, nextCursor: encodeCursor(sequence, [last.rank, last.path]) };
}

/**
 * The terms in FTS5's language. Every word is written as a string, so nothing in it can be read as an operator.
 */
export function matchExpression(
  terms: readonly SearchTerm[],
  match: DocumentSearch['match'] = 'all',
): string {
  const written = (excluded: boolean): string[] =>
    terms.filter((term) => term.excluded === excluded).map(writtenTerm);
  const wanted = written(false).join(match === 'any' ? ' OR ' : ' AND ');
  const unwanted = written(true).join(' OR ');
  return unwanted === '' ? wanted : `(${wanted}) NOT (${unwanted})`;
}

function writtenTerm(term: SearchTerm): string {
  // SQLite ends a text at NUL.
  const words = term.words.join(' ').replaceAll('\0', ' ').toWellFormed().replaceAll('"', '""');
  return term.prefix ? `"${words}" *` : `"${words}"`;
}

function isPlace(place: readonly JsonValue[]): place is readonly [number, string] {
  return place.length === 2 && typeof place[0] === 'number' && typeof place[1] === 'string';
}
