import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parseSearchQuery } from '@markitect/domain';
import { documentDraft } from '@markitect/testing';
import { temporaryStore } from './temporary-store.js';

describe('a long document with a common word', () => {
  let store: Awaited<ReturnType<typeof temporaryStore>>;

  beforeEach(async () => {
    store = await temporaryStore();
  });
  afterEach(() => store.close());

  // FTS5's own snippets take minutes for such a text: this test would time out.
  it('is found with a snippet around the first place', async () => {
    const text = `${'nothing here. '.repeat(1000)}Ownership begins ${'the owner of the thing. '.repeat(200_000)}`;
    await store.repository.save(documentDraft({ path: 'long.md', text }));
    for (const query of ['the', 'ownership', '"the thing"', 'own*']) {
      const { items } = await store.repository.search({ terms: parseSearchQuery(query) });
      expect(items.map((item) => item.path)).toEqual(['long.md']);
      const { snippet } = items[0]!;
      expect(snippet.some((part) => part.match)).toBe(true);
      expect(snippet.map((part) => part.text).join('').length).toBeLessThan(300);
    }
  });
});
