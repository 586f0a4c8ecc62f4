import { describe, expect, it } from '@jest/globals';
import type { DocumentSummary } from '@markitect/domain';
import { documentSorts, type DocumentQuery } from '@markitect/ports';
import { gathered } from '../../gathered.js';
import { describeStreaming, type Streamed } from '../../streaming.contract.js';
import { documentDraft } from '../document-draft.js';
import {
  allItems,
  type DocumentContractOptions,
  type OpenRepository,
  path,
  pathsOf,
  repositoryTests,
  store,
  withoutTwins,
} from './contract-section.js';

/** In the order of their code points: U+1F600 comes after U+FF5A, although its UTF-16 units are less. */
const ordered = ['%.md', 'A.md', 'Z.md', '_.md', 'a.md', 'a/b.md', 'ab.md', 'é.md', 'ｚ.md', '𝒜.md', '😀.md'];

export function describeListing(open: OpenRepository, options: DocumentContractOptions): void {
  const test = repositoryTests(open);
  const inOrder = withoutTwins(ordered, options);

  describeStreaming('documents', test, (repository): Streamed<DocumentSummary> => ({
    add: (names) => store(repository, ...names.map((name) => `${name}.md`)),
    stream: () => repository.stream({}),
    nameOf: ({ path: at }) => at.slice(0, -'.md'.length),
  }));

  describe('list', () => {
    it(
      'gives summaries without the content',
      test(async (repository) => {
        const draft = documentDraft({ title: 'Start', tags: ['x'], source: '/s/start.md' });
        await repository.save(draft);
        await store(repository, 'z.md');
        const { items } = await repository.list({});
        expect(items[0]).toStrictEqual({
          path: draft.path,
          title: 'Start',
          tags: ['x'],
          hash: draft.hash,
          bytes: draft.bytes,
          revision: 1,
          createdAt: draft.savedAt,
          updatedAt: draft.savedAt,
          source: '/s/start.md',
        });
        expect(items[1]).not.toHaveProperty('source');
      }),
    );

    it(
      'is empty where nothing is stored or matches, without a cursor',
      test(async (repository) => {
        expect(await repository.list({})).toStrictEqual({ items: [] });
        await store(repository, 'a.md');
        expect(await repository.list({ prefix: 'b' })).toStrictEqual({ items: [] });
      }),
    );

    it(
      'orders by code point, not by UTF-16 unit and not by language',
      test(async (repository) => {
        const drafts = inOrder.map((at, index) => ({ path: at, title: inOrder.at(-1 - index) ?? '' }));
        await store(repository, ...[...drafts].reverse());
        expect(pathsOf((await repository.list({})).items)).toEqual(inOrder);
        expect(pathsOf((await repository.list({ order: 'desc' })).items)).toEqual([...inOrder].reverse());
        const titled = await repository.list({ sort: 'title' });
        expect(titled.items.map((item) => item.title)).toEqual(inOrder);
      }),
    );
  });

  describe('a path to come after', () => {
    it(
      'leaves out what comes before it and itself, whether it is stored or not',
      test(async (repository) => {
        await store(repository, ...inOrder);
        for (const [index, after] of inOrder.entries()) {
          const { items } = await repository.list({ after: path(after) });
          expect(pathsOf(items)).toEqual(inOrder.slice(index + 1));
        }
        expect(pathsOf((await repository.list({ after: path('ａ.md') })).items)).toEqual(inOrder.slice(-3));
      }),
    );

    it(
      'means the order of paths, whatever the sort, and goes together with prefix and pages',
      test(async (repository) => {
        await store(
          repository,
          { path: 'in/a.md', title: '1' },
          { path: 'in/b.md', title: '4' },
          { path: 'in/c.md', title: '3' },
          { path: 'in/d.md', title: '2' },
          { path: 'out.md', title: '0' },
        );
        const query = { after: path('in/a.md'), prefix: 'in/', limit: 2 } as const;
        const all = (more: DocumentQuery) =>
          allItems((page) => repository.list({ ...query, ...more, ...page }));
        expect(pathsOf(await all({ order: 'desc' }))).toEqual(['in/d.md', 'in/c.md', 'in/b.md']);
        expect(pathsOf(await all({ sort: 'title' }))).toEqual(['in/d.md', 'in/c.md', 'in/b.md']);
        expect(pathsOf(await all({ sort: 'title', order: 'desc' }))).toEqual([
          'in/b.md',
          'in/c.md',
          'in/d.md',
        ]);
      }),
    );
  });

  describe('a tag', () => {
    it.each<[string, string[]]>([
      ['rust', ['a.md', 'b.md']],
      ['RUST', ['a.md', 'b.md']],
      ['übung', ['c.md']],
      ['ÜBUNG', ['c.md']],
      ['getting started', ['b.md']],
      ['getting', []],
      ['rus', []],
      ['ru_t', []],
      ['%', []],
      ["o'clock", ['c.md']],
      ['"', ['c.md']],
      ['', []],
    ])('%p selects the documents that have it, case folded', (tag, expected) =>
      test(async (repository) => {
        await store(
          repository,
          { path: 'a.md', tags: ['Rust'] },
          { path: 'b.md', tags: ['x', 'rust', 'Getting Started'] },
          { path: 'c.md', tags: ['Übung', "o'clock", '"', 'rusty'] },
          { path: 'd.md' },
        );
        expect(pathsOf((await repository.list({ tag })).items)).toEqual(expected);
      })(),
    );

    it(
      'written twice in different case lists its document once',
      test(async (repository) => {
        await store(repository, { path: 'a.md', tags: ['Rust', 'rust', 'RUST'] });
        const { items } = await repository.list({ tag: 'rust' });
        expect(items.map((item) => item.tags)).toEqual([['Rust', 'rust', 'RUST']]);
      }),
    );
  });

  describe('a front-matter filter', () => {
    const documents = [
      {
        path: 'a.md',
        frontMatter: {
          status: 'draft',
          count: 3,
          ratio: 1.5,
          done: true,
          none: null,
          people: ['Ada', 'Bob', 7, false],
          author: { name: 'Ada', 'e-mail': 'a@b.c', address: { city: 'Köln' } },
          'key with space': 'spaced',
          'key "quoted" \'twice\'': 'quoted',
          'dotted.key': 'dotted',
          '$[0]': 'path',
          'back\\slash': 'slash',
        },
      },
      {
        path: 'b.md',
        frontMatter: { status: 'Draft', count: '3', done: false, people: 'Ada', author: 'Ada', empty: '' },
      },
      { path: 'c.md', frontMatter: { status: 'draft note', count: 30, done: 1, people: [] } },
      { path: 'd.md' },
    ];

    it.each<[DocumentQuery['frontMatter'], string[]]>([
      [{ status: 'draft' }, ['a.md']],
      [{ status: 'draft note' }, ['c.md']],
      [{ status: '%' }, []],
      [{ count: '3' }, ['a.md', 'b.md']],
      [{ count: '30' }, ['c.md']],
      [{ ratio: '1.5' }, ['a.md']],
      [{ done: 'true' }, ['a.md']],
      [{ done: 'false' }, ['b.md']],
      [{ done: '1' }, ['c.md']],
      [{ done: '0' }, []],
      [{ none: 'null' }, []],
      [{ none: '' }, []],
      [{ empty: '' }, ['b.md']],
      [{ missing: '' }, []],
      [{ people: 'Ada' }, ['a.md', 'b.md']],
      [{ people: 'Bob' }, ['a.md']],
      [{ people: '7' }, ['a.md']],
      [{ people: 'false' }, ['a.md']],
      [{ people: 'Carl' }, []],
      [{ 'author.name': 'Ada' }, ['a.md']],
      [{ 'author.e-mail': 'a@b.c' }, ['a.md']],
      [{ 'author.address.city': 'Köln' }, ['a.md']],
      [{ author: 'Ada' }, ['b.md']],
      [{ 'key with space': 'spaced' }, ['a.md']],
      [{ 'key "quoted" \'twice\'': 'quoted' }, ['a.md']],
      [{ 'dotted.key': 'dotted' }, ['a.md']],
      [{ '$[0]': 'path' }, ['a.md']],
      [{ 'back\\slash': 'slash' }, ['a.md']],
      [{ '': 'draft' }, []],
      [{ '$.status': 'draft' }, []],
      [{ toString: 'draft', status: 'draft' }, []],
      [{ status: 'draft', done: 'true' }, ['a.md']],
      [{ status: 'draft', done: 'false' }, []],
      [{ "x' OR 1=1 --": 'y' }, []],
      [{}, ['a.md', 'b.md', 'c.md', 'd.md']],
    ])('%j selects the documents whose fields have these values', (frontMatter, expected) =>
      test(async (repository) => {
        await store(repository, ...documents);
        expect(pathsOf((await repository.list({ frontMatter: frontMatter ?? {} })).items)).toEqual(expected);
      })(),
    );

    it(
      'goes together with prefix, tag and sort',
      test(async (repository) => {
        const frontMatter = { status: 'draft' };
        await store(
          repository,
          { path: 'in/a.md', frontMatter, tags: ['x'], title: 'B' },
          { path: 'in/b.md', frontMatter, tags: ['x'], title: 'A' },
          { path: 'in/c.md', frontMatter, tags: ['y'] },
          { path: 'in/d.md', tags: ['x'] },
          { path: 'out/a.md', frontMatter, tags: ['x'] },
        );
        const query = { prefix: 'in/', tag: 'X', frontMatter, sort: 'title' } as const;
        const { items } = await repository.list(query);
        expect(pathsOf(items)).toEqual(['in/b.md', 'in/a.md']);
        expect(await gathered(repository.stream(query))).toEqual(items);
      }),
    );
  });

  describe('the order', () => {
    const documents = [
      { path: 'b.md', title: 'same', bytes: 10, savedAt: '2026-01-03T00:00:00.000Z' },
      { path: 'a.md', title: 'same', bytes: 10, savedAt: '2026-01-03T00:00:00.000Z' },
      { path: 'd.md', title: 'Upper', bytes: 9, savedAt: '2026-01-01T00:00:00.000Z' },
      { path: 'c.md', title: 'zebra', bytes: 100, savedAt: '2026-01-02T00:00:00.000Z' },
      { path: 'e.md', title: '', bytes: 0, savedAt: '2026-01-03T00:00:00.000Z' },
    ];
    const expected = {
      path: ['a.md', 'b.md', 'c.md', 'd.md', 'e.md'],
      title: ['e.md', 'd.md', 'a.md', 'b.md', 'c.md'],
      updatedAt: ['d.md', 'c.md', 'a.md', 'b.md', 'e.md'],
      bytes: ['e.md', 'd.md', 'a.md', 'b.md', 'c.md'],
    };

    it.each(documentSorts)('by %s puts equal values in the order of their paths', (sort) =>
      test(async (repository) => {
        await store(repository, ...documents);
        expect(pathsOf((await repository.list({ sort })).items)).toEqual(expected[sort]);
        expect(pathsOf((await repository.list({ sort, order: 'asc' })).items)).toEqual(expected[sort]);
        expect(pathsOf(await gathered(repository.stream({ sort })))).toEqual(expected[sort]);
        const streamed = await gathered(repository.stream({ sort, order: 'desc' }));
        expect(pathsOf(streamed)).toEqual([...expected[sort]].reverse());
        const descending = await repository.list({ sort, order: 'desc' });
        expect(pathsOf(descending.items)).toEqual([...expected[sort]].reverse());
      })(),
    );
  });
}
