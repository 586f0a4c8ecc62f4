import { Invalid } from '../errors/markitect-error.js';

/** One thing a search looks for. All terms must be met; an excluded one must not. */
export interface SearchTerm {
  /** One word, or the words of a phrase in their order. Never empty. */
  readonly words: readonly string[];
  /** Whether the last word stands for all words that begin with it. */
  readonly prefix: boolean;
  readonly excluded: boolean;
}

/**
 * Reads what a person typed: `borrow checker` (both words), `"borrow checker"` (the phrase), `own*` (words that
 * begin so), `-unsafe` (not this one). Everything else separates words, so no input is a syntax error.
 * Throws Invalid `SEARCH_QUERY_INVALID` when nothing to look for is left.
 */
export function parseSearchQuery(input: string): readonly SearchTerm[] {
  const terms: SearchTerm[] = [];
  for (const match of input
    .toWellFormed()
    .matchAll(/(?<not>(?<=^|\s)-)?(?:"(?<phrase>[^"]*)"?|(?<word>[^\s"]+))(?<star>\*)?/gu)) {
    const groups = match.groups as { not?: string; phrase?: string; word?: string; star?: string };
    const written = groups.phrase ?? groups.word ?? '';
    const words = written.match(wordPattern) ?? [];
    if (words.length === 0) continue;
    terms.push({
      words,
      prefix: groups.star !== undefined || (groups.phrase === undefined && written.endsWith('*')),
      excluded: groups.not !== undefined,
    });
  }
  if (!terms.some((term) => !term.excluded)) {
    throw new Invalid('SEARCH_QUERY_INVALID', `"${input.trim()}" has no words to search for`, {
      details: { field: 'query' },
    });
  }
  return terms;
}

/** Letters, digits and marks: what the full-text indexes count as part of a word. */
const wordPattern = /[\p{L}\p{N}\p{M}\p{Co}]+/gu;

/** A document that answers a search. */
export interface SearchHit {
  readonly path: string;
  readonly title: string;
  /** Higher is better; comparable within one search only. */
  readonly score: number;
  /** A piece of the text around the words found, each of which is an item with `match: true`. */
  readonly snippet: readonly SnippetPart[];
}

/** A run of a snippet's text. */
export interface SnippetPart {
  readonly text: string;
  readonly match: boolean;
}
