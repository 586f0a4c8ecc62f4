import { describe, expect, it } from '@jest/globals';
import { fitEnd, fitMiddle, padEnd, padStart } from './fit.js';

describe('fitting text to columns', () => {
  it('leaves what fits', () => {
    expect([fitEnd('abc', 3), fitMiddle('abc', 3)]).toEqual(['abc', 'abc']);
  });

  it('cuts at the end or in the middle, with an ellipsis', () => {
    expect(fitEnd('abcdef', 4)).toBe('abc…');
    expect(fitMiddle('guides/deep/start.md', 12)).toBe('gui…start.md');
  });

  it('counts wide characters as two columns and never halves one', () => {
    expect(fitEnd('日本語', 4)).toBe('日…');
    expect(padEnd('日', 4)).toBe('日  ');
    expect(padStart('12', 4)).toBe('  12');
  });
});
