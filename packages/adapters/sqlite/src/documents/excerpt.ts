import type { SearchTerm, SnippetPart } from '@markitect/domain';

/** How many characters an excerpt shows in all, and before the first word found. */
export const EXCERPT_LENGTH = 240;
export const EXCERPT_BEFORE = 60;

/** The beginning of the first word looked for, in lower case: where an excerpt is to be cut. */
export function firstStem(terms: readonly SearchTerm[]): string {
  const [first] = stems(terms);
  return first?.toLowerCase() ?? '';
}

/** An excerpt in pieces, the words that begin like those looked for marked as found. */
export function excerptParts(excerpt: string, terms: readonly SearchTerm[]): SnippetPart[] {
  const words = stems(terms).map((stem) => stem.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  const found = new RegExp(`(?<![\\p{L}\\p{N}])((?:${words.join('|')})[\\p{L}\\p{N}\\p{M}]*)`, 'giu');
  const pieces = `…${wholeWords(excerpt)}…`.split(found);
  return pieces.map((text, index) => ({ text, match: index % 2 === 1 })).filter(({ text }) => text !== '');
}

/** The words looked for without the endings that the index's stemming would take off, roughly. */
function stems(terms: readonly SearchTerm[]): string[] {
  return terms
    .filter((term) => !term.excluded)
    .flatMap((term) => term.words)
    .map((word) => (word.length > 6 ? word.slice(0, -3) : word));
}

/** Leaves out what is left of a word at either end, where there is something else. */
function wholeWords(text: string): string {
  const inner = text.replace(/^\S{0,30}\s/u, '').replace(/\s\S{0,30}$/u, '');
  return inner === '' ? text : inner;
}
