import { isMarkitectError, parseSearchQuery, type SearchTerm } from '@markitect/domain';
import { documentDraft } from '@markitect/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { temporaryStore } from './temporary-store.js';

describe('search', () => {
  let store: Awaited<ReturnType<typeof temporaryStore>>;
  beforeAll(async () => {
    store = await temporaryStore();
    await store.repository.save(
      documentDraft({ text: 'Ownership AND the "borrow" checker NEAR c++ — überall' }),
    );
  });
  afterAll(() => store.close());

  const search = (terms: readonly SearchTerm[], more = {}) => store.repository.search({ terms, ...more });

  it('answers any text somebody may type', async () => {
    const odd = fc.constantFrom(
      '"',
      '*',
      '-',
      'AND',
      'OR',
      'NOT',
      'NEAR(',
      '(',
      ')',
      ':',
      '^',
      '\0',
      '{',
      'title:x',
    );
    const text = fc
      .array(fc.oneof(odd, fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' })))
      .map((parts) => parts.join(' '));
    await fc.assert(
      fc.asyncProperty(text, async (typed) => {
        try {
          await search(parseSearchQuery(typed));
        } catch (error) {
          expect(isMarkitectError(error) && error.code).toBe('SEARCH_QUERY_INVALID');
        }
      }),
      { numRuns: 500 },
    );
  });

  it('answers any terms at all, filters too', async () => {
    const any = fc.string({ unit: 'binary', minLength: 1 });
    const term = fc.record({
      words: fc.array(any, { minLength: 1, maxLength: 4 }),
      prefix: fc.boolean(),
      excluded: fc.boolean(),
    });
    const wanted = fc.record({ words: fc.tuple(any), prefix: fc.boolean(), excluded: fc.constant(false) });
    await fc.assert(
      fc.asyncProperty(wanted, fc.array(term), any, any, async (first, others, prefix, tag) => {
        await search([first, ...others], { prefix, tag });
        const { items } = await store.repository.list({ prefix, tag, frontMatter: { [prefix]: tag } });
        expect(items).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('answers a text of very many words', async () => {
    const words = Array.from({ length: 3000 }, (_, index) => `word${index}`).join(' ');
    expect((await search(parseSearchQuery(words))).items).toEqual([]);
    expect(
      (await search(parseSearchQuery(`ownership ${words.replaceAll('word', '-word')}`))).items,
    ).toHaveLength(1);
  });

  it('finds words whatever their case, ending and accents, and shows where', async () => {
    const [hit] = (await search(parseSearchQuery('owner* borrowed UBERALL'))).items;
    expect(hit?.snippet.filter((part) => part.match).map((part) => part.text)).toEqual([
      'Ownership',
      'borrow',
      'überall',
    ]);
  });

  it.each([
    ['title', { title: 'zeppelin' }],
    ['headings', { headings: [{ depth: 1, text: 'zeppelin', slug: 'z', line: 1 }] }],
    ['text', { text: 'zeppelin' }],
  ])('follows a change of the %s alone', async (field, change) => {
    const before = { path: `${field}.md`, title: 'same', headings: [], text: 'same' };
    const found = async () => (await search(parseSearchQuery('zeppelin'))).items.map((hit) => hit.path);
    await store.repository.save(documentDraft(before));
    expect(await found()).toEqual([]);
    await store.repository.save(documentDraft({ ...before, ...change }));
    expect(await found()).toEqual([`${field}.md`]);
    await store.repository.save(documentDraft(before));
    expect(await found()).toEqual([]);
    await store.connection.integrityCheck();
  });
});
