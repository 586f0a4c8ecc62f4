import { describe, expect, it } from '@jest/globals';
import { parseSearchQuery, type SearchHit } from '@markitect/domain';
import type { DocumentRepository } from '@markitect/ports';
import { type OpenRepository, path, pathsOf, repositoryTests, store } from './contract-section.js';

const search = async (repository: DocumentRepository, words: string, more: object = {}) =>
  (await repository.search({ terms: parseSearchQuery(words), ...more })).items;

const found = async (repository: DocumentRepository, words: string, more: object = {}) =>
  pathsOf(await search(repository, words, more)).sort();

export function describeSearch(open: OpenRepository): void {
  const test = repositoryTests(open);

  describe('search', () => {
    const documents = [
      { path: 'borrow.md', text: 'The borrow checker looks at every borrow.' },
      { path: 'checker.md', text: 'A checker that does not borrow. Ownership moves.' },
      { path: 'owner.md', text: 'An owner owns; unsafe owners do not. Größe.' },
      { path: 'titled.md', title: 'Lifetimes and scopes', text: 'Nothing else.' },
      {
        path: 'headed.md',
        headings: [{ depth: 2, text: 'Smart pointers', slug: 'smart-pointers', line: 3 }],
        text: 'Nothing else. C3PO café',
      },
    ];

    it.each<[string, string[]]>([
      ['borrow', ['borrow.md', 'checker.md']],
      ['BORROW', ['borrow.md', 'checker.md']],
      ['größe', ['owner.md']],
      ['GRÖSSE', []],
      ['borrow checker', ['borrow.md', 'checker.md']],
      ['checker ownership', ['checker.md']],
      ['borrow nothing', []],
      ['"borrow checker"', ['borrow.md']],
      ['"checker borrow"', []],
      ['"every borrow"', ['borrow.md']],
      ['own*', ['checker.md', 'owner.md']],
      ['owne*', ['checker.md', 'owner.md']],
      ['owner*', ['checker.md', 'owner.md']],
      ['xyz*', []],
      ['"borrow che"*', ['borrow.md']],
      ['"borrow che"', []],
      ['borrow -checker', []],
      ['borrow -ownership', ['borrow.md']],
      ['nothing -"smart pointers"', ['titled.md']],
      ['own* -moves', ['owner.md']],
      ['nothing -life*', ['headed.md']],
      ['lifetimes', ['titled.md']],
      ['lifetimes nothing', ['titled.md']],
      ['"smart pointers"', ['headed.md']],
      ['pointers café', ['headed.md']],
      ['c3po', ['headed.md']],
      ['rrow', []],
      ['"borrow"', ['borrow.md', 'checker.md']],
      ['not-borrow', ['checker.md']],
    ])('%p finds exactly the documents that meet all its terms', (words, expected) =>
      test(async (repository) => {
        await store(repository, ...documents);
        expect(await found(repository, words)).toEqual(expected);
      })(),
    );

    it(
      'finds what meets any of the terms when asked to',
      test(async (repository) => {
        await store(repository, ...documents);
        const any = { match: 'any' };
        expect(await found(repository, 'lifetimes ownership xyz', any)).toEqual(['checker.md', 'titled.md']);
        expect(await found(repository, 'lifetimes borrow -moves', any)).toEqual(['borrow.md', 'titled.md']);
        expect(await found(repository, 'xyz zyx', any)).toEqual([]);
        const { nextCursor: cursor = '' } = await repository.search({
          terms: parseSearchQuery('borrow lifetimes'),
          match: 'any',
          limit: 1,
        });
        await expect(search(repository, 'borrow lifetimes', { cursor })).rejects.toMatchObject({
          code: 'CURSOR_INVALID',
        });
      }),
    );

    it.each([
      'AND',
      'OR',
      'NOT',
      'NEAR',
      'NEAR(borrow checker)',
      'title:borrow',
      'title : borrow',
      '^borrow',
      '{title} : borrow',
      'borrow + checker',
      'borrow^2',
      "borrow' OR 1=1 --",
      'borrow"',
      '"borrow',
      'borrow* AND *',
      '(borrow',
      'borrow)',
      'a.b.c',
      '😀 borrow',
      '\u0301 borrow',
      'borrow\u0000',
      'x'.repeat(5000),
      'word '.repeat(200),
    ])('%p is no error', (words) =>
      test(async (repository) => {
        await store(repository, ...documents);
        const hits = await search(repository, words);
        expect(hits.length).toBeLessThanOrEqual(documents.length);
      })(),
    );

    it.each(['AND', 'OR', 'NOT', 'NEAR'])('takes the operator %p for a word', (word) =>
      test(async (repository) => {
        await store(repository, { path: 'a.md', text: `this ${word.toLowerCase()} that` }, 'b.md');
        expect(await found(repository, word)).toEqual(['a.md']);
      })(),
    );

    it.each([
      [{ words: ['"'], prefix: false, excluded: false }],
      [{ words: ['*'], prefix: true, excluded: false }],
      [{ words: ['\u0301'], prefix: false, excluded: false }],
      [{ words: ['a"b'], prefix: true, excluded: true }],
    ])('does not stumble over terms that no query parses to: %j', (term) =>
      test(async (repository) => {
        await store(repository, ...documents);
        const terms = [{ words: ['borrow'], prefix: false, excluded: false }, term];
        expect((await repository.search({ terms })).items.length).toBeLessThanOrEqual(2);
      })(),
    );

    it(
      'puts a word in the title before one in a heading before one in the text',
      test(async (repository) => {
        const heading = { depth: 2, text: 'About ownership', slug: 'about-ownership', line: 1 };
        const plain = { depth: 2, text: 'About nothing', slug: 'about-nothing', line: 1 };
        const filler = 'words that fill the text and say nothing of it';
        await store(
          repository,
          { path: 'c-title.md', title: 'Of ownership', headings: [plain], text: filler },
          { path: 'a-text.md', title: 'Of nothing', headings: [plain], text: `${filler} ownership` },
          { path: 'b-heading.md', title: 'Of nothing', headings: [heading], text: filler },
          ...Array.from({ length: 20 }, (_, index) => ({ path: `z/${index}.md`, text: filler })),
        );
        const hits = await search(repository, 'ownership');
        expect(pathsOf(hits)).toEqual(['c-title.md', 'b-heading.md', 'a-text.md']);
        const scores = hits.map((hit) => hit.score);
        expect(scores).toEqual([...scores].sort((a, b) => b - a));
        expect(new Set(scores).size).toBe(3);
      }),
    );

    it(
      'puts equally good documents in the order of their paths',
      test(async (repository) => {
        const text = 'the very same text';
        await store(
          repository,
          ...['c.md', 'a.md', '😀.md', 'ｚ.md'].map((at) => ({ path: at, text, title: 'T' })),
        );
        expect(pathsOf(await search(repository, 'same'))).toEqual(['a.md', 'c.md', 'ｚ.md', '😀.md']);
      }),
    );

    it(
      'gives path, title, score and a snippet with the words found',
      test(async (repository) => {
        const around = 'lorem ipsum dolor sit amet '.repeat(200);
        await store(repository, {
          path: 'long.md',
          title: 'Long',
          text: `${around} <b>The</b> borrow checker & "friends" 😀 ${around}`,
        });
        const [hit] = await search(repository, 'BORROW "checker"');
        expect(Object.keys(hit ?? {}).sort()).toEqual(['path', 'score', 'snippet', 'title']);
        expect(hit).toMatchObject({ path: 'long.md', title: 'Long' });
        expect(Number.isFinite(hit?.score)).toBe(true);
        const matches = matchesOf(hit).join(' ').toLowerCase();
        expect(matches).toContain('borrow');
        expect(matches).toContain('checker');
        expect(textOf(hit)).toContain('borrow checker');
        expect(textOf(hit).length).toBeLessThan(1000);
        expect(hit?.snippet.every((part) => part.text !== '')).toBe(true);
      }),
    );

    it(
      'marks the whole word that a prefix stands for, and no other',
      test(async (repository) => {
        await store(repository, { text: 'An owner of things owns ownership.' });
        const [hit] = await search(repository, 'ownersh*');
        expect(matchesOf(hit)).toEqual(['ownership']);
        expect(textOf(hit)).toContain('owns ownership');
      }),
    );

    it(
      'has a snippet also where the word is only in the title',
      test(async (repository) => {
        await store(repository, { title: 'Lifetimes', text: 'Nothing of the kind.' });
        const [hit] = await search(repository, 'lifetimes');
        expect(Array.isArray(hit?.snippet)).toBe(true);
      }),
    );

    it(
      'keeps to a path prefix and a tag',
      test(async (repository) => {
        const text = 'same';
        await store(
          repository,
          { path: 'a_b/1.md', text, tags: ['Rust'] },
          { path: 'a_b/2.md', text },
          { path: 'aXb/3.md', text, tags: ['rust'] },
          { path: '😀/4.md', text, tags: ['rust'] },
        );
        expect(await found(repository, 'same', { prefix: 'a_b' })).toEqual(['a_b/1.md', 'a_b/2.md']);
        expect(await found(repository, 'same', { tag: 'RUST' })).toHaveLength(3);
        expect(await found(repository, 'same', { tag: 'rust', prefix: 'a_b/' })).toEqual(['a_b/1.md']);
        expect(await found(repository, 'same', { prefix: '😀' })).toEqual(['😀/4.md']);
        expect(await found(repository, 'same', { prefix: '%' })).toEqual([]);
      }),
    );

    it(
      'follows updates and removals',
      test(async (repository) => {
        await store(repository, { path: 'a.md', title: 'Ancient', text: 'old words' });
        await store(repository, { path: 'a.md', title: 'Recent', text: 'new words' });
        expect(await found(repository, 'old')).toEqual([]);
        expect(await found(repository, 'ancient')).toEqual([]);
        expect(await found(repository, 'new recent')).toEqual(['a.md']);
        expect((await search(repository, 'new'))[0]?.title).toBe('Recent');
        await repository.remove(path('a.md'));
        expect(await found(repository, 'words')).toEqual([]);
      }),
    );
  });
}

function matchesOf(hit: SearchHit | undefined): string[] {
  return (hit?.snippet ?? []).filter((part) => part.match).map((part) => part.text);
}

function textOf(hit: SearchHit | undefined): string {
  return (hit?.snippet ?? []).map((part) => part.text).join('');
}
