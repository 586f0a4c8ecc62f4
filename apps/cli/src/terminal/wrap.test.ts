import { describe, expect, it } from '@jest/globals';
import { wrapSpans } from './wrap.js';

const upper = (text: string) => `<${text}>`;

describe('wrapSpans', () => {
  it('breaks at blanks, never beyond the width', () => {
    expect(wrapSpans([{ text: 'one two three four' }], 9)).toEqual(['one two', 'three', 'four']);
  });

  it('breaks what has no blanks where the line is full', () => {
    expect(wrapSpans([{ text: 'ab abcdefghij' }], 4)).toEqual(['ab', 'abcd', 'efgh', 'ij']);
  });

  it('counts wide characters as two columns', () => {
    expect(wrapSpans([{ text: '日本 語' }], 5)).toEqual(['日本', '語']);
  });

  it('keeps words together whose parts are painted differently', () => {
    expect(wrapSpans([{ text: 'see ' }, { text: 'bold', paint: upper }, { text: ', ok' }], 8)).toEqual([
      'see',
      '<bold>, ok',
    ]);
  });

  it('ends lines at line feeds', () => {
    expect(wrapSpans([{ text: 'a\nb' }], 80)).toEqual(['a', 'b']);
  });
});
