import { describe, expect, it } from '@jest/globals';
import { type SearchDraft, searchStatuses } from '@markitect/domain';
import { allPages, forgedCursors } from '../documents/repository-contract/contract-section.js';
import { gathered } from '../gathered.js';
import { markitectFailure } from '../markitect-failure.js';
import {
  foundResult,
  jobAt,
  type OpenResearch,
  researchTests,
  searchDraftOf,
  searchWithJobs,
} from './research-contract.js';

/** What every SearchRepository promises. */
export function describeSearchRepositoryContract(name: string, open: OpenResearch): void {
  const test = researchTests(open);
  const ids = (items: readonly { readonly id: number }[]) => items.map(({ id }) => id);

  describe(`${name} keeps the SearchRepository contract`, () => {
    it(
      'stores a search, pending, and gives it back',
      test(async ({ searches }) => {
        const draft: SearchDraft = {
          question: `It's “quoted” – 日本語 😀 %_\\ end`,
          sources: [{ scraper: 'docs' }, { scraper: 'web', target: 'https://example.org/a,b?c=d' }],
          maxResults: 7,
        };
        const search = await searches.create(draft);
        expect(search).toEqual({
          ...draft,
          id: search.id,
          status: 'pending',
          createdAt: search.createdAt,
          updatedAt: search.createdAt,
        });
        expect(new Date(search.createdAt).toISOString()).toBe(search.createdAt);
        expect(await searches.get(search.id)).toEqual(search);
        expect(await searches.get(search.id + 1)).toBeUndefined();
        const again = await searches.create({ ...draft, rerunOf: search.id });
        expect(again.id).toBeGreaterThan(search.id);
        expect((await searches.get(again.id))?.rerunOf).toBe(search.id);
      }),
    );

    it.each<[string, Partial<SearchDraft>]>([
      ['question', { question: ' \n' }],
      ['question', { question: 'a\u0000b' }],
      ['question', { question: 'x'.repeat(2001) }],
      ['sources', { sources: [] }],
      ['maxResults', { maxResults: 0 }],
      ['maxResults', { maxResults: 1.5 }],
      ['maxResults', { maxResults: Number.NaN }],
    ])('refuses a wrong %s', (field, wrong) =>
      test(async ({ searches }) => {
        const error = await markitectFailure(() => searches.create(searchDraftOf(wrong)));
        expect(error).toMatchObject({ code: 'REQUEST_INVALID', details: { field } });
        expect(await searches.list({})).toEqual({ items: [] });
      })(),
    );

    it(
      'does not repeat what is not there',
      test(async ({ searches }) => {
        const error = await markitectFailure(() => searches.create(searchDraftOf({ rerunOf: 99 })));
        expect(error.code).toBe('SEARCH_NOT_FOUND');
      }),
    );

    it(
      'does not share what it keeps',
      test(async ({ searches }) => {
        const sources = [{ scraper: 'docs' }];
        const { id } = await searches.create(searchDraftOf({ sources }));
        sources.push({ scraper: 'issues' });
        expect((await searches.get(id))?.sources).toEqual([{ scraper: 'docs' }]);
      }),
    );

    it(
      'lists the newest first, in pages, those of one status or all',
      test(async ({ searches }) => {
        const all: number[] = [];
        for (let count = 0; count < 7; count += 1) all.unshift((await searches.create(searchDraftOf())).id);
        const running = all.filter((_, index) => index % 2 === 0);
        for (const id of running) await searches.updateStatus(id, 'running', ['pending']);
        expect(ids((await searches.list({})).items)).toEqual(all);
        expect(ids((await searches.list({ status: 'running' })).items)).toEqual(running);
        expect((await searches.list({ status: 'failed' })).items).toEqual([]);
        for (const limit of [1, 2, 3, 6, 7, 8]) {
          const pages = await allPages((page) => searches.list({ limit, ...page }));
          expect(pages.flatMap(({ items }) => ids(items))).toEqual(all);
          expect(pages).toHaveLength(Math.ceil(all.length / limit));
        }
        expect(ids(await gathered(searches.stream({})))).toEqual(all);
        expect(ids(await gathered(searches.stream({ status: 'running' })))).toEqual(running);
      }),
    );

    it(
      'refuses cursors that are none, or of another query, and limits out of range',
      test(async ({ searches }) => {
        for (let count = 0; count < 3; count += 1) await searches.create(searchDraftOf());
        const { nextCursor = '' } = await searches.list({ limit: 1 });
        for (const cursor of forgedCursors(nextCursor)) {
          expect((await markitectFailure(() => searches.list({ cursor }))).code).toBe('CURSOR_INVALID');
        }
        const other = await markitectFailure(() => searches.list({ status: 'pending', cursor: nextCursor }));
        expect(other.code).toBe('CURSOR_INVALID');
        for (const limit of [0, 501, 1.5]) {
          expect((await markitectFailure(() => searches.list({ limit }))).code).toBe('REQUEST_INVALID');
        }
      }),
    );

    it(
      'moves a search from one status to another, and notes its end',
      test(async ({ searches, advance }) => {
        const { id, createdAt } = await searches.create(searchDraftOf());
        advance(1000);
        const running = await searches.updateStatus(id, 'running', ['pending']);
        const later = new Date(Date.parse(createdAt) + 1000).toISOString();
        expect(running).toMatchObject({ status: 'running', createdAt, updatedAt: later });
        expect(running.finishedAt).toBeUndefined();
        advance(1000);
        const done = await searches.updateStatus(id, 'completed', ['pending', 'running']);
        expect(done.finishedAt).toBe(new Date(Date.parse(createdAt) + 2000).toISOString());
        expect(await searches.get(id)).toEqual(done);
      }),
    );

    it(
      'refuses to move a search that is in another status, or not there',
      test(async ({ searches }) => {
        const search = await searches.create(searchDraftOf());
        const others = searchStatuses.filter((status) => status !== 'pending');
        const error = await markitectFailure(() => searches.updateStatus(search.id, 'failed', others));
        expect(error).toMatchObject({ code: 'SEARCH_STATE_INVALID', details: { status: 'pending' } });
        expect(await searches.get(search.id)).toEqual(search);
        const missing = await markitectFailure(() => searches.updateStatus(99, 'failed', ['pending']));
        expect(missing.code).toBe('SEARCH_NOT_FOUND');
      }),
    );

    it(
      'lets one of several win that move it at the same time',
      test(async ({ searches }) => {
        const { id } = await searches.create(searchDraftOf());
        const moves = await Promise.allSettled(
          Array.from({ length: 8 }, () => searches.updateStatus(id, 'running', ['pending'])),
        );
        expect(moves.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      }),
    );

    it(
      'notes the document it was saved as',
      test(async ({ searches }) => {
        const { id } = await searches.create(searchDraftOf());
        expect((await searches.updateDocument(id, 'research/a.md')).document).toBe('research/a.md');
        expect((await searches.updateDocument(id, 'research/b.md')).document).toBe('research/b.md');
        expect((await searches.get(id))?.document).toBe('research/b.md');
        const missing = await markitectFailure(() => searches.updateDocument(99, 'a.md'));
        expect(missing.code).toBe('SEARCH_NOT_FOUND');
      }),
    );

    it(
      'removes a search with its jobs and results, and its number for good',
      test(async (opened) => {
        const { searches, scrapingJobs, searchResults } = opened;
        const kept = await searchWithJobs(opened);
        const { search, jobs } = await searchWithJobs(opened);
        for (const each of [
          { of: search.id, job: jobAt(jobs, 0).id },
          { of: kept.search.id, job: jobAt(kept.jobs, 0).id },
        ]) {
          await searchResults.addMany(each.of, each.job, [foundResult('docs:a')]);
        }
        const again = await searches.create(searchDraftOf({ rerunOf: search.id }));
        expect(await searches.remove(search.id)).toBe(true);
        expect(await searches.remove(search.id)).toBe(false);
        expect(await searches.get(search.id)).toBeUndefined();
        expect(await scrapingJobs.listBySearch(search.id)).toEqual([]);
        expect(await scrapingJobs.get(jobAt(jobs, 0).id)).toBeUndefined();
        expect(await searchResults.count({ searchId: search.id })).toBe(0);
        expect(await searchResults.count({ searchId: kept.search.id })).toBe(1);
        expect(await scrapingJobs.listBySearch(kept.search.id)).toHaveLength(2);
        expect(await searches.get(again.id)).not.toHaveProperty('rerunOf');
        await searches.remove(again.id);
        expect((await searches.create(searchDraftOf())).id).toBeGreaterThan(again.id);
      }),
    );
  });
}
