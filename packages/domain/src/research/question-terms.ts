import { parseSearchQuery, type SearchTerm } from '../documents/search-query.js';

/** Words that say nothing about what is asked for. */
const stopWords = new Set(
  `a about an and any are as at be been but by can could did do does doing for from get had has have how i if in into is
  it its me my not of on or our should so some than that the their them then there these they this to us use used using
  was we were what when where which while who whom why will with would you your`.split(/\s+/),
);

/** So many words say what is asked for; each more only costs. */
const MAX_TERMS = 16;

/**
 * What a question looks for: its words without those that say nothing, each once, at most 16. Nothing in it is an
 * operator of a search: who asks what `rustc -O` does wants to find it. Any of the terms is an answer, of which the best
 * has the most of them. Throws Invalid `SEARCH_QUERY_INVALID` when there are no words.
 */
export function questionTerms(question: string): readonly SearchTerm[] {
  const seen = new Set<string>();
  const words = question.replace(/["*]/g, ' ').replace(/(?<=^|\s)-+/gu, ' ');
  const terms = parseSearchQuery(words).filter((term) => {
    const key = JSON.stringify(term.words.map((word) => word.toLowerCase()));
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
  const telling = terms.filter((term) => !isStopWord(term));
  return (telling.length > 0 ? telling : terms).slice(0, MAX_TERMS);
}

/** A word that is written of several, such as `how-to`, is none. */
function isStopWord({ words: [word, ...rest] }: SearchTerm): boolean {
  return word !== undefined && rest.length === 0 && stopWords.has(word.toLowerCase());
}
