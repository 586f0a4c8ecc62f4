import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Issue } from './issue.js';
import {
  compareIssues,
  issueQuery,
  type IssueQuery,
  issueSorts,
  meetsQuery,
  queryWords,
} from './issue-query.js';

const issue = (overrides: Partial<Issue> = {}): Issue => ({
  number: 1,
  title: 'Login fails',
  body: 'After the Update.',
  state: 'open',
  labels: ['bug', 'area/web'].map((name) => ({ name, color: '', description: '', exclusive: false })),
  assignees: ['ada'],
  author: 'bob',
  comments: 0,
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-02T00:00:00.000Z',
  isLocked: false,
  version: '1',
  milestone: '1.0',
  ...overrides,
});

describe('a query', () => {
  it('is tidied and frozen: empty parts are left out, names once and in order, one spelling of times', () => {
    const query = issueQuery({
      labels: { all: ['b', 'a', 'b'], any: [], none: [] },
      text: '  Two  WORDS ',
      updatedSince: '2026-01-01T01:00:00+01:00',
      updatedBefore: '2026-01-02',
      assignee: null,
      sort: 'comments',
    });
    expect(query).toEqual({
      labels: { all: ['a', 'b'] },
      text: 'two words',
      updatedSince: '2026-01-01T00:00:00.000Z',
      updatedBefore: '2026-01-02T00:00:00.000Z',
      assignee: null,
      sort: 'comments',
    });
    expect([query, query.labels, query.labels?.all].every(Object.isFrozen)).toBe(true);
    expect(issueQuery({ labels: {}, text: ' ' })).toEqual({});
    expect(issueQuery(query)).toEqual(query);
  });

  it.each([
    ['state', { state: 'ajar' }],
    ['sort', { sort: 'title' }],
    ['order', { order: 'up' }],
    ['assignee', { assignee: ' ' }],
    ['author', { author: '' }],
    ['milestone', { milestone: '' }],
    ['updatedSince', { updatedSince: 'yesterday' }],
    ['updatedBefore', { updatedBefore: '2026-02-30' }],
    ['labels.none', { labels: { none: ['a', ' '] } }],
  ])('with a wrong %s is refused', (field, query) => {
    expect(() => issueQuery(query as IssueQuery)).toThrow(
      expect.objectContaining({
        code: 'REQUEST_INVALID',
        details: expect.objectContaining({ field }) as object,
      }),
    );
  });

  it.each<[IssueQuery, boolean]>([
    [{}, true],
    [{ state: 'open' }, true],
    [{ state: 'closed' }, false],
    [{ labels: { all: ['bug', 'area/web'] } }, true],
    [{ labels: { all: ['bug', 'area'] } }, false],
    [{ labels: { any: ['x', 'bug'] } }, true],
    [{ labels: { any: ['x', 'Bug'] } }, false],
    [{ labels: { none: ['x'] } }, true],
    [{ labels: { all: ['bug'], none: ['area/web'] } }, false],
    [{ assignee: 'ada' }, true],
    [{ assignee: 'bob' }, false],
    [{ assignee: null }, false],
    [{ author: 'bob' }, true],
    [{ author: 'ada' }, false],
    [{ milestone: '1.0' }, true],
    [{ milestone: '1' }, false],
    [{ milestone: null }, false],
    [{ text: 'UPDATE log' }, true],
    [{ text: 'fails after' }, true],
    [{ text: 'login missing' }, false],
    [{ updatedSince: '2026-01-02T00:00:00.000Z' }, true],
    [{ updatedSince: '2026-01-02T00:00:00.001Z' }, false],
    [{ updatedBefore: '2026-01-02T00:00:00.001Z' }, true],
    [{ updatedBefore: '2026-01-02T00:00:00.000Z' }, false],
  ])('%j means it: %s', (query, isMeant) => {
    expect(meetsQuery(issue(), query)).toBe(isMeant);
  });

  it('for null means issues without any', () => {
    const { milestone, ...bare } = issue({ assignees: [] });
    expect(milestone).toBeDefined();
    expect(meetsQuery(bare, { assignee: null, milestone: null })).toBe(true);
  });

  it('has words in lower case', () => {
    expect(queryWords(' A\tb\nA ')).toEqual(['a', 'b', 'a']);
    expect(queryWords(undefined)).toEqual([]);
  });
});

describe('the order of issues', () => {
  it('is by number, the latest first, unless asked otherwise', () => {
    const numbers = [issue({ number: 2 }), issue({ number: 10 })]
      .sort(compareIssues({}))
      .map((each) => each.number);
    expect(numbers).toEqual([10, 2]);
  });

  it('is total, and ascending is exactly the reverse of descending, for every sort', () => {
    const time = fc.constantFrom('2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z');
    const issues = fc.uniqueArray(
      fc
        .record({
          number: fc.integer({ min: 1, max: 50 }),
          createdAt: time,
          updatedAt: time,
          comments: fc.nat(2),
        })
        .map((each) => issue(each)),
      { selector: (each) => each.number },
    );
    fc.assert(
      fc.property(issues, fc.constantFrom(...issueSorts), (given, sort) => {
        const sorted = (order: 'asc' | 'desc') => [...given].sort(compareIssues({ sort, order }));
        expect(sorted('asc').reverse()).toEqual(sorted('desc'));
        const asc = sorted('asc');
        const values = asc.map((each) =>
          typeof each[sort] === 'number' ? each[sort] : Date.parse(each[sort]),
        );
        expect(values).toEqual([...values].sort((a, b) => a - b));
        for (const [index, each] of asc.slice(1).entries()) {
          const before = asc[index];
          if (before?.[sort] === each[sort]) expect(before.number).toBeLessThan(each.number);
        }
      }),
    );
  });
});
