import { describe, expect, it } from '@jest/globals';
import { parseSearchQuery } from '@markitect/domain';
import { excerptParts, firstStem } from './excerpt.js';

const marked = (text: string, query: string) =>
  excerptParts(text, parseSearchQuery(query))
    .map((part) => (part.match ? `[${part.text}]` : part.text))
    .join('');

describe('an excerpt', () => {
  it('marks words that begin like those looked for, in any case', () => {
    expect(marked('x the Borrowing of borrowed things, unborrowed y', 'borrowing the')).toBe(
      '…[the] [Borrowing] of [borrowed] things, unborrowed…',
    );
  });

  it('marks nothing for excluded words', () => {
    expect(marked('x one two three y', 'two -three')).toBe('…one [two] three…');
  });

  it('takes what is looked for literally', () => {
    const terms = [{ words: ['a.c', '(x'], prefix: false, excluded: false }];
    expect(excerptParts('q abc a.c (x q', terms).filter((part) => part.match)).toEqual([
      { text: 'a.c', match: true },
      { text: '(x', match: true },
    ]);
  });

  it('keeps a text without spaces', () => {
    expect(marked('word', 'word')).toBe('…[word]…');
  });

  it('is cut at the first word that is wanted', () => {
    expect(firstStem(parseSearchQuery('-not Ownership'))).toBe('owners');
  });
});
