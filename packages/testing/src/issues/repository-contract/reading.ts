import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { compareIssues, type Issue, type IssueQuery, issueSorts, meetsQuery } from '@markitect/domain';
import type { IssueRepository } from '@markitect/ports';
import { allPages, forgedCursors } from '../../documents/repository-contract/contract-section.js';
import { markitectFailure } from '../../markitect-failure.js';
import { CONTRACT_TIMEOUT_MS, missingNumber, numbersOf } from './contract-section.js';

/** Gives a repository with the issues that `fillTracker` makes. */
export type OpenFilledIssues = () => Promise<{
  readonly repository: IssueRepository;
  close(): Promise<void>;
}>;

/** What is found, and what not, by each part of a query alone and together with others. */
const queries: readonly (readonly [string, IssueQuery])[] = [
  ['open ones', { state: 'open' }],
  ['closed ones', { state: 'closed' }],
  ['a label', { labels: { all: ['bug'] } }],
  ['two labels', { labels: { all: ['bug', 'docs'] } }],
  ['one of two labels', { labels: { any: ['docs', 'priority/low'] } }],
  ['not a label', { labels: { none: ['bug'] } }],
  ['neither of two labels', { labels: { none: ['bug', 'docs'] } }],
  [
    'labels of all three sorts',
    { labels: { all: ['bug'], any: ['docs', 'priority/high'], none: ['priority/low'] } },
  ],
  ['a label with other characters', { labels: { all: ['Größe/日本 😀'] } }],
  ['one known and one unknown label', { labels: { any: ['docs', 'unknown'] } }],
  ['not an unknown label, with a milestone', { labels: { none: ['unknown'] }, milestone: '1.0' }],
  ['nobody assigned', { assignee: null }],
  ['a milestone', { milestone: '1.0' }],
  ['a milestone with other characters', { milestone: "It's 2.0, % & more" }],
  ['no milestone', { milestone: null }],
  ['a word', { text: 'fails' }],
  ['a part of a word, in title or body', { text: 'ogi' }],
  ['a word in another case', { text: 'PASSWORD' }],
  ['words in any order', { text: 'refused login' }],
  ['words in title and body', { text: 'fails tries' }],
  ['a percent sign', { text: '%' }],
  ['an underscore', { text: 'a_b' }],
  ['a quote', { text: "it's" }],
  ['a backslash', { text: '\\' }],
  ['letters that have a case elsewhere', { text: 'ärger' }],
  ['other scripts', { text: '日本 😀' }],
  ['a word, closed', { text: 'fails', state: 'closed' }],
  [
    'all at once',
    { state: 'open', labels: { all: ['bug'], none: ['docs'] }, milestone: '1.0', assignee: null },
  ],
];

/** What names something that is not there finds nothing, rather than everything. */
const vain: readonly (readonly [string, IssueQuery])[] = [
  ['an unknown label', { labels: { all: ['unknown'] } }],
  ['a known and an unknown label', { labels: { all: ['bug', 'unknown'] } }],
  ['unknown labels', { labels: { any: ['unknown', 'other'] } }],
  ['a label in another case', { labels: { all: ['BUG'] } }],
  ['the beginning of a label', { labels: { all: ['priority'] } }],
  ['an unknown milestone', { milestone: 'unknown' }],
  ['an unknown author', { author: 'nobody-of-this-name' }],
  ['an unknown assignee', { assignee: 'nobody-of-this-name' }],
  ['a text that only a comment has', { text: 'only here' }],
  ['words of which one is missing', { text: 'login zzz' }],
  ['wildcards', { text: 'l%n' }],
  ['other wildcards', { text: 'l_gin' }],
  ['a quote and a comment', { text: `' OR 1=1 --` }],
  ['the future', { updatedSince: '2199-01-01T00:00:00.000Z' }],
  ['the past', { updatedBefore: '2001-01-01T00:00:00.000Z' }],
  ['a time before there was any', { updatedBefore: '1970-01-01T00:00:00.000Z' }],
];

const orders = ['asc', 'desc'] as const;
const everyOrder = issueSorts.flatMap((sort) => orders.map((order) => [sort, order] as const));

export function describeReading(open: OpenFilledIssues): void {
  describe('reading', () => {
    let opened: Awaited<ReturnType<OpenFilledIssues>>;
    let repository: IssueRepository;
    let issues: readonly Issue[];

    beforeAll(async () => {
      opened = await open();
      ({ repository } = opened);
      issues = (await repository.list({ sort: 'number', order: 'asc' }, { limit: 500 })).items;
    }, CONTRACT_TIMEOUT_MS);
    afterAll(() => opened.close(), CONTRACT_TIMEOUT_MS);

    const test = (title: string, body: () => Promise<void>) => it(title, body, CONTRACT_TIMEOUT_MS);
    const meant = (query: IssueQuery) =>
      numbersOf(issues.filter((issue) => meetsQuery(issue, query)).sort(compareIssues(query)));

    /** All ways of asking give what the definition gives. */
    const expectAnswers = async (query: IssueQuery) => {
      const expected = meant(query);
      expect(numbersOf((await repository.list(query)).items)).toEqual(expected);
      expect(await repository.count(query)).toBe(expected.length);
      const streamed: Issue[] = [];
      for await (const issue of repository.stream(query)) streamed.push(issue);
      expect(numbersOf(streamed)).toEqual(expected);
    };

    test('starts from nine issues with increasing numbers', async () => {
      expect(issues).toHaveLength(9);
      expect(numbersOf(issues)).toEqual([...new Set(numbersOf(issues))].sort((a, b) => a - b));
      await expectAnswers({});
    });

    it.each(queries)(
      'finds by %s',
      async (_, query) => {
        expect(meant(query).length).toBeGreaterThan(0);
        expect(meant(query).length).toBeLessThan(9);
        await expectAnswers(query);
      },
      CONTRACT_TIMEOUT_MS,
    );

    it.each(vain)(
      'finds nothing by %s',
      async (_, query) => {
        expect(meant(query)).toEqual([]);
        await expectAnswers(query);
      },
      CONTRACT_TIMEOUT_MS,
    );

    test('finds by author and by each assignee', async () => {
      await expectAnswers({ author: issues[0]?.author ?? '' });
      for (const assignee of new Set(issues.flatMap((issue) => issue.assignees))) {
        expect(meant({ assignee }).length).toBeGreaterThan(0);
        await expectAnswers({ assignee });
      }
    });

    test('finds what was changed at a time or later', async () => {
      for (const { updatedAt } of issues) {
        expect(meant({ updatedSince: updatedAt }).length).toBeGreaterThan(0);
        await expectAnswers({ updatedSince: updatedAt });
        const later = new Date(Date.parse(updatedAt) + 1).toISOString();
        await expectAnswers({ updatedSince: later, sort: 'updatedAt' });
      }
    });

    test('finds what was changed before a time, and not at it', async () => {
      const times = [...new Set(issues.map(({ updatedAt }) => updatedAt))].sort();
      for (const updatedBefore of times) {
        await expectAnswers({ updatedBefore });
        const later = new Date(Date.parse(updatedBefore) + 1).toISOString();
        expect(meant({ updatedBefore: later }).length).toBeGreaterThan(0);
        await expectAnswers({ updatedBefore: later, sort: 'updatedAt' });
        await expectAnswers({ updatedSince: times[0] ?? '', updatedBefore: later, state: 'open' });
      }
    });

    it.each(everyOrder)(
      'orders by %s %s, in pages that hold every issue once',
      async (sort, order) => {
        const query = { sort, order };
        await expectAnswers(query);
        await expectAnswers({ ...query, text: 'login' });
        for (const limit of [1, 2, 4, 9]) {
          const pages = await allPages((page) => repository.list(query, { limit, ...page }));
          expect(pages.flatMap(({ items }) => numbersOf(items))).toEqual(meant(query));
          expect(pages).toHaveLength(Math.ceil(9 / limit));
          expect(pages.at(-1)).not.toHaveProperty('nextCursor');
        }
      },
      CONTRACT_TIMEOUT_MS,
    );

    test('keeps to the filters on every page', async () => {
      const query: IssueQuery = {
        labels: { none: ['docs'] },
        state: 'open',
        sort: 'createdAt',
        order: 'asc',
      };
      const pages = await allPages((page) => repository.list(query, { limit: 2, ...page }));
      expect(pages.flatMap(({ items }) => numbersOf(items))).toEqual(meant(query));
      expect(pages.length).toBeGreaterThan(1);
    });

    test('refuses cursors that are none, or of another query, and limits out of range', async () => {
      const { nextCursor: cursor = '' } = await repository.list({}, { limit: 2 });
      expect(cursor).not.toBe('');
      for (const forged of forgedCursors(cursor)) {
        const error = await markitectFailure(() => repository.list({}, { cursor: forged }));
        expect(error.code).toBe('CURSOR_INVALID');
      }
      for (const query of [{ order: 'asc' }, { sort: 'updatedAt' }, { text: 'login' }] as const) {
        const error = await markitectFailure(() => repository.list(query, { cursor }));
        expect(error.code).toBe('CURSOR_INVALID');
      }
      const named = await repository.list({ sort: 'number', order: 'desc' }, { cursor, limit: 3 });
      expect(numbersOf(named.items)).toEqual(meant({}).slice(2, 5));
      for (const limit of [0, -1, 501, 1.5]) {
        const error = await markitectFailure(() => repository.list({}, { limit }));
        expect(error).toMatchObject({ code: 'REQUEST_INVALID', details: { field: 'limit' } });
      }
    });

    test('gives every issue by its number, the same as in a list', async () => {
      for (const issue of issues) expect(await repository.get(issue.number)).toEqual(issue);
      expect(await repository.get(await missingNumber(repository))).toBeUndefined();
    });

    test('gives many at once, in the order asked for, with gaps where there is none', async () => {
      const missing = await missingNumber(repository);
      const [first, second] = numbersOf(issues);
      const asked = [second ?? 0, missing, first ?? 0, second ?? 0];
      const found = await repository.getMany(asked);
      expect(found).toEqual([issues[1], undefined, issues[0], issues[1]]);
      expect(await repository.getMany([])).toEqual([]);
      expect(await repository.getMany(numbersOf(issues))).toEqual(issues);
    });

    test('gives the comments of an issue, the first first', async () => {
      const comments = await repository.comments(issues[0]?.number ?? 0);
      expect(comments.map(({ body }) => body)).toEqual(['Comment 0: only here', 'Comment 1: only here']);
      expect(issues.map((issue) => issue.comments)).toEqual([2, 0, 1, 0, 2, 0, 0, 0, 0]);
      expect(await repository.comments(issues[1]?.number ?? 0)).toEqual([]);
    });

    test('tells what was said in the timeline', async () => {
      const { items } = await repository.timeline(issues[0]?.number ?? 0, { limit: 500 });
      const comments = await repository.comments(issues[0]?.number ?? 0);
      const said = items.filter(({ type }) => type === 'comment');
      expect(said.map(({ body, author, at }) => [body, author, at])).toEqual(
        comments.map(({ body, author, createdAt }) => [body, author, createdAt]),
      );
    });

    test('knows which issues wait for which', async () => {
      const [waiting, , blocker, other] = numbersOf(issues) as [number, number, number, number];
      expect(numbersOf(await repository.blockers(waiting))).toEqual([blocker]);
      expect(await repository.blocked(blocker)).toEqual([issues[0]]);
      expect(await repository.blockers(blocker)).toEqual([]);
      expect(await repository.blocked(other)).toEqual([]);
    });

    test('knows labels and milestones by name', async () => {
      const labels = (await repository.labels()).map(({ name }) => name);
      expect(labels).toEqual(['Größe/日本 😀', 'bug', 'docs', 'priority/high', 'priority/low']);
      const milestones = await repository.milestones();
      expect(milestones.map(({ title, dueOn }) => [title, dueOn])).toEqual([
        ['1.0', '2026-12-24'],
        ["It's 2.0, % & more", undefined],
      ]);
    });

    it.each(['comments', 'blockers', 'blocked', 'timeline'] as const)(
      'misses an unknown issue when asked for its %s',
      async (operation) => {
        const number = await missingNumber(repository);
        const error = await markitectFailure(async () => repository[operation](number));
        expect(error).toMatchObject({ kind: 'NotFound', code: 'ISSUE_NOT_FOUND' });
      },
      CONTRACT_TIMEOUT_MS,
    );
  });
}
