import { describe, expect, it } from '@jest/globals';
import { type IssueComment, parseSearchQuery } from '@markitect/domain';
import type { IssueIndex, IssueMirror, IssueSearch, MirroredIssue } from '@markitect/ports';
import { allPages, forgedCursors } from '../documents/repository-contract/contract-section.js';
import { markitectFailure } from '../markitect-failure.js';
import { issue } from './issue-builders.js';

/** An index that is open, and the mirror through which it is filled. */
export interface OpenedIssueIndex {
  readonly index: IssueIndex;
  readonly mirror: IssueMirror;
  close(): Promise<void>;
}

/** What every IssueIndex promises. `open` gives a new, empty index for each test. */
export function describeIssueIndexContract(name: string, open: () => Promise<OpenedIssueIndex>): void {
  const test = (title: string, body: (opened: OpenedIssueIndex) => Promise<void>) =>
    it(title, async () => {
      const opened = await open();
      try {
        await body(opened);
      } finally {
        await opened.close();
      }
    });
  const search = async (index: IssueIndex, text: string, more: Omit<IssueSearch, 'terms'> = {}) => {
    const { items } = await index.search({ terms: parseSearchQuery(text), ...more });
    return items.map((hit) => hit.issue.number);
  };

  describe(`${name} keeps the IssueIndex contract`, () => {
    test('finds words in title, body and comments', async ({ index, mirror }) => {
      await mirror.apply({
        issues: [
          mirrored(1, 'The borrow checker', ''),
          mirrored(2, 'Other', 'complains when I borrow'),
          mirrored(3, 'More', '', 'so', 'you borrow twice'),
          mirrored(4, 'Nothing', 'of the kind'),
        ],
        progress: {},
      });
      expect((await search(index, 'borrow')).sort()).toEqual([1, 2, 3]);
      expect(await search(index, 'borrow checker')).toEqual([1]);
      expect(await search(index, '"borrow twice"')).toEqual([3]);
      expect((await search(index, 'borrow -checker')).sort()).toEqual([2, 3]);
      expect(await search(index, 'compl*')).toEqual([2]);
      expect(await search(index, 'more twice')).toEqual([3]);
      expect(await search(index, 'missing')).toEqual([]);
      expect((await search(index, 'checker twice missing', { match: 'any' })).sort()).toEqual([1, 3]);
      expect(await search(index, 'missing', { match: 'any' })).toEqual([]);
    });

    test('gives the whole issue, and the words found marked', async ({ index, mirror }) => {
      const long = `${'filler words '.repeat(20_000)} the needle stands here`;
      const [short, large] = [mirrored(1, 'a', 'one needle in it'), mirrored(2, 'b', long)];
      await mirror.apply({ issues: [short, large], progress: {} });
      const { items } = await index.search({ terms: parseSearchQuery('needle') });
      expect(items.map((hit) => hit.issue)).toEqual(expect.arrayContaining([short.issue, large.issue]));
      for (const { snippet, score } of items) {
        expect(snippet.filter(({ match }) => match).map(({ text }) => text)).toEqual(['needle']);
        expect(snippet.map(({ text }) => text).join('').length).toBeLessThan(500);
        expect(score).toBeGreaterThan(0);
      }
    });

    test('puts titles first, and the best first', async ({ index, mirror }) => {
      const issues = [
        mirrored(1, 'x', 'word here'),
        mirrored(2, 'word', 'x x'),
        mirrored(3, 'x', 'y', 'word'),
      ];
      await mirror.apply({ issues, progress: {} });
      const { items } = await index.search({ terms: parseSearchQuery('word') });
      expect(items[0]?.issue.number).toBe(2);
      const scores = items.map(({ score }) => score);
      expect(scores).toEqual([...scores].sort((a, b) => b - a));
    });

    test('keeps to a state', async ({ index, mirror }) => {
      const closed = mirrored(2, 'word', '');
      const issues = [
        mirrored(1, 'word', ''),
        { ...closed, issue: { ...closed.issue, state: 'closed' as const } },
      ];
      await mirror.apply({ issues, progress: {} });
      expect(await search(index, 'word', { state: 'closed' })).toEqual([2]);
      expect(await search(index, 'word', { state: 'open' })).toEqual([1]);
    });

    test('follows what is changed and removed', async ({ index, mirror }) => {
      await mirror.apply({
        issues: [mirrored(1, 'before', 'x', 'said'), mirrored(2, 'gone', '')],
        progress: {},
      });
      await mirror.apply({ issues: [mirrored(1, 'after', 'x', 'unsaid')], removed: [2], progress: {} });
      for (const word of ['before', 'said', 'gone']) expect(await search(index, word)).toEqual([]);
      for (const word of ['after', 'unsaid']) expect(await search(index, word)).toEqual([1]);
    });

    test('takes any text for what it is', async ({ index, mirror }) => {
      await mirror.apply({ issues: [mirrored(1, 'c++ NEAR "x" OR', '日本語 Größe')], progress: {} });
      expect(await search(index, 'NEAR OR x')).toEqual([1]);
      expect(await search(index, 'title:x')).toEqual([]);
      expect(await search(index, 'größe 日本語')).toEqual([1]);
    });

    test('gives pages that hold every hit once, and refuses other cursors', async ({ index, mirror }) => {
      const issues = Array.from({ length: 9 }, (_, at) => mirrored(at + 1, 'word', 'word '.repeat(at % 3)));
      await mirror.apply({ issues, progress: {} });
      const terms = parseSearchQuery('word');
      const whole = await search(index, 'word');
      expect(whole).toHaveLength(9);
      for (const limit of [1, 2, 4, 9]) {
        const pages = await allPages((page) => index.search({ terms, limit, ...page }));
        expect(pages.flatMap(({ items }) => items.map((hit) => hit.issue.number))).toEqual(whole);
        expect(pages).toHaveLength(Math.ceil(9 / limit));
      }
      const { nextCursor: cursor = '' } = await index.search({ terms, limit: 2 });
      for (const forged of forgedCursors(cursor)) {
        const error = await markitectFailure(() => index.search({ terms, cursor: forged }));
        expect(error.code).toBe('CURSOR_INVALID');
      }
      const other = await markitectFailure(() => index.search({ terms, cursor, state: 'open' }));
      expect(other.code).toBe('CURSOR_INVALID');
      expect((await markitectFailure(() => index.search({ terms, limit: 0 }))).code).toBe('REQUEST_INVALID');
    });
  });
}

function mirrored(number: number, title: string, body: string, ...said: readonly string[]): MirroredIssue {
  const at = '2026-01-01T00:00:00.000Z';
  const comments = said.map((text, index): IssueComment => {
    return { id: number * 100 + index, author: 'bob', body: text, createdAt: at, updatedAt: at };
  });
  return { issue: issue({ number, title, body, comments: said.length }), comments, blockers: [] };
}
