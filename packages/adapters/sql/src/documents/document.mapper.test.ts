import { describe, expect, it } from '@jest/globals';
import type { ContentHash, DocumentDraft, DocumentPath } from '@markitect/domain';
import { documentLinkRows, documentRow, documentTagRows } from './document.mapper.js';

const draft: DocumentDraft = {
  path: 'Guides/README.md' as DocumentPath,
  title: 'Guides',
  tags: ['Rust', 'rust', 'Web'],
  hash: 'a'.repeat(64) as ContentHash,
  bytes: 12,
  content: '# Guides\n',
  frontMatter: { tags: ['Rust'] },
  headings: [
    { depth: 1, text: 'Guides', slug: 'guides', line: 1 },
    { depth: 2, text: 'More', slug: 'more', line: 3 },
  ],
  anchors: ['x'],
  links: [
    { href: 'https://a.b', text: 'out', line: 1, target: { kind: 'external' } },
    { href: 'a.png', text: 'image', line: 2, target: { kind: 'asset', path: 'Guides/a.png' } },
    { href: 'b.md#c', text: 'in', line: 3, target: { kind: 'document', key: 'guides/b', fragment: 'c' } },
    { href: 'b.md', text: 'in', line: 4, target: { kind: 'document', key: 'guides/b' } },
  ],
  text: 'Guides',
  savedAt: '2026-01-02T00:00:00.000Z',
};

describe('the rows of a draft', () => {
  it('hold a new document at revision 1, born when it was saved', () => {
    expect(documentRow(draft, 7)).toMatchObject({
      id: 7,
      link_key: 'guides',
      revision: 1,
      created_at: draft.savedAt,
      updated_at: draft.savedAt,
      source: null,
      heading_text: 'Guides\nMore',
      tags: '["Rust","rust","Web"]',
      anchors: '["x"]',
    });
  });

  it('hold a changed document at the next revision, born when it was', () => {
    const stored = { revision: 4, createdAt: '2025-01-01T00:00:00.000Z' };
    expect(documentRow({ ...draft, source: '/s/a.md' }, 7, stored)).toMatchObject({
      revision: 5,
      created_at: stored.createdAt,
      updated_at: draft.savedAt,
      source: '/s/a.md',
    });
  });

  it('hold tags that differ only in case once', () => {
    expect(documentTagRows(draft, 7)).toEqual([
      { document_id: 7, tag: 'rust' },
      { document_id: 7, tag: 'web' },
    ]);
  });

  it('hold the place of each link and where it leads', () => {
    expect(
      documentLinkRows(draft, 7).map((row) => [row.position, row.kind, row.target, row.fragment]),
    ).toEqual([
      [0, 'external', null, null],
      [1, 'asset', 'Guides/a.png', null],
      [2, 'document', 'guides/b', 'c'],
      [3, 'document', 'guides/b', null],
    ]);
  });
});
