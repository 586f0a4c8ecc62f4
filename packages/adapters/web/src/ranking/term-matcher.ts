import type { SearchTerm } from '@markitect/domain';

/** How well a page answers, and the part of it that does so best. */
export interface PageMatch {
  /** More than 0. */
  readonly score: number;
  /** One line of plain text. */
  readonly snippet: string;
}

interface Word {
  readonly stem: string;
  readonly start: number;
  readonly end: number;
}

interface Place {
  readonly term: number;
  readonly word: number;
}

const wordPattern = /[\p{L}\p{N}\p{M}]+/gu;
/** Of BM25 (Robertson and Zaragoza, 2009), with a length that is usual for pages: nobody knows the others yet. */
const K1 = 1.2;
const B = 0.75;
const USUAL_WORDS = 600;
/** A word in the title counts as so many in the text. */
const TITLE_WEIGHT = 5;
/** How many words a snippet has at most. */
const SNIPPET_WORDS = 45;
const SNIPPET_CHARACTERS = 320;

/**
 * How well a page answers what is looked for: BM25 without the rarity of words, which only a whole collection tells,
 * times the square of the share of the terms that it has at all. `undefined`: it has none, or one that is excluded.
 */
export function matchPage(
  page: { readonly title: string; readonly text: string },
  terms: readonly SearchTerm[],
): PageMatch | undefined {
  const text = wordsOf(page.text);
  const title = wordsOf(page.title);
  const wanted = terms.filter((term) => !term.excluded);
  if (terms.some((term) => term.excluded && placesOf(term, [...title, ...text]).length > 0)) return undefined;
  const places = wanted.map((term) => placesOf(term, text));
  const norm = K1 * (1 - B + (B * text.length) / USUAL_WORDS);
  let score = 0;
  let met = 0;
  wanted.forEach((term, index) => {
    const count = (places[index]?.length ?? 0) + TITLE_WEIGHT * placesOf(term, title).length;
    if (count > 0) met += 1;
    score += (count * (K1 + 1)) / (count + norm);
  });
  if (met === 0) return undefined;
  const found = places.flatMap((each, term) => each.map((word) => ({ term, word })));
  return {
    score: score * (met / wanted.length) ** 2,
    snippet: snippetOf(page.text, text, found),
  };
}

function wordsOf(text: string): Word[] {
  return [...text.matchAll(wordPattern)].map((match) => ({
    stem: stemOf(match[0].toLowerCase()),
    start: match.index,
    end: match.index + match[0].length,
  }));
}

/** So that `borrowed`, `borrowing` and `borrows` are found with `borrow`. */
function stemOf(word: string): string {
  return word.length < 5 ? word.replace(/(?<=[^s])s$/, '') : word.replace(/(?:ing|ed|es|s|e)$/, '');
}

/** The indexes of the words at which a term begins. */
function placesOf({ words, prefix }: SearchTerm, text: readonly Word[]): number[] {
  const wanted = words.map((word) => word.toLowerCase());
  const stems = wanted.map(stemOf);
  const [first] = stems;
  const places: number[] = [];
  text.forEach(({ stem }, at) => {
    // A look at the first word spares nearly all of them the rest.
    if (stem !== first && !prefix) return;
    const isHere = stems.every((each, index) => {
      const found = text[at + index]?.stem;
      const isOpen = prefix && index === stems.length - 1;
      return isOpen ? found?.startsWith(stemOf(wanted[index] ?? '')) === true : found === each;
    });
    if (isHere) places.push(at);
  });
  return places;
}

/** The stretch that has the most different terms, then the most of them, then is the first. */
function snippetOf(text: string, words: readonly Word[], found: readonly Place[]): string {
  const places = [...found].sort((a, b) => a.word - b.word);
  const counts = new Map<number, number>();
  let best = { from: 0, to: 0, worth: 0 };
  let left = 0;
  places.forEach((place, right) => {
    counts.set(place.term, (counts.get(place.term) ?? 0) + 1);
    for (let first = places[left]; first && place.word - first.word >= SNIPPET_WORDS; first = places[left]) {
      const count = (counts.get(first.term) ?? 1) - 1;
      if (count === 0) counts.delete(first.term);
      else counts.set(first.term, count);
      left += 1;
    }
    const worth = counts.size * 1000 + Math.min(999, right - left + 1);
    if (worth > best.worth) best = { from: places[left]?.word ?? 0, to: place.word, worth };
  });
  const spare = SNIPPET_WORDS - (best.to - best.from + 1);
  const from = Math.max(0, best.from - Math.min(8, Math.floor(spare / 2)));
  const to = Math.min(words.length - 1, from + SNIPPET_WORDS - 1);
  const start = words[from]?.start ?? 0;
  // With what follows the last word: the end of its sentence, or a sign that is no word.
  const end = words[to + 1]?.start ?? text.length;
  const piece = text.slice(start, end).replace(/\s+/g, ' ').trim();
  const isCut = piece.length > SNIPPET_CHARACTERS;
  const shown = isCut
    ? piece
        .slice(0, SNIPPET_CHARACTERS)
        .replace(/\s\S*$/, '')
        .toWellFormed()
    : piece;
  return `${from > 0 ? '… ' : ''}${shown}${isCut || to < words.length - 1 ? ' …' : ''}`;
}
