import { describe, expect, it } from '@jest/globals';
import type { JsonValue } from '@markitect/domain';
import fc from 'fast-check';
import { decodeCursor, encodeCursor } from './cursor.js';

// One seed: a run that fails can be repeated.
fc.configureGlobal({ seed: 2026, numRuns: 500 });

const query = { sort: 'title', prefix: 'ä😀"' };
const isAny = (place: readonly JsonValue[]): place is readonly JsonValue[] => Array.isArray(place);
const isPair = (place: readonly JsonValue[]): place is [string, number] =>
  place.length === 2 && typeof place[0] === 'string' && typeof place[1] === 'number';
const refused = expect.objectContaining({ code: 'CURSOR_INVALID', details: { field: 'cursor' } });

describe('a cursor', () => {
  it('gives back the place it was made from', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.jsonValue(), (place, of) => {
        const plain = JSON.parse(JSON.stringify([place, of])) as [JsonValue[], JsonValue];
        expect(decodeCursor(encodeCursor(plain[1], plain[0]), plain[1], isAny)).toEqual(plain[0]);
      }),
    );
  });

  it('can stand in an address as it is', () => {
    expect(encodeCursor(query, ['ÿ😀>>>???', 1])).toMatch(/^[\w-]+$/);
  });

  it.each<[JsonValue]>([
    [{ sort: 'path', prefix: 'ä😀"' }],
    [{ prefix: 'ä😀"', sort: 'title' }],
    [null],
    [[]],
    [''],
  ])('is refused for another query: %j', (other) => {
    const cursor = encodeCursor(query, ['a', 1]);
    expect(() => decodeCursor(cursor, other, isPair)).toThrow(refused);
  });

  it.each<[readonly JsonValue[]]>([[[]], [['a']], [['a', '1']], [['a', 1, 2]], [[{}, 1]], [[['a', 1]]]])(
    'is refused when its place has another form: %j',
    (place) => {
      expect(() => decodeCursor(encodeCursor(query, place), query, isPair)).toThrow(refused);
    },
  );

  it('is refused, and nothing else happens, when it is any other text', () => {
    fc.assert(
      fc.property(forgeries, (cursor) => {
        expect(() => decodeCursor(cursor, query, isPair)).toThrow(refused);
      }),
    );
  });

  it('is refused when it is cut short', () => {
    const cursor = encodeCursor(query, ['some/path.md', 12]);
    for (let length = 0; length < cursor.length - 1; length += 1) {
      expect(() => decodeCursor(cursor.slice(0, length), query, isPair)).toThrow(refused);
    }
  });
});

const forgeries = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.jsonValue().map((value) => Buffer.from(JSON.stringify(value)).toString('base64url')),
);
