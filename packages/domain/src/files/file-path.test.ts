import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { filePathKey, MAX_FILE_NAME_BYTES, MAX_FILE_PATH_BYTES, parseFilePath } from './file-path.js';

describe('the path of a file', () => {
  it.each(['a', 'a.md', 'a/b/c', 'ein Ordner/ä ö ü.md', '.hidden', '...', 'ab:c', '-rf', '\u{1f600}'])(
    'may be %s',
    (path) => expect(parseFilePath(path)).toBe(path),
  );

  it('is answered in Unicode form NFC', () => {
    expect(parseFilePath('e\u0301/A\u030a.md')).toBe('\u00e9/\u00c5.md');
  });

  it.each([
    ['', 'empty'],
    ['/etc/passwd', 'absolute'],
    ['//host/share', 'absolute'],
    ['C:/x', 'drive letter'],
    ['c:x', 'drive letter'],
    ['..', '".."'],
    ['a/../../b', '".."'],
    ['./a', '"."'],
    ['a/.', '"."'],
    ['a//b', 'empty part'],
    ['a/', 'ends in "/"'],
    ['a\\b', 'backslash'],
    ['..\\b', 'backslash'],
    ['a\0b', 'control'],
    ['a\nb', 'control'],
    ['a\u0085b', 'control'],
    ['a\ud800', 'well-formed'],
    ['.markitect-staged', 'reserved'],
    ['.markitect-staged/x', 'reserved'],
    ['a/.MARKITECT-Staged/x', 'reserved'],
    ['.mar\u212aitect-staged/x', 'reserved'],
    ['x'.repeat(MAX_FILE_NAME_BYTES + 1), '256 bytes'],
    ['\u00e9'.repeat(128), '256 bytes'],
    [`${'x/'.repeat(MAX_FILE_PATH_BYTES / 2)}x`, '1025 bytes'],
  ])('may not be %j: %s', (path, why) => {
    let error: unknown;
    try {
      parseFilePath(path);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code: 'FILE_PATH_INVALID' });
    expect(String(error)).toContain(why);
  });

  it('may have parts and a whole of exactly the limits', () => {
    for (const path of ['x'.repeat(255), '\u00e9'.repeat(127), `${'x/'.repeat(511)}xx`]) {
      expect(parseFilePath(path)).toBe(path);
    }
  });

  it('names only what lies below, whatever the input, and stays as it is when parsed again', () => {
    const hostile = fc.string({
      unit: fc.constantFrom('.', '/', '\\', 'a', ':', '\0', 'é', '..'),
      maxLength: 12,
    });
    fc.assert(
      fc.property(fc.oneof(hostile, fc.string({ unit: 'binary' })), (input) => {
        let path: string;
        try {
          path = parseFilePath(input);
        } catch (error) {
          expect(error).toMatchObject({ code: 'FILE_PATH_INVALID' });
          return;
        }
        expect(new URL(path.replace(/[%?#:]/g, '_'), 'file:///root/').pathname).toMatch(/^\/root\/./);
        expect(path).not.toMatch(/(^|\/)\.{0,2}(\/|$)/);
        expect(parseFilePath(path)).toBe(path);
      }),
    );
  });
});

describe('the key of a path', () => {
  it.each([
    ['README.md', 'readme.MD'],
    ['\u00e9', 'e\u0301'],
    ['\u00c9', 'e\u0301'],
    ['stra\u00dfe', 'STRASSE'],
    ['\u1e9e', '\u00df'],
    ['\u212a', 'k'],
    ['\u017f', 's'],
    ['\u03c2', '\u03a3'],
  ])('is the same for %s and %s', (one, other) => expect(filePathKey(one)).toBe(filePathKey(other)));

  it.each([
    ['a', 'b'],
    ['a', 'a '],
    ['\u00e9', 'e'],
    ['a.md', 'a_md'],
  ])('is another for %j and %j', (one, other) => expect(filePathKey(one)).not.toBe(filePathKey(other)));
});
