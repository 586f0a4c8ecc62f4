import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { JsonValue } from '../json.js';
import { checkedRecordKey, checkedRecordValue, MAX_RECORD_LENGTH, mergePatch } from './stored-record.js';

const refused = (field: string) =>
  expect.objectContaining({ code: 'REQUEST_INVALID', details: expect.objectContaining({ field }) });

describe('checkedRecordKey', () => {
  it.each(['u1', 'ä/b c', '__proto__', 'x'.repeat(200)])('takes %j', (key) => {
    expect(checkedRecordKey(key)).toBe(key);
  });

  it.each(['', 'x'.repeat(201), 'a\nb', '\u001b[31m', '\ud800'])('refuses %j', (key) => {
    expect(() => checkedRecordKey(key, 'userId')).toThrow(refused('userId'));
  });
});

describe('checkedRecordValue', () => {
  it('takes objects only', () => {
    expect(checkedRecordValue({ a: 1 })).toEqual({ a: 1 });
    for (const value of [null, 1, 'x', [1]] satisfies JsonValue[]) {
      expect(() => checkedRecordValue(value)).toThrow(refused('value'));
    }
  });

  it('refuses what is too large', () => {
    expect(() => checkedRecordValue({ a: 'x'.repeat(MAX_RECORD_LENGTH) })).toThrow(refused('value'));
  });
});

describe('mergePatch', () => {
  // The examples of RFC 7396, appendix A.
  it.each<[JsonValue, JsonValue, JsonValue]>([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [
      ['a', 'b'],
      ['c', 'd'],
      ['c', 'd'],
    ],
    [{ a: 'b' }, ['c'], ['c']],
    [{ a: 'foo' }, null, null],
    [{ a: 'foo' }, 'bar', 'bar'],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('of %j by %j is %j', (value, patch, result) => {
    expect(mergePatch(value, patch)).toEqual(result);
  });

  it('keeps a field called __proto__ a field', () => {
    const patch = JSON.parse('{"__proto__":{"polluted":true}}') as JsonValue;
    expect(JSON.stringify(mergePatch({}, patch))).toBe('{"__proto__":{"polluted":true}}');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('done twice is done once', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (value, patch) => {
        const once = mergePatch(value as JsonValue, patch as JsonValue);
        expect(mergePatch(once, patch as JsonValue)).toEqual(once);
      }),
    );
  });
});
