import { describe, expect, it } from '@jest/globals';
import type { IssueComment, IssueNumber } from '@markitect/domain';
import type { IssueMirror, IssueRepository, MirroredIssue } from '@markitect/ports';
import { markitectFailure } from '../markitect-failure.js';
import { issue, issueLabel, issueMilestone } from './issue-builders.js';
import { numbersOf } from './repository-contract/contract-section.js';

/** A mirror that is open, and the repository through which its issues are read. */
export interface OpenedIssueMirror {
  readonly mirror: IssueMirror;
  readonly repository: IssueRepository;
  close(): Promise<void>;
}

/** What every IssueMirror promises. `open` gives a new, empty mirror for each test. */
export function describeIssueMirrorContract(name: string, open: () => Promise<OpenedIssueMirror>): void {
  const test = (title: string, body: (opened: OpenedIssueMirror) => Promise<void>) =>
    it(title, async () => {
      const opened = await open();
      try {
        await body(opened);
      } finally {
        await opened.close();
      }
    });

  describe(`${name} keeps the IssueMirror contract`, () => {
    test('begins with nothing', async ({ mirror, repository }) => {
      expect(await mirror.progress()).toEqual({});
      expect(await mirror.numbers()).toEqual([]);
      expect(await repository.count({})).toBe(0);
      expect(await repository.labels()).toEqual([]);
    });

    test('gives back exactly what a step had', async ({ mirror, repository }) => {
      const labels = [issueLabel('bug', { color: '123456', description: 'd' }), issueLabel('status/todo')];
      const milestones = [issueMilestone('1.0', { dueOn: '2026-12-24', state: 'closed' })];
      const full = issue({
        number: 42,
        title: `It's “quoted” %_\\ 日本語 😀`,
        body: 'a\r\n\0b\t"<>',
        state: 'closed',
        labels,
        milestone: '1.0',
        assignees: ['ada', 'bob'],
        comments: 2,
        closedAt: '2026-01-02T00:00:00.000Z',
        dueOn: '2026-12-24',
        isLocked: true,
        version: '7.2026-01-02',
        url: 'https://example.org/issues/42',
      });
      const comments = [comment(9, 'second\0'), comment(8, 'first')];
      await mirror.apply({
        issues: [
          { issue: full, comments, blockers: [7, 99] },
          { issue: issue({ number: 7 }), comments: [], blockers: [] },
        ],
        labels,
        milestones,
        progress: {},
      });
      expect(await repository.get(42)).toEqual(full);
      expect((await repository.list({})).items).toEqual([full, issue({ number: 7 })]);
      expect(await repository.comments(42)).toEqual(comments);
      expect(numbersOf(await repository.blockers(42))).toEqual([7]);
      expect(numbersOf(await repository.blocked(7))).toEqual([42]);
      expect(await repository.labels()).toEqual(labels);
      expect(await repository.milestones()).toEqual(milestones);
    });

    test('keeps an issue that was changed later than the one given', async ({ mirror, repository }) => {
      const early = issue({ title: 'early', updatedAt: '2026-01-01T00:00:00.000Z' });
      const late = { ...early, title: 'late', updatedAt: '2026-01-02T00:00:00.000Z' };
      const sameTime = { ...late, title: 'same time' };
      for (const each of [late, early]) {
        await mirror.apply({ issues: [{ issue: each, comments: [], blockers: [] }], progress: {} });
      }
      expect((await repository.get(early.number))?.title).toBe('late');
      await mirror.apply({ issues: [{ issue: sameTime, comments: [], blockers: [] }], progress: {} });
      expect((await repository.get(early.number))?.title).toBe('same time');
    });

    test('puts an issue in the place of the one of its number, all that belongs to it included', async ({
      mirror,
      repository,
    }) => {
      const bug = issueLabel('bug');
      const before = issue({ labels: [bug], assignees: ['ada'], milestone: '1.0', comments: 1 });
      await mirror.apply({
        issues: [
          { issue: before, comments: [comment(1, 'old')], blockers: [2] },
          { issue: issue({ number: 2 }), comments: [], blockers: [] },
        ],
        labels: [bug],
        progress: {},
      });
      const after = issue({ title: 'new', comments: 1, version: '2' });
      await mirror.apply({
        issues: [{ issue: after, comments: [comment(2, 'new')], blockers: [] }],
        progress: {},
      });
      expect(await repository.get(1)).toEqual(after);
      expect(await repository.count({ labels: { all: ['bug'] } })).toBe(0);
      expect(await repository.count({ assignee: 'ada' })).toBe(0);
      expect(await repository.count({ milestone: null, assignee: null })).toBe(2);
      expect((await repository.comments(1)).map(({ body }) => body)).toEqual(['new']);
      expect(await repository.blocked(2)).toEqual([]);
      expect((await repository.timeline(1)).items).toHaveLength(1);
      expect(await repository.labels()).toEqual([bug]);
    });

    test('removes what is no longer there', async ({ mirror, repository }) => {
      const bug = issueLabel('bug');
      const numbers = [3, 1, 2];
      const issues = numbers.map((number): MirroredIssue => {
        const kept = issue({ number, labels: [bug], assignees: ['ada'], comments: 1 });
        return { issue: kept, comments: [comment(number, 'x')], blockers: number === 1 ? [2] : [] };
      });
      await mirror.apply({ issues, labels: [bug], milestones: [issueMilestone('1.0')], progress: {} });
      await mirror.apply({ removed: [2, 77], labels: [], milestones: [], progress: {} });
      expect(await mirror.numbers()).toEqual([1, 3]);
      expect(await repository.get(2)).toBeUndefined();
      expect(await repository.blockers(1)).toEqual([]);
      for (const operation of ['comments', 'timeline', 'blocked'] as const) {
        const error = await markitectFailure(async () => repository[operation](2));
        expect(error.code).toBe('ISSUE_NOT_FOUND');
      }
      expect(await repository.count({ labels: { all: ['bug'] }, assignee: 'ada' })).toBe(2);
      expect(await repository.labels()).toEqual([]);
      expect(await repository.milestones()).toEqual([]);
    });

    test('remembers the progress of the last step, and only that', async ({ mirror }) => {
      const whole = {
        cursor: 'c',
        startedAt: '2026-01-01T00:00:00.000Z',
        since: '2025-12-31T00:00:00.000Z',
        syncedAt: '2025-12-31T00:00:01.000Z',
      };
      await mirror.apply({ progress: whole });
      expect(await mirror.progress()).toEqual(whole);
      await mirror.apply({ progress: { since: whole.startedAt } });
      expect(await mirror.progress()).toEqual({ since: whole.startedAt });
    });

    test('is the same after a step done twice', async ({ mirror, repository }) => {
      const step = {
        issues: [1, 2].map((number) => ({
          issue: issue({ number, comments: 1, labels: [issueLabel('bug')] }),
          comments: [comment(number, 'once')],
          blockers: number === 1 ? [2] : [],
        })),
        removed: [3],
        labels: [issueLabel('bug')],
        progress: { cursor: 'next' },
      };
      await mirror.apply(step);
      await mirror.apply(step);
      expect(await mirror.numbers()).toEqual([1, 2]);
      expect(await repository.comments(1)).toHaveLength(1);
      expect((await repository.timeline(1)).items).toHaveLength(1);
      expect(await repository.blockers(1)).toHaveLength(1);
      expect((await repository.list({ labels: { any: ['bug'] } })).items).toHaveLength(2);
    });

    test('gives the issues it has, in the order asked for', async ({ mirror }) => {
      const [first, second] = [issue({ number: 1 }), issue({ number: 2, labels: [issueLabel('bug')] })];
      await mirror.apply({
        issues: [first, second].map((each) => ({ issue: each, comments: [], blockers: [] })),
        progress: {},
      });
      expect(await mirror.getMany([2, 9, 1, 2])).toEqual([second, undefined, first, second]);
      expect(await mirror.getMany([])).toEqual([]);
    });

    test('gives its turn to one of many, until that gives it back', async ({ mirror }) => {
      const ask = (token: string) => mirror.takeTurn({ token, holder: `holder of ${token}`, ttlMs: 60_000 });
      const turns = await Promise.all(['a', 'b', 'c'].map(ask));
      const [first] = turns;
      expect(new Set(turns.map(({ token }) => token)).size).toBe(1);
      expect(first?.holder).toBe(`holder of ${first?.token ?? ''}`);
      expect(Date.parse(first?.until ?? '')).toBeGreaterThan(Date.parse(first?.since ?? ''));
      await mirror.endTurn('somebody else');
      expect((await ask('d')).token).toBe(first?.token);
      await mirror.endTurn(first?.token ?? '');
      expect((await ask('d')).token).toBe('d');
    });

    test('lets a turn be renewed by its holder, and end by itself', async ({ mirror }) => {
      const ask = (token: string, ttlMs: number) => mirror.takeTurn({ token, holder: token, ttlMs });
      const first = await ask('a', 60_000);
      const renewed = await ask('a', 120_000);
      expect(renewed).toMatchObject({ token: 'a', since: first.since });
      expect(Date.parse(renewed.until)).toBeGreaterThan(Date.parse(first.until));
      await ask('a', 1);
      await new Promise((resolve) => setTimeout(resolve, 5));
      expect((await ask('b', 60_000)).token).toBe('b');
      // Whose turn is over has not got it any more.
      expect((await ask('a', 60_000)).token).toBe('b');
    });

    test('keeps its turn apart from its progress', async ({ mirror }) => {
      await mirror.takeTurn({ token: 'a', holder: 'a', ttlMs: 60_000 });
      expect(await mirror.progress()).toEqual({});
      await mirror.apply({ progress: { cursor: 'c' } });
      expect((await mirror.takeTurn({ token: 'b', holder: 'b', ttlMs: 60_000 })).token).toBe('a');
    });

    test('takes many issues in one step', async ({ mirror, repository }) => {
      const numbers: readonly IssueNumber[] = Array.from({ length: 500 }, (_, index) => index + 1);
      const issues = numbers.map((number) => ({ issue: issue({ number }), comments: [], blockers: [] }));
      await mirror.apply({ issues, progress: {} });
      expect(await mirror.numbers()).toEqual(numbers);
      expect(await repository.count({})).toBe(500);
      await mirror.apply({ removed: numbers.slice(1), progress: {} });
      expect(await mirror.numbers()).toEqual([1]);
    });
  });
}

function comment(id: number, body: string): IssueComment {
  const at = '2026-01-01T00:00:00.000Z';
  return { id, author: 'bob', body, createdAt: at, updatedAt: at };
}
