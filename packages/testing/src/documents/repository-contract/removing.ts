import { describe, expect, it } from '@jest/globals';
import { entityTag, type Precondition } from '@markitect/domain';
import { markitectFailure } from '../../markitect-failure.js';
import { documentDraft } from '../document-draft.js';
import { type OpenRepository, path, pathsOf, repositoryTests, store } from './contract-section.js';

export function describeRemoving(open: OpenRepository): void {
  const test = repositoryTests(open);
  const draft = documentDraft({
    tags: ['gone'],
    frontMatter: { state: 'gone' },
    text: 'peculiar',
    source: '/s/start.md',
  });

  describe('remove', () => {
    it(
      'answers whether there was a document',
      test(async (repository) => {
        await repository.save(draft);
        expect(await repository.remove(draft.path)).toBe(true);
        expect(await repository.remove(draft.path)).toBe(false);
        expect(await repository.remove(path('never.md'))).toBe(false);
      }),
    );

    it(
      'takes the document out of every answer, and no other',
      test(async (repository) => {
        await repository.save(draft);
        await store(repository, { path: 'other.md', tags: ['gone'], text: 'peculiar', links: [draft.path] });
        await repository.remove(draft.path);
        const terms = [{ words: ['peculiar'], prefix: false, excluded: false }];
        expect(await repository.get(draft.path)).toBeUndefined();
        expect(await repository.links(draft.path)).toBeUndefined();
        expect(pathsOf((await repository.list({})).items)).toEqual(['other.md']);
        expect(pathsOf((await repository.list({ tag: 'gone' })).items)).toEqual(['other.md']);
        expect((await repository.list({ frontMatter: { state: 'gone' } })).items).toEqual([]);
        expect(pathsOf((await repository.search({ terms })).items)).toEqual(['other.md']);
        expect(await repository.fingerprints([draft.path])).toEqual([]);
        expect((await repository.listBySource('/s', {})).items).toEqual([]);
        expect(await repository.knownHashes([draft.hash])).toEqual(new Set());
      }),
    );

    it.each<[string, Precondition]>([
      ['present', 'present'],
      ['its tag', { tags: [entityTag({ revision: 1, hash: draft.hash })] }],
    ])('removes when its precondition holds: %s', (_, expected) =>
      test(async (repository) => {
        await repository.save(draft);
        expect(await repository.remove(draft.path, expected)).toBe(true);
      })(),
    );

    it.each<[string, Precondition]>([
      ['absent', 'absent'],
      ['another tag', { tags: [entityTag({ revision: 2, hash: draft.hash })] }],
    ])('removes nothing when its precondition does not hold: %s', (_, expected) =>
      test(async (repository) => {
        await repository.save(draft);
        const before = await repository.get(draft.path);
        const error = await markitectFailure(() => repository.remove(draft.path, expected));
        expect(error).toMatchObject({
          code: 'DOCUMENT_CHANGED',
          details: { current: entityTag({ revision: 1, hash: draft.hash }) },
        });
        expect(await repository.get(draft.path)).toStrictEqual(before);
      })(),
    );

    it(
      'refuses to remove what is expected and is not there',
      test(async (repository) => {
        const error = await markitectFailure(() => repository.remove(draft.path, 'present'));
        expect(error).toMatchObject({ code: 'DOCUMENT_CHANGED', details: { current: null } });
      }),
    );
  });

  describe('removeMany', () => {
    it(
      'removes what there is of the paths and counts it, each once',
      test(async (repository) => {
        await store(repository, 'a.md', 'b.md', 'c.md');
        const paths = ['a.md', 'none.md', 'c.md', 'a.md'].map(path);
        expect(await repository.removeMany(paths)).toBe(2);
        expect(pathsOf((await repository.list({})).items)).toEqual(['b.md']);
        expect(await repository.removeMany(paths)).toBe(0);
        expect(await repository.removeMany([])).toBe(0);
      }),
    );

    it(
      'takes more paths at once than a statement has parameters',
      test(async (repository) => {
        await store(repository, 'doc-7.md', 'doc-39999.md', 'other.md');
        const paths = Array.from({ length: 40_000 }, (_, index) => path(`doc-${index}.md`));
        expect(await repository.removeMany(paths)).toBe(2);
        expect(pathsOf((await repository.list({})).items)).toEqual(['other.md']);
      }),
    );
  });
}
