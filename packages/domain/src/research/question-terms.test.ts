import { describe, expect, it } from '@jest/globals';
import { comparableText, questionTerms } from '../index.js';

const words = (question: string) =>
  questionTerms(question).map((term) => `${term.excluded ? '-' : ''}${term.words.join('+')}`);

describe('the terms of a question', () => {
  it.each([
    ['How does the borrow checker work?', ['borrow', 'checker', 'work']],
    ['What is Ownership, and what is ownership for', ['Ownership']],
    ['"borrow checker" in English', ['borrow', 'checker', 'English']],
    ['What does rustc -O do?', ['rustc', 'O']],
    ['lifetimes -unsafe the', ['lifetimes', 'unsafe']],
    ['--release -"quoted words" -*- glob*', ['release', 'quoted', 'words', 'glob']],
    ['a how-to', ['how+to']],
    ['what is it', ['what', 'is', 'it']],
    ['the -unsafe', ['unsafe']],
  ])('of %j are %j', (question, expected) => {
    expect(words(question)).toEqual(expected);
  });

  it('are never operators of a search', () => {
    for (const term of questionTerms('-a "-b c" d* -"e* f"')) {
      expect(term).toMatchObject({ prefix: false, excluded: false });
      expect(term.words).toHaveLength(1);
    }
  });

  it('are at most sixteen', () => {
    expect(words(Array.from({ length: 50 }, (_, index) => `w${index}`).join(' '))).toHaveLength(16);
  });

  it('cannot be had of a question without words', () => {
    expect(() => questionTerms(' ?! ')).toThrow(expect.objectContaining({ code: 'SEARCH_QUERY_INVALID' }));
  });
});

describe('comparable texts', () => {
  it('are the same whatever the markup and the case', () => {
    expect(comparableText('# The *Borrow*  Checker\n\nＡ text.')).toBe(
      comparableText('the borrow checker — a TEXT'),
    );
    expect(comparableText('one two')).not.toBe(comparableText('onetwo'));
  });
});
