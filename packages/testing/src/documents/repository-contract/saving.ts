import { describe, expect, it } from '@jest/globals';
import { entityTag, type Precondition } from '@markitect/domain';
import { markitectFailure } from '../../markitect-failure.js';
import { documentDraft } from '../document-draft.js';
import {
  type DocumentContractOptions,
  type OpenRepository,
  path,
  pathsOf,
  repositoryTests,
  store,
} from './contract-section.js';

const monday = '2026-01-05T09:00:00.000Z';
const tuesday = '2026-01-06T09:00:00.000Z';
const wednesday = '2026-01-07T09:00:00.000Z';

export function describeSaving(open: OpenRepository, { refusesCaseTwins }: DocumentContractOptions): void {
  const test = repositoryTests(open);

  describe('save', () => {
    it(
      'creates a document at revision 1',
      test(async (repository) => {
        const draft = documentDraft({ savedAt: monday });
        const { hash } = draft;
        expect(await repository.save(draft)).toStrictEqual({
          path: draft.path,
          outcome: 'created',
          revision: 1,
          hash,
        });
        expect(await repository.get(draft.path)).toMatchObject({ createdAt: monday, updatedAt: monday });
      }),
    );

    it(
      'updates a document whose content differs: next revision, new time, all fields replaced',
      test(async (repository) => {
        await repository.save(
          documentDraft({ content: 'old', frontMatter: { a: 1 }, tags: ['old'], savedAt: monday }),
        );
        const draft = documentDraft({
          content: 'new',
          title: 'New',
          frontMatter: { b: 2 },
          headings: [{ depth: 1, text: 'New', slug: 'new', line: 1 }],
          savedAt: tuesday,
        });
        expect(await repository.save(draft)).toMatchObject({ outcome: 'updated', revision: 2 });
        expect(await repository.get(draft.path)).toMatchObject({
          content: 'new',
          title: 'New',
          tags: [],
          frontMatter: { b: 2 },
          headings: [{ slug: 'new' }],
          revision: 2,
          createdAt: monday,
          updatedAt: tuesday,
        });
        expect((await repository.list({ tag: 'old' })).items).toEqual([]);
        expect((await repository.list({ frontMatter: { a: '1' } })).items).toEqual([]);
      }),
    );

    it.each([
      ['the same source', '/s/a.md'],
      ['no source', undefined],
    ])('writes nothing for a draft with the stored hash and %s', (_, source) =>
      test(async (repository) => {
        await repository.save(documentDraft({ content: 'same', source: '/s/a.md', savedAt: monday }));
        const before = await repository.get(path('guides/start.md'));
        const again = documentDraft({
          content: 'same',
          title: 'not written',
          savedAt: tuesday,
          ...(source === undefined ? {} : { source }),
        });
        expect(await repository.save(again)).toStrictEqual({
          path: again.path,
          outcome: 'unchanged',
          revision: 1,
          hash: again.hash,
        });
        expect(await repository.get(again.path)).toStrictEqual(before);
      })(),
    );

    it(
      'counts another source as a change',
      test(async (repository) => {
        const read = documentDraft({ content: 'same', source: '/s/a.md', savedAt: tuesday });
        const moved = documentDraft({ content: 'same', source: '/t/a.md', savedAt: wednesday });
        await repository.save(documentDraft({ content: 'same', savedAt: monday }));
        expect(await repository.save(read)).toMatchObject({ outcome: 'updated', revision: 2 });
        expect(await repository.save(moved)).toMatchObject({ outcome: 'updated', revision: 3 });
        expect(await repository.get(read.path)).toMatchObject({
          source: '/t/a.md',
          createdAt: monday,
          updatedAt: wednesday,
        });
      }),
    );

    it(
      'takes the source away with a change that names none',
      test(async (repository) => {
        const edited = documentDraft({ content: 'edited' });
        await repository.save(documentDraft({ content: 'read', source: '/s/a.md' }));
        expect(await repository.save(edited)).toMatchObject({ outcome: 'updated', revision: 2 });
        expect(await repository.get(edited.path)).not.toHaveProperty('source');
        expect((await repository.listBySource('/s', {})).items).toEqual([]);
      }),
    );

    it(
      'starts again at revision 1 after a removal',
      test(async (repository) => {
        await repository.save(documentDraft({ content: 'one', savedAt: monday }));
        await repository.save(documentDraft({ content: 'two', savedAt: monday }));
        await repository.remove(path('guides/start.md'));
        const draft = documentDraft({ content: 'two', savedAt: tuesday });
        expect(await repository.save(draft)).toMatchObject({ outcome: 'created', revision: 1 });
        expect((await repository.get(draft.path))?.createdAt).toBe(tuesday);
      }),
    );
  });

  describe('a precondition of save', () => {
    const first = documentDraft({ content: 'first' });
    const second = documentDraft({ content: 'second' });
    const tagOf = (revision: number, { hash } = first) => entityTag({ revision, hash });

    it.each<[string, Precondition]>([
      ['absent', 'absent'],
      ['no precondition', undefined as never],
    ])('lets a new document in: %s', (_, expected) =>
      test(async (repository) => {
        expect(await repository.save(first, expected)).toMatchObject({ outcome: 'created' });
      })(),
    );

    it.each<[string, Precondition]>([
      ['present', 'present'],
      ['its tag', { tags: [tagOf(1)] }],
      ['its tag among others', { tags: ['other', tagOf(1), tagOf(7)] }],
    ])('lets a change in: %s', (_, expected) =>
      test(async (repository) => {
        await repository.save(first);
        expect(await repository.save(second, expected)).toMatchObject({ outcome: 'updated' });
      })(),
    );

    it.each<[string, Precondition]>([
      ['present', 'present'],
      ['a tag', { tags: [tagOf(1)] }],
    ])('that does not hold keeps a new document out: %s', (_, expected) =>
      test(async (repository) => {
        const error = await markitectFailure(() => repository.save(first, expected));
        expect(error).toMatchObject({ code: 'DOCUMENT_CHANGED', details: { current: null } });
        expect(await repository.get(first.path)).toBeUndefined();
      })(),
    );

    it.each<[string, Precondition]>([
      ['absent', 'absent'],
      ['another revision', { tags: [tagOf(2)] }],
      ['another content', { tags: [tagOf(1, second)] }],
      ['no tag at all', { tags: [] }],
    ])('that does not hold leaves everything as it was: %s', (_, expected) =>
      test(async (repository) => {
        await repository.save(first);
        const before = await repository.get(first.path);
        const error = await markitectFailure(() => repository.save(second, expected));
        expect(error).toMatchObject({
          code: 'DOCUMENT_CHANGED',
          details: { path: first.path, current: tagOf(1) },
        });
        expect(await repository.get(first.path)).toStrictEqual(before);
        expect(await repository.knownHashes([second.hash])).toEqual(new Set());
      })(),
    );

    it(
      'is judged before the save is found to change nothing',
      test(async (repository) => {
        await repository.save(first);
        const error = await markitectFailure(() => repository.save(first, 'absent'));
        expect(error.code).toBe('DOCUMENT_CHANGED');
        expect(await repository.save(first, 'present')).toMatchObject({ outcome: 'unchanged' });
      }),
    );
  });

  describe('saveMany', () => {
    it(
      'answers in the order of the drafts, each with its own outcome',
      test(async (repository) => {
        const same = documentDraft({ path: 'same.md' });
        await repository.saveMany([same, documentDraft({ path: 'old.md', content: 'old' })]);
        const results = await repository.saveMany([
          documentDraft({ path: 'z-new.md' }),
          same,
          documentDraft({ path: 'old.md', content: 'changed' }),
          documentDraft({ path: 'a-new.md' }),
        ]);
        expect(results.map(({ path: at, outcome, revision }) => [at, outcome, revision])).toEqual([
          ['z-new.md', 'created', 1],
          ['same.md', 'unchanged', 1],
          ['old.md', 'updated', 2],
          ['a-new.md', 'created', 1],
        ]);
      }),
    );

    it(
      'does nothing with no drafts',
      test(async (repository) => {
        expect(await repository.saveMany([])).toEqual([]);
      }),
    );

    it(
      'tells paths that differ in case only apart, or refuses the second and stores nothing',
      test(async (repository) => {
        const first = documentDraft({ path: 'a/plan.md' });
        const twin = documentDraft({ path: 'A/plan.md' });
        await repository.save(first);
        const savings = [
          () => repository.save(twin),
          () => repository.saveMany([documentDraft({ path: 'b.md' }), twin]),
        ];
        if (refusesCaseTwins === true) {
          for (const save of savings) expect((await markitectFailure(save)).code).toBe('FILE_NAME_CONFLICT');
          expect(pathsOf((await repository.list({})).items)).toEqual([first.path]);
        } else {
          for (const save of savings) await save();
          expect(pathsOf((await repository.list({})).items)).toEqual([twin.path, first.path, 'b.md']);
        }
      }),
    );

    it(
      'refuses two drafts with one path and stores none',
      test(async (repository) => {
        await store(repository, { path: 'b.md', content: 'before' });
        const drafts = [
          documentDraft({ path: 'a.md' }),
          documentDraft({ path: 'b.md', content: 'one' }),
          documentDraft({ path: 'b.md', content: 'two' }),
        ];
        const error = await markitectFailure(() => repository.saveMany(drafts));
        expect(error.code).toBe('REQUEST_INVALID');
        expect(pathsOf((await repository.list({})).items)).toEqual(['b.md']);
        expect((await repository.get(path('b.md')))?.content).toBe('before');
      }),
    );

    it(
      'stores a thousand documents with everything that belongs to them',
      test(async (repository) => {
        const drafts = Array.from({ length: 1000 }, (_, index) =>
          documentDraft({
            path: `many/${index}.md`,
            text: `number n${index}`,
            tags: [`tag-${index % 10}`],
            links: [`${(index + 1) % 1000}.md`],
          }),
        );
        const results = await repository.saveMany(drafts);
        expect(results.map((result) => result.path)).toEqual(pathsOf(drafts));
        expect((await repository.list({ tag: 'tag-3', limit: 500 })).items).toHaveLength(100);
        const links = await repository.links(path('many/0.md'));
        expect(links?.outgoing[0]?.path).toBe('many/1.md');
        expect(links?.incoming[0]?.path).toBe('many/999.md');
      }),
    );
  });
}
