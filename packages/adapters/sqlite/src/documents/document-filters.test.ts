import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { successor } from './document-filters.js';

describe('successor', () => {
  it.each([
    ['a', 'b'],
    ['ab', 'ac'],
    ['a\u{10ffff}', 'b'],
    ['\ud7ff', '\ue000'],
    ['\uffff', '\u{10000}'],
    ['\u{10ffff}', undefined],
    ['', undefined],
  ])('of %j is %j', (prefix, expected) => expect(successor(prefix)).toBe(expected));

  it('divides the texts with a prefix from all later ones, in the order of UTF-8', () => {
    const text = fc.string({ unit: 'binary' });
    const before = (left: string, right: string) => Buffer.compare(Buffer.from(left), Buffer.from(right)) < 0;
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), text, (prefix, rest) => {
        const end = successor(prefix);
        if (end === undefined) return;
        expect(before(prefix + rest, end)).toBe(true);
        expect(!before(rest, prefix) && before(rest, end)).toBe(rest.startsWith(prefix));
      }),
    );
  });
});
