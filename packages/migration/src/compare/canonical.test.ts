import { describe, expect, it } from '@jest/globals';
import { canonicalHash, canonicalJson, redacted } from './canonical.js';
import { differences } from './differences.js';

describe('canonical values', () => {
  it('are alike whatever the order of their fields, and however nothing is said', () => {
    expect(canonicalJson({ b: [1, { d: 1, c: 2 }], a: undefined })).toBe('{"b":[1,{"c":2,"d":1}]}');
    expect(canonicalHash({ a: 1, b: 2 })).toBe(canonicalHash({ b: 2, a: 1 }));
    expect(canonicalHash(undefined)).not.toBe(canonicalHash(null));
    expect(canonicalJson({ a: 1, at: 2, in: [{ at: 3 }] }, new Set(['at']))).toBe('{"a":1,"in":[{}]}');
  });

  it('are redacted to what kind they are, and whether they are another', () => {
    expect([redacted(undefined), redacted(null), redacted(true)]).toEqual(['(none)', null, true]);
    expect(redacted('secret')).toMatch(/^\(string #[0-9a-f]{8}\)$/);
    expect(redacted(['a'])).toMatch(/^\(list #/);
    expect(redacted('a')).not.toBe(redacted('b'));
  });
});

describe('differences', () => {
  it('name the fields, at any depth', () => {
    const legacy = { name: 'a', list: [1, { x: 1 }], gone: 1, at: 1 };
    const modern = { name: 'a', list: [1, { x: 2 }, 3], at: 2 };
    expect(differences(legacy, modern, new Set(['at'])).map(({ path }) => path)).toEqual([
      'list[1].x',
      'list[2]',
      'gone',
    ]);
    expect(differences(undefined, 1)).toEqual([{ path: '', legacy: undefined, modern: 1 }]);
    expect(differences({ a: 1 }, { a: 1 })).toEqual([]);
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`f${index}`, index]));
    expect(differences(many, {})).toHaveLength(20);
  });
});
