import { describe, expect, it } from '@jest/globals';
import type { Page, PageRequest } from '@markitect/domain';
import { documentSorts, type DocumentQuery, type DocumentRepository } from '@markitect/ports';
import { markitectFailure } from '../../markitect-failure.js';
import {
  allItems,
  allPages,
  forgedCursors,
  type OpenRepository,
  path,
  pathsOf,
  repositoryTests,
  store,
} from './contract-section.js';

const word = { words: ['word'], prefix: false, excluded: false };
const terms = [word];
const orders = ['asc', 'desc'] as const;

/** Fifteen documents with repeated titles, sizes and times, and paths on both sides of the surrogates. */
const documents = Array.from({ length: 15 }, (_, index) => ({
  path: `${['a', 'ｚ', '😀'][index % 3] ?? ''}/${index}.md`,
  title: `title ${index % 4}`,
  bytes: index % 2 === 0 ? 9 : 10,
  text: `word ${'word '.repeat(index % 5)}`,
  tags: ['x'],
  frontMatter: { status: 'draft' },
  source: `/s/${index}.md`,
  savedAt: `2026-01-0${1 + (index % 3)}T00:00:00.000Z`,
}));

type FetchPage = (
  repository: DocumentRepository,
  page: PageRequest,
) => Promise<Page<{ readonly path: string }>>;

const sequences: [string, FetchPage][] = [
  ['list', (repository, page) => repository.list(page)],
  ['search', (repository, page) => repository.search({ terms, ...page })],
  ['listBySource', (repository, page) => repository.listBySource('/s', page)],
];

export function describePaging(open: OpenRepository): void {
  const test = repositoryTests(open);

  describe('pages', () => {
    const cases = documentSorts.flatMap((sort) => orders.map((order) => [sort, order] as const));

    it.each(cases)('of a list by %s %s hold every document once, whatever their size', (sort, order) =>
      test(async (repository) => {
        await store(repository, ...documents);
        const whole = pathsOf((await repository.list({ sort, order })).items);
        expect(new Set(whole).size).toBe(15);
        for (const limit of [1, 2, 7, 15]) {
          const pages = await allPages((page) => repository.list({ sort, order, limit, ...page }));
          expect(pages.map((page) => page.items.length)).toEqual(sizes(15, limit));
          expect(pathsOf(pages.flatMap((page) => page.items))).toEqual(whole);
        }
      })(),
    );

    it.each(sequences)('of %s hold every document once and end without a cursor', (_, fetchPage) =>
      test(async (repository) => {
        await store(repository, ...documents);
        const whole = pathsOf((await fetchPage(repository, {})).items);
        expect(new Set(whole).size).toBe(15);
        for (const limit of [1, 2, 7, 15]) {
          const pages = await allPages((page) => fetchPage(repository, { limit, ...page }));
          expect(pages.map((page) => page.items.length)).toEqual(sizes(15, limit));
          expect(pathsOf(pages.flatMap((page) => page.items))).toEqual(whole);
          expect(pages.at(-1)).not.toHaveProperty('nextCursor');
        }
      })(),
    );

    it(
      'keep to the filters of their query',
      test(async (repository) => {
        await store(repository, ...documents, { path: 'a/other.md' }, 'b.md');
        const query = { prefix: 'a/', tag: 'x', frontMatter: { status: 'draft' }, limit: 2 };
        const found = await allItems((page) => repository.list({ ...query, ...page }));
        expect(pathsOf(found)).toEqual(['a/0.md', 'a/12.md', 'a/3.md', 'a/6.md', 'a/9.md']);
      }),
    );

    it(
      'have 50 items unless told otherwise, and 500 at most',
      test(async (repository) => {
        await store(repository, ...Array.from({ length: 501 }, (_, index) => `${index}.md`));
        expect((await repository.list({})).items).toHaveLength(50);
        expect((await repository.list({ limit: 500 })).items).toHaveLength(500);
      }),
    );

    it.each(orders)('by path %s lose and repeat nothing while documents come and go', (order) =>
      test(async (repository) => {
        await store(repository, 'b.md', 'd.md', 'f.md', 'h.md', 'k.md');
        const query: DocumentQuery = { order, limit: 2 };
        const first = await repository.list(query);
        // Before and behind the place of the cursor, which itself goes.
        await store(repository, 'a.md', 'c.md', 'e.md', 'g.md', 'i.md', 'z.md');
        await repository.remove(path(first.items[1]?.path ?? ''));
        const rest = await allItems((page) =>
          repository.list({ ...query, cursor: first.nextCursor ?? '', ...page }),
        );
        expect(pathsOf([...first.items, ...rest])).toEqual(
          order === 'asc'
            ? ['b.md', 'd.md', 'e.md', 'f.md', 'g.md', 'h.md', 'i.md', 'k.md', 'z.md']
            : ['k.md', 'h.md', 'g.md', 'f.md', 'e.md', 'd.md', 'c.md', 'b.md', 'a.md'],
        );
      })(),
    );

    it(
      'by title keep their place among equal titles while documents come and go',
      test(async (repository) => {
        const title = 'same';
        await store(repository, ...['b.md', 'd.md', 'f.md', 'h.md'].map((at) => ({ path: at, title })));
        const query: DocumentQuery = { sort: 'title', limit: 2 };
        const first = await repository.list(query);
        await store(repository, ...['a.md', 'c.md', 'e.md'].map((at) => ({ path: at, title })));
        await store(repository, { path: '0.md', title: 'zebra' }, { path: 'z.md', title: 'aardvark' });
        const rest = await allItems((page) =>
          repository.list({ ...query, cursor: first.nextCursor ?? '', ...page }),
        );
        expect(pathsOf(rest)).toEqual(['e.md', 'f.md', 'h.md', '0.md']);
      }),
    );
  });

  describe('a page request', () => {
    it.each(sequences)('of %s with a limit out of range is refused', (_, fetchPage) =>
      test(async (repository) => {
        await store(repository, ...documents);
        for (const limit of [0, -1, 1.5, 501, Number.NaN]) {
          const error = await markitectFailure(() => fetchPage(repository, { limit }));
          expect(error).toMatchObject({ code: 'REQUEST_INVALID', details: { field: 'limit' } });
        }
      })(),
    );

    it.each(sequences)('of %s with a forged cursor is refused', (_, fetchPage) =>
      test(async (repository) => {
        await store(repository, ...documents);
        const genuine = (await fetchPage(repository, { limit: 2 })).nextCursor ?? '';
        for (const cursor of forgedCursors(genuine)) {
          const answer = fetchPage(repository, { limit: 2, cursor }).then(
            () => 'accepted',
            (error: unknown) => (error as { code?: string }).code,
          );
          expect([cursor, await answer]).toEqual([cursor, 'CURSOR_INVALID']);
        }
      })(),
    );

    it(
      'with the cursor of another query is refused',
      test(async (repository) => {
        await store(repository, ...documents);
        const list = (query: DocumentQuery) => () => repository.list(query);
        const { nextCursor: cursor = '' } = await repository.list({ limit: 2 });
        const { nextCursor: found = '' } = await repository.search({ terms, limit: 2 });
        const { nextCursor: sourced = '' } = await repository.listBySource('/s', { limit: 2 });
        for (const operation of [
          list({ cursor, sort: 'title' }),
          list({ cursor, sort: 'bytes' }),
          list({ cursor, sort: 'updatedAt' }),
          list({ cursor, order: 'desc' }),
          list({ cursor, prefix: 'a' }),
          list({ cursor, tag: 'x' }),
          list({ cursor, after: path('a.md') }),
          list({ cursor, frontMatter: { status: 'draft' } }),
          list({ cursor: found }),
          list({ cursor: sourced }),
          () => repository.search({ terms, cursor }),
          () => repository.search({ terms, cursor: found, prefix: 'a' }),
          () => repository.search({ terms, cursor: found, tag: 'x' }),
          () => repository.search({ terms: [{ ...word, prefix: true }], cursor: found }),
          () => repository.search({ terms: [...terms, { ...word, words: ['x'] }], cursor: found }),
          () => repository.listBySource('/s', { cursor }),
          () => repository.listBySource('/', { cursor: sourced }),
        ]) {
          expect((await markitectFailure(operation)).code).toBe('CURSOR_INVALID');
        }
      }),
    );

    it(
      'may have another limit than the one before, and name the defaults',
      test(async (repository) => {
        await store(repository, 'a.md', 'b.md', 'c.md', 'd.md');
        const { nextCursor: cursor = '' } = await repository.list({ limit: 1 });
        const next = await repository.list({ limit: 2, cursor, sort: 'path', order: 'asc' });
        expect(pathsOf(next.items)).toEqual(['b.md', 'c.md']);
      }),
    );
  });
}

/** The sizes of the pages that `total` items fill. */
function sizes(total: number, limit: number): number[] {
  return Array.from({ length: Math.ceil(total / limit) }, (_, page) => Math.min(limit, total - page * limit));
}
