import { describe, expect, it } from '@jest/globals';
import { documentDraft } from '../document-draft.js';
import {
  type DocumentContractOptions,
  type OpenRepository,
  path,
  repositoryTests,
  store,
  withoutTwins,
} from './contract-section.js';

export function describeReading(open: OpenRepository, options: DocumentContractOptions): void {
  const test = repositoryTests(open);

  describe('get and getMany', () => {
    it(
      'give undefined where nothing is stored',
      test(async (repository) => {
        expect(await repository.get(path('nothing.md'))).toBeUndefined();
        expect(await repository.getMany([path('nothing.md')])).toEqual([undefined]);
        expect(await repository.getMany([])).toEqual([]);
      }),
    );

    it(
      'give back everything that was saved, and no more',
      test(async (repository) => {
        const draft = documentDraft({
          path: 'guides/start.md',
          title: 'Start "here"',
          tags: ['Rust', 'getting started'],
          frontMatter: {
            title: 'Start "here"',
            nested: { list: [1, 'two', null, { three: 3.5 }], 'key with "quotes".and.dots': true },
            empty: {},
            none: null,
          },
          headings: [
            { depth: 1, text: 'Start', slug: 'start', line: 1 },
            { depth: 2, text: 'Näxt 😀', slug: 'näxt-', line: 30 },
          ],
          source: '/home/me/guides/start.md',
          savedAt: '2026-03-01T10:20:30.456Z',
        });
        await repository.save(draft);
        const { content, frontMatter, headings, title, tags, hash, bytes, source, savedAt } = draft;
        expect(await repository.get(draft.path)).toStrictEqual({
          path: draft.path,
          title,
          tags,
          hash,
          bytes,
          revision: 1,
          createdAt: savedAt,
          updatedAt: savedAt,
          source,
          content,
          frontMatter,
          headings,
        });
      }),
    );

    it(
      'leave the source out where there is none',
      test(async (repository) => {
        await store(repository, 'a.md');
        expect(await repository.get(path('a.md'))).not.toHaveProperty('source');
      }),
    );

    it(
      'keep the order asked for, with gaps and repetitions',
      test(async (repository) => {
        await store(repository, 'a.md', 'b.md', 'c.md');
        const found = await repository.getMany(['c.md', 'x.md', 'a.md', 'c.md', 'b.md'].map(path));
        expect(found.map((document) => document?.path)).toEqual(['c.md', undefined, 'a.md', 'c.md', 'b.md']);
      }),
    );

    it(
      'tell paths apart that differ in case, accents or a look-alike',
      test(async (repository) => {
        const all = ['a.md', 'A.md', 'á.md', 'а.md', 'a .md', "a'.md", 'a".md', 'a%.md', 'a_.md', '😀.md'];
        const paths = withoutTwins(all, options);
        await store(repository, ...paths);
        const found = await repository.getMany(paths.map(path));
        expect(found.map((document) => document?.path)).toEqual(paths);
      }),
    );

    it(
      'answer many callers at the same time, each its own',
      test(async (repository) => {
        const paths = Array.from({ length: 64 }, (_, index) => `doc-${index}.md`);
        await store(repository, ...paths);
        const found = await Promise.all([...paths, 'none.md'].map((each) => repository.get(path(each))));
        expect(found.map((document) => document?.path)).toEqual([...paths, undefined]);
      }),
    );

    it(
      'take more paths at once than a statement has parameters',
      test(async (repository) => {
        await store(repository, 'doc-7.md', 'doc-39999.md');
        const paths = Array.from({ length: 40_000 }, (_, index) => path(`doc-${index}.md`));
        const found = await repository.getMany(paths);
        expect(found).toHaveLength(40_000);
        expect(found.flatMap((document) => document?.path ?? [])).toEqual(['doc-7.md', 'doc-39999.md']);
      }),
    );
  });

  describe('content', () => {
    it.each([
      ['nothing at all', ''],
      ['CRLF and lone CR line ends', 'a\r\nb\rc\n\r\n'],
      ['quotes, backslashes and wildcards', `'"\`\\ %_* ''; DROP TABLE documents; --`],
      ['line separators and other invisible characters', 'a\u2028b\u2029c\u00a0\u200b\ufeffd'],
      ['characters beyond the basic plane', '😀 𝒜 👩‍👩‍👧 e\u0301'],
      ['white space only', ' \t\n '],
    ])('comes back exactly with %s', (_, content) =>
      test(async (repository) => {
        const draft = documentDraft({ content });
        await repository.save(draft);
        const found = await repository.get(draft.path);
        expect(found?.content).toBe(content);
        expect(found?.bytes).toBe(Buffer.byteLength(content));
      })(),
    );

    it(
      'of five megabytes comes back exactly',
      test(async (repository) => {
        const line = 'All work and no play makes 😀 a dull boy.\r\n';
        const content = line.repeat(Math.ceil(5_000_000 / Buffer.byteLength(line)));
        const draft = documentDraft({ content });
        await repository.save(draft);
        // Not toBe: a difference would be printed in full.
        expect((await repository.get(draft.path))?.content === content).toBe(true);
      }),
    );
  });

  describe('values', () => {
    it(
      'that were given out can be changed without changing what is stored',
      test(async (repository) => {
        const draft = documentDraft({ frontMatter: { tags: ['one'], nested: { list: [1] } } });
        await repository.save(draft);
        const first = await repository.get(draft.path);
        const before = structuredClone(first);
        Object.assign(first ?? {}, { title: 'changed', content: 'changed' });
        (first?.tags as string[]).push('changed');
        Object.assign(first?.frontMatter['nested'] ?? {}, { list: 'changed' });
        const listed = (await repository.list({})).items[0];
        Object.assign(listed ?? {}, { title: 'changed' });
        (listed?.tags as string[]).push('changed');
        expect(await repository.get(draft.path)).toStrictEqual(before);
        expect((await repository.list({})).items[0]?.tags).toEqual(['one']);
        expect((await repository.list({})).items[0]?.title).toBe(before?.title);
      }),
    );

    it(
      'that were taken in can be frozen, or changed afterwards',
      test(async (repository) => {
        const frontMatter = { nested: { list: [1] } };
        const draft = documentDraft({ frontMatter });
        await repository.save(Object.freeze({ ...draft, tags: Object.freeze(['one']) }));
        frontMatter.nested.list.push(2);
        const found = await repository.get(draft.path);
        expect(found?.tags).toEqual(['one']);
        expect(found?.frontMatter).toEqual({ nested: { list: [1] } });
      }),
    );
  });
}
