import { describe, expect, it } from '@jest/globals';
import { Forbidden } from '@markitect/domain';
import type { SourceRequest } from '@markitect/ports';
import { type InMemoryFile, InMemoryDocumentSource } from './in-memory-document-source.js';
import { markitectFailure } from '../markitect-failure.js';

const unreadable = new Forbidden('FILE_UNREADABLE', 'no');
const source = () =>
  new InMemoryDocumentSource(
    new Map<string, InMemoryFile>([
      ['/base/b.md', '# B'],
      ['/base/a/x.md', new Uint8Array([0xff])],
      ['/base/a/y.txt', 'no Markdown'],
      ['/base/a/broken.md', { error: unreadable, at: 'walk' }],
      ['/base/ab/z.md', { error: unreadable, at: 'read' }],
      ['/other/o.md', 'o'],
    ]),
  );

async function walked(request: Partial<SourceRequest>): Promise<string[]> {
  const found: string[] = [];
  for await (const file of source().walk({ inputs: ['.'], base: '/base', ...request })) {
    found.push('error' in file ? `${file.error.code} ${file.source}` : file.path);
  }
  return found;
}

describe('InMemoryDocumentSource', () => {
  it('walks Markdown files in order, with failures in between', async () => {
    expect(await walked({})).toEqual(['FILE_UNREADABLE /base/a/broken.md', 'a/x.md', 'ab/z.md', 'b.md']);
    expect(await walked({ inputs: ['b.md', './a/', '/other', 'b.md'] })).toEqual([
      'b.md',
      'FILE_UNREADABLE /base/a/broken.md',
      'a/x.md',
      'other/o.md',
    ]);
  });

  it('names documents below the prefix it is given', async () => {
    expect(await walked({ inputs: ['ab'], as: 'book' })).toEqual(['book/z.md']);
    expect(await walked({ inputs: ['b.md'], as: 'book' })).toEqual(['book/b.md']);
  });

  it('refuses inputs that are missing, no Markdown or not allowed', async () => {
    const codeOf = async (input: string, allowedRoots?: string[]) =>
      (
        await markitectFailure(() =>
          source().resolve({ inputs: [input], base: '/base', ...(allowedRoots && { allowedRoots }) }),
        )
      ).code;
    expect(await codeOf('none')).toBe('SOURCE_NOT_FOUND');
    expect(await codeOf('a/y.txt')).toBe('SOURCE_UNSUPPORTED');
    expect(await codeOf('ab', ['/base/a'])).toBe('ROOT_NOT_ALLOWED');
  });

  it('reads bytes up to the limit, and fails as it was told to', async () => {
    expect(await source().read('/base/b.md', 3)).toEqual(new Uint8Array(Buffer.from('# B')));
    expect((await markitectFailure(() => source().read('/base/b.md', 2))).code).toBe('DOCUMENT_TOO_LARGE');
    expect((await markitectFailure(() => source().read('/none.md', 2))).code).toBe('SOURCE_NOT_FOUND');
    expect(await markitectFailure(() => source().read('/base/ab/z.md', 9))).toBe(unreadable);
  });

  it('tells which files are gone', async () => {
    expect(await source().missing(['/base/b.md', '/gone.md'])).toEqual(['/gone.md']);
  });
});
