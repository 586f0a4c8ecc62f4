import { describe, expect, it } from '@jest/globals';
import { byCodePoint, isWithin } from './path-order.js';

describe('the order of names', () => {
  it('is that of their UTF-8 bytes', () => {
    const names = [
      'b',
      'B',
      '',
      'ba',
      'a',
      'é',
      'z',
      '\ud7ff',
      '\ue000',
      '\uffff',
      '\u{10000}',
      '\u{10ffff}',
      '\u{1f600}x',
      '\u{1f600}',
    ];
    const bytes = (name: string) => Buffer.from(name);
    expect([...names].sort(byCodePoint)).toEqual(
      [...names].sort((a, b) => Buffer.compare(bytes(a), bytes(b))),
    );
  });
});

describe('lying within a folder', () => {
  it.each([
    ['/a', '/a', true],
    ['/a/b', '/a', true],
    ['/ab', '/a', false],
    ['/a', '/a/b', false],
    ['/a', '/', true],
  ])('%s in %s: %s', (path, folder, expected) => {
    expect(isWithin(path, folder)).toBe(expected);
  });
});
