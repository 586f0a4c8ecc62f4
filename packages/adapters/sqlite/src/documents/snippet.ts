import type { SearchTerm, SnippetPart } from '@markitect/domain';
import { EXCERPT_BEFORE, EXCERPT_LENGTH, excerptParts } from './excerpt.js';

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

/** What {@link snippetColumns} gives. */
export interface SnippetRow {
  /** Of a short text. */
  readonly snippet: string | null;
  /** Of a long text. */
  readonly excerpt: string | null;
}

/** Where a snippet comes from, in SQL. */
export interface SnippetSource {
  /** The full-text table. */
  readonly index: string;
  /** The number of its column to cut from; -1: the one that fits best. */
  readonly column: number;
  /** The text that is cut when it is long. */
  readonly text: string;
  /** The row of the full-text table. */
  readonly row: string;
}

/** SQL: the columns of a {@link SnippetRow}. Parameters: the match expression, the first stem looked for. */
export function snippetColumns({ index, column, text, row }: SnippetSource): string {
  return `CASE WHEN octet_length(${text}) <= ${MAX_SNIPPET_BYTES} THEN (
       SELECT snippet(${index}, ${column}, '${OPEN}', '${CLOSE}', '…', ${SNIPPET_WORDS})
       FROM ${index} WHERE ${index} MATCH ? AND rowid = ${row}
     ) END AS snippet, CASE WHEN octet_length(${text}) > ${MAX_SNIPPET_BYTES} THEN
       substr(${text}, max(1, instr(lower(${text}), ?) - ${EXCERPT_BEFORE}), ${EXCERPT_LENGTH})
     END AS excerpt`;
}

/** The snippet of a row in pieces. */
export function hitSnippet({ snippet, excerpt }: SnippetRow, terms: readonly SearchTerm[]): SnippetPart[] {
  return snippet === null ? excerptParts(excerpt ?? '', terms) : snippetParts(snippet);
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
