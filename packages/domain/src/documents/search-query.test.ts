import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isMarkitectError } from '../errors/markitect-error.js';
import { parseSearchQuery, type SearchTerm } from './search-query.js';

// One seed: a run that fails can be repeated.
fc.configureGlobal({ seed: 2026, numRuns: 500 });

const term = (words: string, flags: Partial<SearchTerm> = {}): SearchTerm => ({
  words: words.split(' '),
  prefix: false,
  excluded: false,
  ...flags,
});
const prefix = { prefix: true };
const excluded = { excluded: true };

describe('parseSearchQuery', () => {
  it.each<[string, SearchTerm[]]>([
    ['borrow', [term('borrow')]],
    ['  borrow\tchecker\n', [term('borrow'), term('checker')]],
    ['"borrow checker"', [term('borrow checker')]],
    ['"borrow checker', [term('borrow checker')]],
    ['own*', [term('own', prefix)]],
    ['"borrow che"*', [term('borrow che', prefix)]],
    ['"borrow che*"', [term('borrow che')]],
    ['own* -unsafe', [term('own', prefix), term('unsafe', excluded)]],
    ['a -"b c"', [term('a'), term('b c', excluded)]],
    ['a -b*', [term('a'), term('b', { ...prefix, ...excluded })]],
    ['well-known', [term('well known')]],
    ["don't", [term('don t')]],
    ['a"b c"d', [term('a'), term('b c'), term('d')]],
    ['a - b', [term('a'), term('b')]],
    ['a --b', [term('a'), term('b', excluded)]],
    ['std::fs', [term('std fs')]],
    ['C++', [term('C')]],
    ['AND OR NOT', [term('AND'), term('OR'), term('NOT')]],
    ['größe 中文 ١٢ e\u0301', [term('größe'), term('中文'), term('١٢'), term('e\u0301')]],
    ['a "" * b', [term('a'), term('b')]],
    ['a*b', [term('a b')]],
    ['\ud83dword', [term('word')]],
  ])('reads %j', (input, expected) => {
    expect(parseSearchQuery(input)).toEqual(expected);
  });

  it.each(['', ' ', '"', '""', '*', '-', '-*', '"*"', '()', '😀', '-unsafe', '-"a b" -c', "'; --"])(
    'finds nothing to look for in %j',
    (input) => {
      expect(() => parseSearchQuery(input)).toThrow(
        expect.objectContaining({ code: 'SEARCH_QUERY_INVALID', details: { field: 'query' } }),
      );
    },
  );

  it('gives words of letters and digits only, at least one of them to be found, or its own error', () => {
    fc.assert(
      fc.property(queries, (input) => {
        try {
          const terms = parseSearchQuery(input);
          expect(terms.some((each) => !each.excluded)).toBe(true);
          for (const { words } of terms) {
            expect(words.length).toBeGreaterThan(0);
            for (const word of words) expect(word).toMatch(/^[\p{L}\p{N}\p{M}\p{Co}]+$/u);
          }
        } catch (error) {
          if (!isMarkitectError(error)) throw error;
          expect(error.code).toBe('SEARCH_QUERY_INVALID');
        }
      }),
    );
  });

  it('loses no word that is typed', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'bc', '"d e"', 'f*', 'é'), { minLength: 1 }), (parts) => {
        const words = parseSearchQuery(parts.join(' ')).flatMap((each) => each.words);
        expect(words.join(' ')).toBe(parts.join(' ').replace(/["*]/g, ''));
      }),
    );
  });
});

const queries = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(fc.constantFrom('a', '"', '*', '-', ' ', '\n', '(', ':', "'", '\u0301', '😀', '\ud83d', 'NEAR'))
    .map((parts) => parts.join('')),
);
