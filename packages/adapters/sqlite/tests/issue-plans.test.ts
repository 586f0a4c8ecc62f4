import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type IssueQuery, type IssueSort, issueSorts, parseSearchQuery } from '@markitect/domain';
import type { SqlReader } from '../src/index.js';
import { countIssues, listIssues } from '../src/issues/issue-pages.js';
import {
  readBlocked,
  readBlockers,
  readComments,
  readIssue,
  readIssues,
  readTimeline,
} from '../src/issues/issue-reads.js';
import { searchIssues } from '../src/issues/issue-search.js';
import { temporaryStore } from './temporary-store.js';

const source = 'local';
const orderIndexes: Readonly<Record<IssueSort, string>> = {
  number: 'issues_by_number',
  createdAt: 'issues_by_created_at',
  updatedAt: 'issues_by_updated_at',
  comments: 'issues_by_comments',
};
const everyOrder = issueSorts.flatMap((sort) => (['asc', 'desc'] as const).map((order) => ({ sort, order })));

/** A page that SQLite would read by walking over issues before its place, or by sorting, costs more the deeper it is. */
describe('a list of issues', () => {
  let store: Awaited<ReturnType<typeof temporaryStore>>;
  let plan: string;
  /** Answers with rows that make a page be full, and remembers how SQLite would find them. */
  const reader: SqlReader = {
    all: async <Row>(sql: string, parameters?: Parameters<SqlReader['all']>[1]) => {
      const steps = await store.connection
        .readers()
        .all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, parameters);
      plan = steps.map(({ detail }) => detail).join('\n');
      const time = '2026-01-01T00:00:00.000Z';
      const facts = JSON.stringify({ number: 7, comments: 3, createdAt: time, updatedAt: time });
      const row = { facts, title: '', body: '', snippet: null };
      return [row, row] as Row[];
    },
  };

  beforeAll(async () => void (store = await temporaryStore()));
  afterAll(() => store.close());

  it.each(everyOrder)('by $sort $order goes on where the page before ended', async ({ sort, order }) => {
    for (const filter of [
      {},
      { text: 'x' },
      { assignee: null },
      { labels: { none: ['a'] } },
    ] as IssueQuery[]) {
      const query = { ...filter, sort, order };
      const { nextCursor: cursor = '' } = await listIssues(reader, source, query, { limit: 1 });
      expect(plan).toContain(`USING INDEX ${orderIndexes[sort]} (source=?)`);
      await listIssues(reader, source, query, { limit: 1, cursor });
      expect(plan).toMatch(new RegExp(`USING INDEX ${orderIndexes[sort]} \\(source=\\? AND .*[<>]`));
      expect(plan).not.toContain('TEMP B-TREE');
    }
  });

  it.each(everyOrder)('changed before a time by $sort $order is not sorted', async ({ sort, order }) => {
    const query: IssueQuery = { updatedBefore: '2026-01-01', sort, order };
    const { nextCursor: cursor = '' } = await listIssues(reader, source, query, { limit: 1 });
    expect(plan).toContain(`USING INDEX ${orderIndexes[sort]} (source=?`);
    await listIssues(reader, source, query, { limit: 1, cursor });
    expect(plan).toMatch(new RegExp(`USING INDEX ${orderIndexes[sort]} \\(source=\\? AND .*[<>]`));
    expect(plan).not.toContain('TEMP B-TREE');
    await countIssues(reader, source, query);
    expect(plan).toContain('COVERING INDEX issues_by_updated_at (source=? AND updated_at<?)');
  });

  it.each(everyOrder)('of one state by $sort $order is not sorted either', async ({ sort, order }) => {
    const query: IssueQuery = { state: 'open', sort, order };
    const { nextCursor: cursor = '' } = await listIssues(reader, source, query, { limit: 1 });
    await listIssues(reader, source, query, { limit: 1, cursor });
    expect(plan).toMatch(/USING INDEX issues_by_\w+ \(source=\? AND .*[<>]/);
    expect(plan).not.toContain('TEMP B-TREE');
  });

  it.each<[string, IssueQuery, string]>([
    ['state', { state: 'open' }, 'issues_by_state (source=? AND state=?'],
    ['author', { author: 'a' }, 'issues_by_author (source=? AND author=?'],
    ['milestone', { milestone: 'm' }, 'issues_by_milestone (source=? AND milestone=?'],
    ['assignee', { assignee: 'a' }, 'issue_assignees USING PRIMARY KEY (source=? AND assignee=?'],
    ['label', { labels: { all: ['a'] } }, 'issue_labels USING PRIMARY KEY (source=? AND label=?'],
    ['labels', { labels: { any: ['a', 'b'] } }, 'issue_labels USING PRIMARY KEY (source=? AND label=?'],
    ['time', { updatedSince: '2026-01-01T00:00:00Z' }, 'issues_by_updated_at (source=? AND updated_at>?'],
    [
      'span of time',
      { updatedSince: '2026-01-01T00:00:00Z', updatedBefore: '2026-02-01T00:00:00Z' },
      'issues_by_updated_at (source=? AND updated_at>? AND updated_at<?',
    ],
  ])('of one %s is found by an index, and counted by it', async (_, query, index) => {
    await listIssues(reader, source, query, {});
    expect(plan).toContain(index);
    await countIssues(reader, source, query);
    expect(plan).toContain(index);
    expect(plan).not.toMatch(/SCAN (?!json_each)/);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['one issue', () => readIssue(reader, source, 1)],
    ['many issues', () => readIssues(reader, source, [1, 2])],
    ['comments', () => readComments(reader, source, 1)],
    ['blockers', () => readBlockers(reader, source, 1)],
    ['what is blocked', () => readBlocked(reader, source, 1)],
    ['a timeline', () => readTimeline(reader, source, 1, {}).catch(() => undefined)],
    ['a search', () => searchIssues(reader, source, { terms: parseSearchQuery('x'), state: 'open' })],
  ])('or %s is never found by reading all', async (_, read) => {
    await read();
    expect(plan).toContain('SEARCH');
    expect(plan).not.toMatch(/SCAN (?!json_each|page|ranked|s VIRTUAL|issue_search VIRTUAL)/);
  });

  it('or a search begins with the words, and not with all issues of the tracker', async () => {
    for (const state of [undefined, 'open'] as const) {
      const terms = parseSearchQuery('x');
      await searchIssues(reader, source, state === undefined ? { terms } : { terms, state });
      expect(plan).toMatch(/SCAN s VIRTUAL TABLE.*\n.*SEARCH i USING INTEGER PRIMARY KEY/);
      expect(plan).not.toContain('issues_by');
    }
  });
});
