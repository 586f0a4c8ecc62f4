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
 * What a question looks for: its words without those that say nothing, each once, at most 16. Quotes, `*` and `-` mean
 * what they mean in a search. Any of the terms is an answer, of which the best has the most of them. Throws Invalid
 * `SEARCH_QUERY_INVALID` when there are no words.
 */
export function questionTerms(question: string): readonly SearchTerm[] {
  const seen = new Set<string>();
  const terms = parseSearchQuery(question).filter((term) => {
    const key = JSON.stringify([term.words.map((word) => word.toLowerCase()), term.prefix]);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
  const telling = terms.filter((term) => term.excluded || !isStopWord(term));
  const kept = telling.some((term) => !term.excluded) ? telling : terms;
  const wanted = kept.filter((term) => !term.excluded).slice(0, MAX_TERMS);
  return [...wanted, ...kept.filter((term) => term.excluded).slice(0, MAX_TERMS)];
}

/** A phrase is meant as it stands. */
function isStopWord({ words, prefix }: SearchTerm): boolean {
  const [word, ...rest] = words;
  return word !== undefined && rest.length === 0 && !prefix && stopWords.has(word.toLowerCase());
}
