import { describe, expect, it } from '@jest/globals';
import type { SearchResult } from '@markitect/domain';
import { allPages, forgedCursors } from '../documents/repository-contract/contract-section.js';
import { gathered } from '../gathered.js';
import { markitectFailure } from '../markitect-failure.js';
import {
  foundResult,
  jobAt,
  type OpenedResearch,
  type OpenResearch,
  researchTests,
  searchWithJobs,
} from './research-contract.js';

/** What every SearchResultRepository promises. */
export function describeSearchResultRepositoryContract(name: string, open: OpenResearch): void {
  const test = researchTests(open);
  const references = (items: readonly SearchResult[]) => items.map(({ reference }) => reference);
  const withJobs = async (opened: OpenedResearch) => {
    const { search, jobs } = await searchWithJobs(opened);
    return { searchId: search.id, docs: jobAt(jobs, 0).id, issues: jobAt(jobs, 1).id };
  };

  describe(`${name} keeps the SearchResultRepository contract`, () => {
    it(
      'gives back what was found',
      test(async (opened) => {
        const { searchResults } = opened;
        const { searchId, issues } = await withJobs(opened);
        const found = foundResult('issues:1', {
          title: `It's “quoted” – 日本語 😀 %_\\ "x" \u0000 end`,
          snippet: '',
          score: -12.345_678_901,
        });
        expect(await searchResults.addMany(searchId, issues, [found])).toBe(1);
        const [result] = (await searchResults.list({ searchId })).items;
        if (result === undefined) throw new Error('one result');
        const { id, foundAt } = result;
        expect(result).toEqual({
          ...found,
          id,
          searchId,
          jobId: issues,
          source: 'issues',
          foundAt,
          updatedAt: foundAt,
        });
        expect(await searchResults.get(id)).toEqual(result);
        expect(await searchResults.get(id + 1)).toBeUndefined();
      }),
    );

    it(
      'stores many at once, and in the order given',
      test(async (opened) => {
        const { searchResults } = opened;
        const { searchId, docs } = await withJobs(opened);
        const found = Array.from({ length: 1237 }, (_, index) => foundResult(`docs:${index}`));
        expect(await searchResults.addMany(searchId, docs, found)).toBe(1237);
        expect(await searchResults.addMany(searchId, docs, [])).toBe(0);
        expect(await searchResults.count({ searchId })).toBe(1237);
        const wanted = found.map(({ reference }) => reference);
        expect(references(await gathered(searchResults.stream({ searchId })))).toEqual(wanted);
      }),
    );

    it(
      'puts what the job has stored already in its place',
      test(async (opened) => {
        const { searchResults, advance } = opened;
        const { searchId, docs, issues } = await withJobs(opened);
        const all = Array.from({ length: 25 }, (_, index) => foundResult(`r${index}`));
        await searchResults.addMany(searchId, docs, all);
        const [before] = (await searchResults.list({ searchId })).items;
        if (before === undefined) throw new Error('some results');
        await searchResults.updateAnalysis(before.id, { summary: 'good' });
        advance(1000);
        const changed = [...all, foundResult('new')].map((result) => ({ ...result, title: 'changed' }));
        expect(await searchResults.addMany(searchId, docs, changed)).toBe(1);
        expect(await searchResults.addMany(searchId, docs, changed)).toBe(0);
        const { items } = await searchResults.list({ searchId });
        expect(references(items)).toEqual([...all.map(({ reference }) => reference), 'new']);
        expect(new Set(items.map(({ title }) => title))).toEqual(new Set(['changed']));
        expect(items[0]).toEqual({
          ...before,
          title: 'changed',
          analysis: { summary: 'good' },
          updatedAt: new Date(Date.parse(before.foundAt) + 1000).toISOString(),
        });
        expect(await searchResults.addMany(searchId, issues, [foundResult('new')])).toBe(1);
      }),
    );

    it(
      'takes the last of what is given twice in one call',
      test(async (opened) => {
        const { searchResults } = opened;
        const { searchId, docs } = await withJobs(opened);
        const found = [foundResult('a', { score: 1 }), foundResult('b'), foundResult('a', { score: 2 })];
        expect(await searchResults.addMany(searchId, docs, found)).toBe(2);
        const { items } = await searchResults.list({ searchId });
        expect(items.map(({ reference, score }) => [reference, score])).toEqual([
          ['a', 2],
          ['b', 1],
        ]);
      }),
    );

    it(
      'refuses results of a job that the search does not have',
      test(async (opened) => {
        const { searchResults } = opened;
        const one = await withJobs(opened);
        const other = await withJobs(opened);
        for (const [searchId, jobId] of [
          [one.searchId, other.docs],
          [one.searchId, 999],
          [999, one.docs],
        ] as const) {
          const error = await markitectFailure(() =>
            searchResults.addMany(searchId, jobId, [foundResult('a')]),
          );
          expect(error.code).toBe('SEARCH_NOT_FOUND');
        }
        expect(await searchResults.count({ searchId: one.searchId })).toBe(0);
      }),
    );

    it(
      'ranks by reciprocal rank fusion, and marks what says the same',
      test(async (opened) => {
        const { searchResults } = opened;
        const { searchId, docs, issues } = await withJobs(opened);
        await searchResults.addMany(searchId, docs, [
          foundResult('low', { score: 1 }),
          foundResult('both in docs', { score: 5, fingerprint: 'same' }),
          foundResult('top', { score: 9 }),
        ]);
        await searchResults.addMany(searchId, issues, [
          foundResult('both in issues', { score: 0.5, fingerprint: 'same' }),
          foundResult('top of issues', { score: 0.7 }),
        ]);
        expect(await searchResults.rank(searchId)).toBe(4);
        const { items } = await searchResults.list({ searchId });
        // 1/62 + 1/62; then twice 1/61, by id; then 1/63.
        expect(items.map(({ reference, rank }) => [reference, rank])).toEqual([
          ['both in docs', 1],
          ['top', 2],
          ['top of issues', 3],
          ['low', 4],
        ]);
        const all = (await searchResults.list({ searchId, withDuplicates: true })).items;
        expect(all).toHaveLength(5);
        expect(all.at(-1)).toMatchObject({ reference: 'both in issues', duplicateOf: items[0]?.id });
        expect(all.at(-1)).not.toHaveProperty('rank');
        expect(await searchResults.count({ searchId })).toBe(4);
        expect(await searchResults.count({ searchId, withDuplicates: true })).toBe(5);
        expect(await searchResults.rank(searchId)).toBe(4);
        expect((await searchResults.list({ searchId, withDuplicates: true })).items).toEqual(all);
        expect(await searchResults.rank(999)).toBe(0);
      }),
    );

    it(
      'ranks anew when more was found',
      test(async (opened) => {
        const { searchResults } = opened;
        const { searchId, docs, issues } = await withJobs(opened);
        await searchResults.addMany(searchId, docs, [
          foundResult('a', { score: 3 }),
          foundResult('b', { score: 2, fingerprint: 'x' }),
          foundResult('c', { score: 1, fingerprint: 'x' }),
        ]);
        await searchResults.rank(searchId);
        await searchResults.addMany(searchId, issues, [foundResult('c', { fingerprint: 'y' })]);
        const before = await searchResults.list({ searchId });
        expect(before.items.map(({ reference, rank }) => [reference, rank])).toEqual([
          ['a', 1],
          ['b', 2],
          ['c', undefined],
        ]);
        expect(await searchResults.rank(searchId)).toBe(2);
        // That of the issues has the better place in its source, and stays for what both have found.
        const { items } = await searchResults.list({ searchId });
        expect(items.map(({ reference, source }) => [reference, source])).toEqual([
          ['c', 'issues'],
          ['a', 'docs'],
        ]);
      }),
    );

    it(
      'lists in pages, by rank, then what is not ranked, then duplicates, of one source or all',
      test(async (opened) => {
        const { searchResults } = opened;
        await withJobs(opened);
        const { searchId, docs, issues } = await withJobs(opened);
        const named = (prefix: string, count: number, fingerprint?: string) =>
          Array.from({ length: count }, (_, index) =>
            foundResult(`${prefix}${index}`, {
              score: index % 4,
              ...(fingerprint === undefined ? {} : { fingerprint: `${fingerprint}${index % 2}` }),
            }),
          );
        await searchResults.addMany(searchId, docs, named('d', 6));
        await searchResults.addMany(searchId, issues, named('i', 7, 'same'));
        await searchResults.rank(searchId);
        await searchResults.addMany(searchId, docs, named('later', 3));
        for (const filter of [{}, { source: 'docs' }, { source: 'issues' }, { source: 'web' }]) {
          for (const withDuplicates of [false, true]) {
            const query = { searchId, withDuplicates, ...filter };
            const all = await gathered(searchResults.stream(query));
            const kind = ({ rank, duplicateOf }: SearchResult) =>
              rank !== undefined ? 0 : duplicateOf === undefined ? 1 : 2;
            const sorted = [...all].sort(
              (a, b) => kind(a) - kind(b) || (a.rank ?? 0) - (b.rank ?? 0) || a.id - b.id,
            );
            expect(references(all)).toEqual(references(sorted));
            expect(await searchResults.count(query)).toBe(all.length);
            for (const limit of [1, 2, 5, 16, 17]) {
              const pages = await allPages((page) => searchResults.list({ limit, ...query, ...page }));
              expect(pages.flatMap(({ items }) => references(items))).toEqual(references(all));
              expect(pages).toHaveLength(Math.max(1, Math.ceil(all.length / limit)));
            }
          }
        }
        expect(await searchResults.count({ searchId, withDuplicates: true })).toBe(16);
        expect(await searchResults.count({ searchId })).toBe(11);
        expect(await searchResults.count({ searchId, source: 'docs' })).toBe(9);
      }),
    );

    it(
      'refuses cursors that are none, or of another query, and limits out of range',
      test(async (opened) => {
        const { searchResults } = opened;
        const { searchId, docs } = await withJobs(opened);
        await searchResults.addMany(
          searchId,
          docs,
          ['a', 'b', 'c'].map((each) => foundResult(each)),
        );
        const { nextCursor = '' } = await searchResults.list({ searchId, limit: 1 });
        for (const cursor of forgedCursors(nextCursor)) {
          const error = await markitectFailure(() => searchResults.list({ searchId, cursor }));
          expect(error.code).toBe('CURSOR_INVALID');
        }
        for (const other of [
          { searchId, source: 'docs' },
          { searchId, withDuplicates: true },
          { searchId: searchId + 1 },
        ]) {
          const error = await markitectFailure(() => searchResults.list({ ...other, cursor: nextCursor }));
          expect(error.code).toBe('CURSOR_INVALID');
        }
        for (const limit of [0, 501, 1.5]) {
          const error = await markitectFailure(() => searchResults.list({ searchId, limit }));
          expect(error.code).toBe('REQUEST_INVALID');
        }
      }),
    );

    it(
      'gives a sequence to whoever stops early, and to several at once',
      test(async (opened) => {
        const { searchResults } = opened;
        const { searchId, docs } = await withJobs(opened);
        const found = Array.from({ length: 1100 }, (_, index) => foundResult(`docs:${index}`));
        await searchResults.addMany(searchId, docs, found);
        for (const stop of [1, 499, 500, 501, 1099]) {
          let seen = 0;
          for await (const { reference } of searchResults.stream({ searchId })) {
            expect(reference).toBe(`docs:${seen}`);
            if ((seen += 1) === stop) break;
          }
          expect(seen).toBe(stop);
        }
        const all = await Promise.all([1, 2, 3].map(() => gathered(searchResults.stream({ searchId }))));
        expect(all.map(({ length }) => length)).toEqual([1100, 1100, 1100]);
      }),
    );

    it(
      'keeps what somebody has made of a result',
      test(async (opened) => {
        const { searchResults, advance } = opened;
        const { searchId, docs } = await withJobs(opened);
        await searchResults.addMany(searchId, docs, [foundResult('a'), foundResult('b')]);
        const [first, second] = (await searchResults.list({ searchId })).items;
        if (first === undefined) throw new Error('two results');
        advance(1000);
        for (const analysis of [{ summary: 'It’s “good”.', tags: ['a'] }, 'text', null]) {
          const result = await searchResults.updateAnalysis(first.id, analysis);
          const updatedAt = new Date(Date.parse(first.foundAt) + 1000).toISOString();
          expect(result).toEqual({ ...first, analysis, updatedAt });
          expect(await searchResults.get(first.id)).toEqual(result);
        }
        expect((await searchResults.list({ searchId })).items[1]).toEqual(second);
        const missing = await markitectFailure(() => searchResults.updateAnalysis(999, null));
        expect(missing.code).toBe('SEARCH_RESULT_NOT_FOUND');
      }),
    );
  });
}
