import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isMarkitectError } from '../errors/markitect-error.js';
import {
  documentName,
  markdownExtension,
  MAX_DOCUMENT_PATH_BYTES,
  parseDocumentPath,
} from './document-path.js';

// One seed: a run that fails can be repeated.
fc.configureGlobal({ seed: 2026, numRuns: 500 });

function faultOf(input: string): unknown {
  try {
    parseDocumentPath(input);
  } catch (error) {
    if (isMarkitectError(error) && error.code === 'DOCUMENT_PATH_INVALID') return error.details['fault'];
    throw error;
  }
  return undefined;
}

describe('parseDocumentPath', () => {
  it.each([
    'a.md',
    'guides/start.md',
    '.hidden/..a.md',
    '...',
    'with space.md',
    ' ',
    "it's 100%_*?.md",
    '😀/𝒜.md',
    'c:d.md',
    'https:',
  ])('takes %j as it is', (input) => {
    expect(parseDocumentPath(input)).toBe(input);
  });

  it.each([
    ['', 'it is empty'],
    ['/a.md', 'it is absolute'],
    ['/', 'it is absolute'],
    ['C:/a.md', 'it is absolute'],
    ['a/', 'it ends in "/"'],
    ['a//b.md', 'it contains an empty part ("//")'],
    ['.', 'it contains the part "."'],
    ['a/./b.md', 'it contains the part "."'],
    ['../a.md', 'it contains the part ".."'],
    ['a/..', 'it contains the part ".."'],
    ['a\\b.md', 'it contains a backslash'],
    ['a\u0000.md', 'it contains a control character'],
    ['a\n.md', 'it contains a control character'],
    ['a\u007f.md', 'it contains a control character'],
    ['a\ud800.md', 'it is not well-formed Unicode'],
  ])('refuses %j: %s', (input, fault) => {
    expect(faultOf(input)).toBe(fault);
  });

  it('brings accents into one form', () => {
    expect(parseDocumentPath('cafe\u0301.md')).toBe('caf\u00e9.md');
  });

  it('counts the bytes of the form it gives back', () => {
    const longest = 'é'.repeat(MAX_DOCUMENT_PATH_BYTES / 2);
    expect(parseDocumentPath(longest.normalize('NFD'))).toBe(longest);
    expect(faultOf(`${longest}a`)).toBe('it is 1025 bytes long, more than 1024');
  });

  it('shows the path in its message, clean and short', () => {
    expect(() => parseDocumentPath('a\u0000b')).toThrow('"a\u{fffd}b" is not a document path');
    expect(() => parseDocumentPath(`/${'x'.repeat(500)}`)).toThrow(/^"\/x{76}\.\.\." is not/);
  });

  it('gives back a parsed path unchanged, and throws nothing but its own error', () => {
    fc.assert(
      fc.property(pathLike, (input) => {
        if (faultOf(input) !== undefined) return;
        const path = parseDocumentPath(input);
        expect(parseDocumentPath(path)).toBe(path);
        expect(path).toBe(input.normalize('NFC'));
      }),
    );
  });
});

describe('documentName', () => {
  it.each([
    ['guides/start.md', 'start'],
    ['start.MARKDOWN', 'start'],
    ['a.b/start.v2.mdx', 'start.v2'],
    ['notes.txt', 'notes.txt'],
  ])('of %s is %s', (path, name) => {
    expect(documentName(parseDocumentPath(path))).toBe(name);
  });
});

it.each(['a.md', 'a.markdown', 'a.mdx', 'A.MD'])('%s is Markdown', (name) => {
  expect(markdownExtension.test(name)).toBe(true);
});

it.each(['a.txt', 'md', 'a.md.bak', 'a.mdown'])('%s is not Markdown', (name) => {
  expect(markdownExtension.test(name)).toBe(false);
});

/** Texts of pieces that matter to paths, besides any text at all. */
const pathLike = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(fc.constantFrom('a', '/', '.', '..', '\\', 'é', 'e\u0301', '\u212b', '😀', ' ', ':', '\ud83d'))
    .map((parts) => parts.join('')),
);
