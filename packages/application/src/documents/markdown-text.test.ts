import { describe, expect, it } from '@jest/globals';
import { decodeMarkdown, encodeMarkdown } from './markdown-text.js';

const bytes = (...values: (number | string)[]) =>
  Buffer.concat(
    values.map((value) => (typeof value === 'number' ? Buffer.from([value]) : Buffer.from(value))),
  );

describe('decodeMarkdown', () => {
  it('reads UTF-8 and names it by the SHA-256 of its bytes', () => {
    expect(decodeMarkdown(bytes('hello'))).toEqual({
      content: 'hello',
      bytes: 5,
      hash: '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824',
    });
  });

  it('drops a byte order mark but counts and hashes it', () => {
    const marked = decodeMarkdown(bytes('\u{feff}a'));
    expect(marked).toMatchObject({ content: 'a', bytes: 4 });
    expect(marked.hash).not.toBe(decodeMarkdown(bytes('a')).hash);
  });

  it.each([
    ['at the start', bytes(0xff), 0],
    ['inside', bytes('abc', 0xc3, 'def'), 3],
    ['after a character of several bytes', bytes('aé€', 0x80), 6],
    ['cut off at the end', bytes('ab', 0xe2, 0x82), 2],
  ])('refuses a bad byte %s and says where it is', (_where, input, offset) => {
    expect(() => decodeMarkdown(input)).toThrow(
      expect.objectContaining({ code: 'FILE_NOT_UTF8', details: { field: 'content', offset } }),
    );
  });

  it('refuses NUL characters', () => {
    expect(() => decodeMarkdown(bytes('a', 0, 'b'))).toThrow(
      expect.objectContaining({ code: 'FILE_BINARY' }),
    );
  });
});

describe('encodeMarkdown', () => {
  it('gives a text what decoding its bytes gives', () => {
    expect(encodeMarkdown('grüße')).toEqual(decodeMarkdown(bytes('grüße')));
  });

  it('refuses half of a surrogate pair', () => {
    expect(() => encodeMarkdown('a\ud800')).toThrow(expect.objectContaining({ code: 'FILE_NOT_UTF8' }));
  });
});
