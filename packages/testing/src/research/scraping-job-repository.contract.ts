import { describe, expect, it } from '@jest/globals';
import { MAX_PROBLEMS, parseResearchSources, type ScrapingProblem } from '@markitect/domain';
import { markitectFailure } from '../markitect-failure.js';
import {
  foundResult,
  jobAt,
  type OpenResearch,
  researchTests,
  searchDraftOf,
  searchWithJobs,
} from './research-contract.js';
import { without } from './research-book.js';

/** What every ScrapingJobRepository promises. */
export function describeScrapingJobRepositoryContract(name: string, open: OpenResearch): void {
  const test = researchTests(open);
  const problem = (number: number): ScrapingProblem => ({
    reference: `https://example.org/${number}`,
    code: 'WEB_NOT_FOUND',
    message: 'There is nothing.',
  });

  describe(`${name} keeps the ScrapingJobRepository contract`, () => {
    it(
      'stores a pending job for each source, in their order',
      test(async (opened) => {
        const { scrapingJobs } = opened;
        await searchWithJobs(opened);
        const { search, jobs } = await searchWithJobs(opened, 'web:https://example.org/ä,/b,issues,docs');
        expect(jobs.map(({ source }) => source)).toEqual(search.sources);
        expect(jobs[0]).toEqual({
          id: jobAt(jobs, 0).id,
          searchId: search.id,
          source: { scraper: 'web', target: 'https://example.org/ä,/b' },
          status: 'pending',
          found: 0,
          done: 0,
          problems: [],
          problemCount: 0,
          createdAt: search.createdAt,
          updatedAt: search.createdAt,
        });
        expect(await scrapingJobs.listBySearch(search.id)).toEqual(jobs);
        expect(await scrapingJobs.get(jobAt(jobs, 1).id)).toEqual(jobs[1]);
        expect(await scrapingJobs.get(999)).toBeUndefined();
        expect(await scrapingJobs.listBySearch(999)).toEqual([]);
      }),
    );

    it(
      'refuses jobs of no search, and sources that a search has already',
      test(async ({ searches, scrapingJobs }) => {
        const sources = parseResearchSources('docs,issues');
        const missing = await markitectFailure(() => scrapingJobs.createMany(99, sources));
        expect(missing.code).toBe('SEARCH_NOT_FOUND');
        const { id } = await searches.create(searchDraftOf());
        const [first, second] = sources;
        if (first === undefined || second === undefined) throw new Error('two sources');
        await scrapingJobs.createMany(id, [first]);
        for (const twice of [
          [second, second],
          [second, first],
        ]) {
          const error = await markitectFailure(() => scrapingJobs.createMany(id, twice));
          expect(error.code).toBe('SEARCH_SOURCE_INVALID');
        }
        const [added] = await scrapingJobs.createMany(id, [second]);
        expect(added?.source).toEqual(second);
        expect((await scrapingJobs.listBySearch(id)).map(({ source }) => source)).toEqual(sources);
      }),
    );

    it(
      'changes what is given and leaves the rest',
      test(async (opened) => {
        const { scrapingJobs, advance } = opened;
        const { jobs } = await searchWithJobs(opened);
        const job = jobAt(jobs, 0);
        advance(500);
        const at = (ms: number) => new Date(Date.parse(job.createdAt) + ms).toISOString();
        const begun = await scrapingJobs.update(job.id, { status: 'running', taskId: 7 }, ['pending']);
        expect(begun).toEqual({
          ...job,
          status: 'running',
          taskId: 7,
          startedAt: at(500),
          updatedAt: at(500),
        });
        advance(500);
        const checkpoint = { page: 3, 'ünï “x”': [null, true] };
        const further = await scrapingJobs.update(
          job.id,
          { done: 3, total: 10, checkpoint, problems: [problem(1)] },
          ['running'],
        );
        expect(further).toEqual({
          ...begun,
          done: 3,
          total: 10,
          checkpoint,
          problems: [problem(1)],
          problemCount: 1,
          updatedAt: at(1000),
        });
        advance(500);
        const failure = { code: 'WEB_UNAVAILABLE', message: 'It’s gone.' };
        const ended = await scrapingJobs.update(
          job.id,
          { status: 'failed', checkpoint: null, problems: [problem(2)], failure },
          ['running'],
        );
        expect(ended).toEqual({
          ...without(further, 'checkpoint'),
          status: 'failed',
          failure,
          problems: [problem(1), problem(2)],
          problemCount: 2,
          updatedAt: at(1500),
          finishedAt: at(1500),
        });
        expect(await scrapingJobs.get(job.id)).toEqual(ended);
        expect(await scrapingJobs.get(jobAt(jobs, 1).id)).toEqual(jobs[1]);
      }),
    );

    it(
      'keeps the first beginning of a job that begins again, and no end while it runs',
      test(async (opened) => {
        const { scrapingJobs, advance } = opened;
        const { jobs } = await searchWithJobs(opened);
        const { id } = jobAt(jobs, 0);
        const first = await scrapingJobs.update(id, { status: 'running' }, ['pending']);
        advance(10);
        await scrapingJobs.update(id, { status: 'cancelled' }, ['running']);
        const again = await scrapingJobs.update(id, { status: 'running' }, ['cancelled']);
        expect(again.startedAt).toBe(first.startedAt);
        expect(again).not.toHaveProperty('finishedAt');
        advance(10);
        const progress = await scrapingJobs.update(id, { done: 1 }, ['running']);
        expect(progress).not.toHaveProperty('finishedAt');
      }),
    );

    it(
      'keeps the first problems and counts all',
      test(async (opened) => {
        const { jobs } = await searchWithJobs(opened);
        const { id } = jobAt(jobs, 0);
        const all = Array.from({ length: MAX_PROBLEMS + 20 }, (_, index) => problem(index));
        await opened.scrapingJobs.update(id, { problems: all.slice(0, 30) }, ['pending']);
        const job = await opened.scrapingJobs.update(id, { problems: all.slice(30) }, ['pending']);
        expect(job.problems).toEqual(all.slice(0, MAX_PROBLEMS));
        expect(job.problemCount).toBe(MAX_PROBLEMS + 20);
        expect(await opened.scrapingJobs.get(id)).toEqual(job);
      }),
    );

    it(
      'refuses to change a job that is in another status, or not there',
      test(async (opened) => {
        const { scrapingJobs } = opened;
        const { jobs } = await searchWithJobs(opened);
        const job = jobAt(jobs, 0);
        const error = await markitectFailure(() =>
          scrapingJobs.update(job.id, { done: 5 }, ['running', 'completed']),
        );
        expect(error).toMatchObject({ code: 'SEARCH_STATE_INVALID', details: { status: 'pending' } });
        expect(await scrapingJobs.get(job.id)).toEqual(job);
        const missing = await markitectFailure(() => scrapingJobs.update(999, {}, ['pending']));
        expect(missing.code).toBe('SCRAPING_JOB_NOT_FOUND');
      }),
    );

    it(
      'says how much each has found',
      test(async (opened) => {
        const { scrapingJobs, searchResults } = opened;
        const { search, jobs } = await searchWithJobs(opened);
        const { id } = jobAt(jobs, 1);
        await searchResults.addMany(search.id, id, [foundResult('a'), foundResult('b')]);
        await searchResults.addMany(search.id, id, [foundResult('b'), foundResult('c')]);
        expect((await scrapingJobs.listBySearch(search.id)).map(({ found }) => found)).toEqual([0, 3]);
      }),
    );
  });
}
