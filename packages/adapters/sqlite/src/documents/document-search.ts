import {
  type JsonValue,
  type Page,
  pageLimit,
  type SearchHit,
  type SearchTerm,
  type SnippetPart,
} from '@markitect/domain';
import { decodeCursor, type DocumentSearch, encodeCursor } from '@markitect/ports';
import type { SqlReader } from '../engine/sql-executor.js';
import { allOf, filterConditions } from './document-filters.js';
import { EXCERPT_BEFORE, EXCERPT_LENGTH, excerptParts, firstStem } from './excerpt.js';

/*
 * What surrounds a word found. Noncharacters: Unicode keeps them out of texts that are exchanged, so they are in no
 * document by accident.
 */
const OPEN = '\u{fdd0}';
const CLOSE = '\u{fdd1}';

/** How many words a snippet has. FTS5 takes at most 64. */
const SNIPPET_WORDS = 24;

/**
 * FTS5 weighs every pair of words found for a snippet: a long text with a common word would hold a connection for
 * minutes. Longer texts than this are cut where the first word stands.
 */
const MAX_SNIPPET_BYTES = 32 * 1024;

interface HitRow {
  readonly id: number;
  readonly rank: number;
  readonly path: string;
  readonly title: string;
  /** Of a short text. */
  readonly snippet: string | null;
  /** Of a long text. */
  readonly excerpt: string | null;
}

/**
 * One page of the documents that meet all terms, best first. Every match is ranked for every page; snippets are
 * made for the documents of the page only.
 */
export async function searchDocuments(reader: SqlReader, search: DocumentSearch): Promise<Page<SearchHit>> {
  const limit = pageLimit(search);
  const match = matchExpression(search.terms);
  const sequence = ['search', match, search.prefix ?? '', search.tag ?? null];
  const filter = allOf(filterConditions(search));
  const place =
    search.cursor === undefined
      ? undefined
      : decodeCursor<readonly [number, string]>(search.cursor, sequence, isPlace);
  const rows = await reader.all<HitRow>(
    `WITH ranked AS MATERIALIZED (
       SELECT s.rowid AS id, bm25(document_search, 10.0, 4.0, 1.0) AS rank, d.path, d.title
       FROM document_search s JOIN documents d ON d.id = s.rowid
       WHERE document_search MATCH ? AND ${filter.sql}
     ), page AS MATERIALIZED (
       SELECT * FROM ranked ${place === undefined ? '' : 'WHERE (rank, path) > (?, ?)'} ORDER BY rank, path LIMIT ?
     )
     SELECT page.*, CASE WHEN octet_length(d.text) <= ${MAX_SNIPPET_BYTES} THEN (
       SELECT snippet(document_search, 2, '${OPEN}', '${CLOSE}', '…', ${SNIPPET_WORDS})
       FROM document_search WHERE document_search MATCH ? AND rowid = page.id
     ) END AS snippet, CASE WHEN octet_length(d.text) > ${MAX_SNIPPET_BYTES} THEN
       substr(d.text, max(1, instr(lower(d.text), ?) - ${EXCERPT_BEFORE}), ${EXCERPT_LENGTH})
     END AS excerpt
     FROM page JOIN documents d ON d.id = page.id ORDER BY rank, page.path`,
    [match, ...filter.parameters, ...(place ?? []), limit + 1, match, firstStem(search.terms)],
  );
  const items = rows.slice(0, limit).map(({ path, title, rank, snippet, excerpt }) => ({
    path,
    title,
    score: -rank,
    snippet: snippet === null ? excerptParts(excerpt ?? '', search.terms) : snippetParts(snippet),
  }));
  const last = rows[limit - 1];
  return rows.length <= limit || last === undefined
    ? { items }
    : { items, nextCursor: encodeCursor(sequence, [last.rank, last.path]) };
}

/**
 * The terms in FTS5's language. Every word is written as a string, so nothing in it can be read as an operator.
 */
export function matchExpression(terms: readonly SearchTerm[]): string {
  const written = (excluded: boolean): string[] =>
    terms.filter((term) => term.excluded === excluded).map(writtenTerm);
  const wanted = written(false).join(' AND ');
  const unwanted = written(true).join(' OR ');
  return unwanted === '' ? wanted : `(${wanted}) NOT (${unwanted})`;
}

function writtenTerm(term: SearchTerm): string {
  // SQLite ends a text at NUL.
  const words = term.words.join(' ').replaceAll('\0', ' ').toWellFormed().replaceAll('"', '""');
  return term.prefix ? `"${words}" *` : `"${words}"`;
}

/** Splits a snippet at its marks. */
export function snippetParts(marked: string): SnippetPart[] {
  const parts: SnippetPart[] = [];
  let match = false;
  for (const piece of marked.split(/([\u{fdd0}\u{fdd1}])/u)) {
    if (piece === OPEN) match = true;
    else if (piece === CLOSE) match = false;
    else if (piece !== '') parts.push({ text: piece, match });
  }
  return parts;
}

function isPlace(place: readonly JsonValue[]): place is readonly [number, string] {
  return place.length === 2 && typeof place[0] === 'number' && typeof place[1] === 'string';
}
