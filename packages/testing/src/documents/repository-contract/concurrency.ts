import { describe, expect, it } from '@jest/globals';
import { markitectFailure } from '../../markitect-failure.js';
import { documentDraft } from '../document-draft.js';
import { allItems, type OpenRepository, path, repositoryTests } from './contract-section.js';

const CALLERS = 64;
const callers = Array.from({ length: CALLERS }, (_, index) => index);

export function describeConcurrency(open: OpenRepository): void {
  const test = repositoryTests(open);

  describe('at the same time', () => {
    it(
      'saves of different paths are all stored',
      test(async (repository) => {
        const results = await Promise.all(
          callers.map((caller) => repository.save(documentDraft({ path: `doc-${caller}.md` }))),
        );
        expect(results.map((result) => result.path)).toEqual(callers.map((caller) => `doc-${caller}.md`));
        expect(results.every((result) => result.outcome === 'created' && result.revision === 1)).toBe(true);
        expect(await allItems((page) => repository.list(page))).toHaveLength(CALLERS);
      }),
    );

    it(
      'saves of one path get the revisions from 1, each once, and the last one stays',
      test(async (repository) => {
        const drafts = callers.map((caller) => documentDraft({ content: `version ${caller}` }));
        const results = await Promise.all(drafts.map((draft) => repository.save(draft)));
        const revisions = results.map((result) => result.revision).sort((a, b) => a - b);
        expect(revisions).toEqual(callers.map((caller) => caller + 1));
        expect(results.filter((result) => result.outcome === 'created').map((r) => r.revision)).toEqual([1]);
        const last = results.find((result) => result.revision === CALLERS);
        expect(await repository.get(path('guides/start.md'))).toMatchObject({
          revision: CALLERS,
          hash: last?.hash,
        });
        expect(results.map((result) => result.hash)).toEqual(drafts.map((draft) => draft.hash));
      }),
    );

    it(
      'saves of one content create it once',
      test(async (repository) => {
        const results = await Promise.all(callers.map(() => repository.save(documentDraft())));
        expect(results.filter((result) => result.outcome === 'created')).toHaveLength(1);
        expect(results.filter((result) => result.outcome === 'unchanged')).toHaveLength(CALLERS - 1);
        expect(results.every((result) => result.revision === 1)).toBe(true);
      }),
    );

    it(
      'saves that expect nothing to be there: one wins, the others learn of it',
      test(async (repository) => {
        const results = await Promise.all(
          callers.map((caller) => {
            const draft = documentDraft({ content: `version ${caller}` });
            return repository.save(draft, 'absent').catch((error: unknown) => error as { code: string });
          }),
        );
        const lost = results.filter((result) => 'code' in result);
        expect(lost).toHaveLength(CALLERS - 1);
        expect(new Set(lost.map((error) => ('code' in error ? error.code : '')))).toEqual(
          new Set(['DOCUMENT_CHANGED']),
        );
        expect((await repository.get(path('guides/start.md')))?.revision).toBe(1);
      }),
    );

    it(
      'a save that fails does not take the others with it',
      test(async (repository) => {
        const [failure, ...results] = await Promise.all([
          markitectFailure(() => repository.save(documentDraft({ path: 'refused.md' }), 'present')),
          ...callers.map((caller) => repository.save(documentDraft({ path: `doc-${caller}.md` }))),
          repository.saveMany([documentDraft({ path: 'x.md' }), documentDraft({ path: 'y.md' })]),
        ]);
        expect(failure.code).toBe('DOCUMENT_CHANGED');
        expect(results).toHaveLength(CALLERS + 1);
        expect(await allItems((page) => repository.list(page))).toHaveLength(CALLERS + 2);
        expect(await repository.get(path('refused.md'))).toBeUndefined();
      }),
    );

    it(
      'a batch that fails leaves nothing, the saves around it stay',
      test(async (repository) => {
        const twice = documentDraft({ path: 'twice.md' });
        const [, failure] = await Promise.all([
          repository.save(documentDraft({ path: 'before.md' })),
          markitectFailure(() => repository.saveMany([documentDraft({ path: 'batch.md' }), twice, twice])),
          repository.save(documentDraft({ path: 'after.md' })),
        ]);
        expect(failure.code).toBe('REQUEST_INVALID');
        const listed = await allItems((page) => repository.list(page));
        expect(listed.map((summary) => summary.path)).toEqual(['after.md', 'before.md']);
      }),
    );

    it(
      'a caller reads what it has just written, whoever else writes',
      test(async (repository) => {
        const seen = await Promise.all(
          callers.map(async (caller) => {
            const draft = documentDraft({ path: `doc-${caller}.md`, content: `by ${caller}` });
            await repository.save(draft);
            return (await repository.get(draft.path))?.content;
          }),
        );
        expect(seen).toEqual(callers.map((caller) => `by ${caller}`));
      }),
    );

    it(
      'a reader sees a batch whole or not at all',
      test(async (repository) => {
        const paths = Array.from({ length: 20 }, (_, index) => path(`batch/${index}.md`));
        const writing = [1, 2, 3, 4].map((round) =>
          repository.saveMany(paths.map((at) => documentDraft({ path: at, content: `round ${round}` }))),
        );
        const reading = callers.map(async () => {
          const found = await repository.getMany(paths);
          return new Set(found.map((document) => document?.content)).size;
        });
        expect(new Set(await Promise.all(reading))).toEqual(new Set([1]));
        await Promise.all(writing);
      }),
    );

    it(
      'a save and a removal leave the document whole or gone',
      test(async (repository) => {
        const draft = documentDraft({ text: 'whole' });
        const terms = [{ words: ['whole'], prefix: false, excluded: false }];
        await Promise.all(
          callers.map((caller) =>
            caller % 2 === 0 ? repository.save(draft) : repository.remove(draft.path).then(() => undefined),
          ),
        );
        const found = await repository.get(draft.path);
        expect((await repository.search({ terms })).items).toHaveLength(found === undefined ? 0 : 1);
      }),
    );
  });
}
