import { describe, expect, it } from '@jest/globals';
import type { Transaction } from '@markitect/ports';
import { gathered } from '../../gathered.js';
import { markitectFailure } from '../../markitect-failure.js';
import { foundResult, jobAt, searchWithJobs } from '../../research/research-contract.js';
import { type OpenUnitOfWork, unitOfWorkTests } from './contract-section.js';

/** Searches, their sources and results as part of a unit of work. */
export function describeResearch(open: OpenUnitOfWork): void {
  const test = unitOfWorkTests(open);
  const questions = async ({ searches }: Transaction) =>
    (await gathered(searches.stream({}))).map(({ question }) => question);
  /** A search with one result. */
  const research = async (transaction: Transaction) => {
    const { search, jobs } = await searchWithJobs(transaction);
    const { id } = jobAt(jobs, 0);
    await transaction.searchResults.addMany(search.id, id, [foundResult('a')]);
    return { searchId: search.id, jobId: id };
  };

  describe('research', () => {
    it(
      'is there once it is committed',
      test(async ({ unitOfWork }) => {
        const { searchId, jobId } = await unitOfWork.run(async (tx) => {
          const made = await research(tx);
          await tx.scrapingJobs.update(made.jobId, { status: 'running' }, ['pending']);
          await tx.searches.updateStatus(made.searchId, 'running', ['pending']);
          expect(await tx.searchResults.rank(made.searchId)).toBe(1);
          return made;
        });
        await unitOfWork.run(async (tx) => {
          expect(await tx.searches.get(searchId)).toMatchObject({ status: 'running' });
          expect(await tx.scrapingJobs.get(jobId)).toMatchObject({ status: 'running', found: 1 });
          const [result] = await gathered(tx.searchResults.stream({ searchId }));
          expect(result).toMatchObject({ reference: 'a', rank: 1, source: 'docs' });
        });
      }),
    );

    it(
      'is not there when it fails, and what was changed is as before',
      test(async ({ unitOfWork }) => {
        const { searchId, jobId } = await unitOfWork.run(research);
        await unitOfWork
          .run(async (tx) => {
            await research(tx);
            await tx.searches.updateDocument(searchId, 'a.md');
            await tx.scrapingJobs.update(jobId, { done: 7, checkpoint: { page: 1 } }, ['pending']);
            await tx.searchResults.addMany(searchId, jobId, [foundResult('b')]);
            throw new Error('undone');
          })
          .catch(() => undefined);
        await unitOfWork.run(async (tx) => {
          expect(await questions(tx)).toHaveLength(1);
          expect(await tx.searches.get(searchId)).not.toHaveProperty('document');
          expect(await tx.scrapingJobs.get(jobId)).toMatchObject({ done: 0, found: 1 });
          expect(await tx.searchResults.count({ searchId })).toBe(1);
        });
      }),
    );

    it(
      'of a nested part that fails is undone alone',
      test(async ({ unitOfWork }) => {
        await unitOfWork.run(async (tx) => {
          await research(tx);
          await tx
            .nested(async (inner) => {
              await research(inner);
              expect(await questions(inner)).toHaveLength(2);
              throw new Error('undone');
            })
            .catch(() => undefined);
          expect(await questions(tx)).toHaveLength(1);
        });
      }),
    );

    it(
      'can be streamed and left in the middle, with nothing under way after it',
      test(async ({ unitOfWork }) => {
        const seen = await unitOfWork.run(async (tx) => {
          const { searchId, jobId } = await research(tx);
          const found = Array.from({ length: 1200 }, (_, index) => foundResult(`r${index}`));
          await tx.searchResults.addMany(searchId, jobId, found);
          let count = 0;
          for await (const { id } of tx.searchResults.stream({ searchId })) {
            count += id > 0 ? 1 : 0;
            if (count === 600) break;
          }
          return count;
        });
        expect(seen).toBe(600);
      }),
    );

    it(
      'can not be used any more when the unit of work is over',
      test(async ({ unitOfWork }) => {
        const { searches, scrapingJobs, searchResults } = await unitOfWork.run((tx) => Promise.resolve(tx));
        for (const late of [
          () => searches.get(1),
          () => scrapingJobs.get(1),
          () => searchResults.rank(1),
          () => gathered(searchResults.stream({ searchId: 1 })),
        ]) {
          expect((await markitectFailure(late)).code).toBe('TRANSACTION_FINISHED');
        }
      }),
    );
  });
}
