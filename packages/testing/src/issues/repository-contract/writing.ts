import { describe, expect, it } from '@jest/globals';
import type { Issue, IssueDraft, IssueEdit, Label } from '@markitect/domain';
import { allItems } from '../../documents/repository-contract/contract-section.js';
import { markitectFailure } from '../../markitect-failure.js';
import { issueLabel, issueMilestone } from '../issue-builders.js';
import {
  CONTRACT_TIMEOUT_MS,
  createIssues,
  missingNumber,
  numbersOf,
  type OpenIssueRepository,
  tick,
  trackerTests,
} from './contract-section.js';

const hostile = `It's "quoted" <b>&amp;</b> %_\\ '; DROP TABLE issues; -- 日本語 😀 e\u0301`;
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const labelNames = (issue: Issue) => issue.labels.map(({ name }) => name);

export function describeWriting(open: OpenIssueRepository): void {
  const tracker = trackerTests(open);
  const test = (title: string, body: Parameters<typeof tracker>[0]) =>
    it(title, tracker(body), CONTRACT_TIMEOUT_MS);

  describe('creating an issue', () => {
    test('gives what the draft says, open, by its author', async (repository, { user }) => {
      await repository.saveLabel(issueLabel('bug', { color: 'ff0000', description: 'It is wrong' }));
      await repository.saveLabel(issueLabel('status/todo'));
      await repository.saveMilestone(issueMilestone('1.0'));
      const draft: IssueDraft = {
        title: 'Login fails',
        body: '# Steps\n\n1. Log in\n',
        labels: ['status/todo', 'bug'],
        milestone: '1.0',
        assignees: [user],
        dueOn: '2026-12-24',
      };
      const issue = await repository.create(draft);
      expect(issue).toMatchObject({
        title: draft.title,
        body: draft.body,
        state: 'open',
        labels: [
          { name: 'bug', color: 'ff0000', description: 'It is wrong', exclusive: false },
          { name: 'status/todo', exclusive: true },
        ],
        milestone: '1.0',
        assignees: [user],
        author: user,
        comments: 0,
        dueOn: '2026-12-24',
        isLocked: false,
      });
      expect(issue.createdAt).toMatch(time);
      expect(issue.updatedAt).toMatch(time);
      expect(issue).not.toHaveProperty('closedAt');
      expect(await repository.get(issue.number)).toEqual(issue);
      expect((await repository.list({})).items).toEqual([issue]);
    });

    test('needs only a title, and leaves out what there is not', async (repository) => {
      const issue = await repository.create({ title: 'Only a title' });
      expect(issue).toMatchObject({ body: '', labels: [], assignees: [], comments: 0 });
      for (const field of ['milestone', 'dueOn', 'closedAt']) expect(issue).not.toHaveProperty(field);
      expect(await repository.get(issue.number)).toEqual(issue);
    });

    test('gives the next number each time, also to many at once', async (repository) => {
      const issues = await Promise.all(
        Array.from({ length: 10 }, (_, index) => repository.create({ title: `At once ${index}` })),
      );
      const numbers = numbersOf(issues).sort((a, b) => a - b);
      expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] ?? 0) + index));
      expect(await repository.count({})).toBe(10);
      for (const issue of issues) expect((await repository.get(issue.number))?.title).toBe(issue.title);
    });

    test('keeps every character of hostile and long texts', async (repository) => {
      const body = `${hostile}\r\n\ttab\n\n\`\`\`\n${'Wort 😀 '.repeat(8000)}`;
      const { number } = await repository.create({ title: hostile, body });
      expect(await repository.get(number)).toMatchObject({ title: hostile, body });
      const comment = await repository.comment(number, body);
      expect(comment.body).toBe(body);
      expect(await repository.comments(number)).toEqual([comment]);
      expect(await repository.count({ text: 'table ISSUES; 日本語' })).toBe(1);
    });

    it.each<[string, Partial<IssueDraft>, string]>([
      ['without a title', { title: '' }, 'REQUEST_INVALID'],
      ['with a blank title', { title: ' \t\n' }, 'REQUEST_INVALID'],
      ['with a title of more than 255 bytes', { title: 'ä'.repeat(128) }, 'REQUEST_INVALID'],
      ['due on a day that there is not', { dueOn: '2026-02-30' }, 'REQUEST_INVALID'],
      [
        'with two labels of one exclusive scope',
        { labels: ['status/a', 'bug', 'status/b'] },
        'REQUEST_INVALID',
      ],
      ['with an unknown label', { labels: ['bug', 'unknown'] }, 'ISSUE_LABEL_UNKNOWN'],
      ['with a label in another case', { labels: ['Bug'] }, 'ISSUE_LABEL_UNKNOWN'],
      ['with an unknown milestone', { milestone: 'unknown' }, 'ISSUE_MILESTONE_UNKNOWN'],
    ])(
      '%s is refused, and changes nothing',
      (_, draft, code) =>
        tracker(async (repository) => {
          for (const name of ['bug', 'status/a', 'status/b']) await repository.saveLabel(issueLabel(name));
          const error = await markitectFailure(() => repository.create({ title: 'x', ...draft }));
          expect(error).toMatchObject({ kind: 'Invalid', code });
          expect(error.details).toHaveProperty('field');
          expect(await repository.count({})).toBe(0);
        })(),
      CONTRACT_TIMEOUT_MS,
    );

    test('refuses a user it does not have', async (repository, { unknownUser }) => {
      if (unknownUser === undefined) return;
      const { number } = await repository.create({ title: 'x' });
      for (const write of [
        () => repository.create({ title: 'x', assignees: [unknownUser] }),
        () => repository.edit(number, { title: 'y', assignees: [unknownUser] }),
      ]) {
        expect((await markitectFailure(write)).code).toBe('ISSUE_ASSIGNEE_UNKNOWN');
      }
      expect((await repository.list({})).items).toMatchObject([{ number, title: 'x', assignees: [] }]);
    });
  });

  describe('editing an issue', () => {
    test('changes what is named and leaves the rest', async (repository, { user }) => {
      await repository.saveLabel(issueLabel('bug'));
      await repository.saveMilestone(issueMilestone('1.0'));
      await repository.saveMilestone(issueMilestone('2.0'));
      let issue = await repository.create({
        title: 'Before',
        body: 'body',
        labels: ['bug'],
        milestone: '1.0',
        assignees: [user],
        dueOn: '2026-12-24',
      });
      const edits: readonly IssueEdit[] = [
        { title: 'After' },
        { body: hostile },
        { milestone: '2.0' },
        { dueOn: '2027-01-01' },
        { labels: [] },
        { assignees: [] },
        { milestone: null },
        { dueOn: null },
        { body: '' },
        { title: 'Both', body: 'at once', assignees: [user], labels: ['bug'], milestone: '1.0' },
        {},
      ];
      for (const edit of edits) {
        const before = issue;
        issue = await repository.edit(issue.number, edit);
        const { labels, milestone, dueOn, ...plain } = edit;
        expect(issue).toMatchObject(plain);
        if (labels !== undefined) expect(labelNames(issue)).toEqual(labels);
        if (milestone !== undefined) expect(issue.milestone).toBe(milestone ?? undefined);
        if (dueOn !== undefined) expect(issue.dueOn).toBe(dueOn ?? undefined);
        for (const field of [
          'title',
          'body',
          'state',
          'labels',
          'milestone',
          'assignees',
          'dueOn',
        ] as const) {
          if (!(field in edit)) expect([field, issue[field]]).toEqual([field, before[field]]);
        }
        for (const field of ['number', 'author', 'createdAt', 'comments'] as const) {
          expect(issue[field]).toBe(before[field]);
        }
        expect(await repository.get(issue.number)).toEqual(issue);
      }
    });

    test('has a later time afterwards, and so is found by it', async (repository, opened) => {
      const [changed, left] = (await createIssues(repository, 'a', 'b')) as [Issue, Issue];
      await tick(opened);
      const after = await repository.edit(changed.number, { title: 'changed' });
      expect(Date.parse(after.updatedAt)).toBeGreaterThan(Date.parse(changed.updatedAt));
      expect(after.createdAt).toBe(changed.createdAt);
      const since = await repository.list({ updatedSince: after.updatedAt });
      expect(since.items).toEqual([after]);
      const before = await repository.list({ updatedBefore: after.updatedAt });
      expect(numbersOf(before.items)).toEqual([left.number]);
      const order = await repository.list({ sort: 'updatedAt', order: 'desc' });
      expect(numbersOf(order.items)).toEqual([changed.number, left.number]);
    });

    test('closes and reopens', async (repository) => {
      const { number } = await repository.create({ title: 'x' });
      const closed = await repository.edit(number, { state: 'closed' });
      expect(closed).toMatchObject({ state: 'closed', title: 'x' });
      expect(closed.closedAt).toMatch(time);
      expect(await repository.count({ state: 'open' })).toBe(0);
      expect((await repository.edit(number, { state: 'closed' })).state).toBe('closed');
      const open = await repository.edit(number, { state: 'open' });
      expect(open).toMatchObject({ state: 'open' });
      expect(open).not.toHaveProperty('closedAt');
      expect(await repository.get(number)).toEqual(open);
    });

    test('puts one label of an exclusive scope in the place of another', async (repository) => {
      for (const name of ['status/a', 'status/b', 'team/x/1', 'team/x/2', 'team/y/1']) {
        await repository.saveLabel(issueLabel(name));
      }
      for (const name of ['kind/a', 'kind/b'])
        await repository.saveLabel(issueLabel(name, { exclusive: false }));
      for (const name of ['plain', 'other'])
        await repository.saveLabel(issueLabel(name, { exclusive: true }));
      const { number } = await repository.create({ title: 'x', labels: ['status/a'] });
      for (const labels of [['status/b'], ['status/a', 'team/x/1'], ['team/x/2', 'team/y/1']]) {
        expect(labelNames(await repository.edit(number, { labels }))).toEqual(labels);
      }
      const many = ['kind/a', 'kind/b', 'other', 'plain'];
      expect(labelNames(await repository.edit(number, { labels: many }))).toEqual(many);
      const error = await markitectFailure(() =>
        repository.edit(number, { labels: ['team/x/1', 'team/x/2'] }),
      );
      expect(error).toMatchObject({ code: 'REQUEST_INVALID', details: { field: 'labels' } });
      expect(labelNames((await repository.get(number)) as Issue)).toEqual(many);
    });

    it.each<[string, IssueEdit, string]>([
      ['an empty title', { title: '' }, 'REQUEST_INVALID'],
      ['a day that there is not', { dueOn: '2026-13-01' }, 'REQUEST_INVALID'],
      ['an unknown label', { labels: ['unknown'] }, 'ISSUE_LABEL_UNKNOWN'],
      ['an unknown milestone', { milestone: 'unknown' }, 'ISSUE_MILESTONE_UNKNOWN'],
    ])(
      'to %s is refused, and changes nothing',
      (_, edit, code) =>
        tracker(async (repository) => {
          const issue = await repository.create({ title: 'x', body: 'y' });
          const error = await markitectFailure(() => repository.edit(issue.number, { body: 'z', ...edit }));
          expect(error).toMatchObject({ kind: 'Invalid', code });
          expect(await repository.get(issue.number)).toEqual(issue);
        })(),
      CONTRACT_TIMEOUT_MS,
    );

    test('over what somebody else has changed is refused with the present version', async (repository) => {
      const first = await repository.create({ title: 'x', body: '1' });
      const second = await repository.edit(first.number, { body: '2' }, first.version);
      expect(second.version).not.toBe(first.version);
      for (const edit of [{ body: '3' }, { title: 'y' }, { state: 'closed' }] as const) {
        const error = await markitectFailure(() => repository.edit(first.number, edit, first.version));
        expect(error).toMatchObject({
          kind: 'Conflict',
          code: 'ISSUE_CHANGED',
          details: { version: second.version },
        });
      }
      expect(await repository.get(first.number)).toEqual(second);
      const third = await repository.edit(first.number, { body: '3' }, second.version);
      expect(third).toMatchObject({ body: '3', title: 'x' });
      expect((await repository.edit(first.number, { body: '4' }, third.version)).body).toBe('4');
    });

    test('lets one of several win that edit the same version at the same time', async (repository) => {
      const issue = await repository.create({ title: 'x', body: 'before' });
      const results = await Promise.allSettled(
        Array.from({ length: 8 }, (_, index) =>
          repository.edit(issue.number, { title: `title ${index}`, body: `body ${index}` }, issue.version),
        ),
      );
      const won = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
      expect(won).toHaveLength(1);
      for (const result of results) {
        if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'ISSUE_CHANGED' });
      }
      expect(await repository.get(issue.number)).toEqual(won[0]);
    });

    test('of an unknown issue is refused', async (repository) => {
      const number = await missingNumber(repository);
      for (const write of [
        () => repository.edit(number, { title: 'x' }),
        () => repository.edit(number, { title: 'x' }, '1'),
        () => repository.comment(number, 'x'),
        () => repository.unblock(number, number + 1),
      ]) {
        expect(await markitectFailure(write)).toMatchObject({ kind: 'NotFound', code: 'ISSUE_NOT_FOUND' });
      }
    });
  });

  describe('commenting', () => {
    test('adds to what was said and counts it', async (repository, { user }) => {
      const [issue, other] = (await createIssues(repository, 'a', 'b')) as [Issue, Issue];
      const first = await repository.comment(issue.number, 'first');
      const second = await repository.comment(issue.number, hostile);
      expect(first).toMatchObject({ author: user, body: 'first' });
      expect(first.createdAt).toMatch(time);
      expect(second.id).not.toBe(first.id);
      expect(await repository.comments(issue.number)).toEqual([first, second]);
      expect(await repository.get(issue.number)).toMatchObject({ comments: 2, title: 'a' });
      expect(await repository.get(other.number)).toEqual(other);
    });

    test('needs words', async (repository) => {
      const { number } = await repository.create({ title: 'x' });
      for (const body of ['', '  \n']) {
        const error = await markitectFailure(() => repository.comment(number, body));
        expect(error).toMatchObject({ code: 'REQUEST_INVALID', details: { field: 'body' } });
      }
      expect(await repository.comments(number)).toEqual([]);
    });
  });

  describe('labels and milestones', () => {
    test('are added, and changed where the name is known', async (repository) => {
      const bug = await repository.saveLabel(issueLabel('bug', { color: 'FF0000', description: hostile }));
      expect(bug).toEqual({ name: 'bug', color: 'ff0000', description: hostile, exclusive: false });
      const scoped = await repository.saveLabel(issueLabel('a/b'));
      expect(await repository.labels()).toEqual([scoped, bug]);
      const { number } = await repository.create({ title: 'x', labels: ['bug'] });
      const changed: Label = { ...bug, color: '00ff00', description: '' };
      expect(await repository.saveLabel(changed)).toEqual(changed);
      expect(await repository.labels()).toEqual([scoped, changed]);
      expect((await repository.get(number))?.labels).toEqual([changed]);

      const one = await repository.saveMilestone(issueMilestone('1.0', { dueOn: '2026-12-24' }));
      expect(one).toEqual({ title: '1.0', description: '', state: 'open', dueOn: '2026-12-24' });
      const next = { ...one, description: hostile, state: 'closed', dueOn: '2026-12-31' } as const;
      expect(await repository.saveMilestone(next)).toEqual(next);
      const zero = await repository.saveMilestone(issueMilestone('0.9'));
      expect(await repository.milestones()).toEqual([zero, next]);
    });

    test('need a name, a colour and real days', async (repository) => {
      for (const write of [
        () => repository.saveLabel(issueLabel(' ')),
        () => repository.saveLabel(issueLabel('x', { color: 'red' })),
        () => repository.saveMilestone(issueMilestone('')),
        () => repository.saveMilestone(issueMilestone('x', { dueOn: '2026-02-30' })),
      ]) {
        expect((await markitectFailure(write)).code).toBe('REQUEST_INVALID');
      }
      expect(await repository.labels()).toEqual([]);
      expect(await repository.milestones()).toEqual([]);
    });
  });

  describe('the timeline', () => {
    test('tells what happened in its order, also in pages', async (repository, opened) => {
      await repository.saveLabel(issueLabel('bug'));
      const { number } = await repository.create({ title: 'x' });
      const steps: readonly (readonly [string, () => Promise<unknown>])[] = [
        ['comment', () => repository.comment(number, 'Why?')],
        ['label', () => repository.edit(number, { labels: ['bug'] })],
        ['close', () => repository.edit(number, { state: 'closed' })],
        ['reopen', () => repository.edit(number, { state: 'open' })],
        ['comment', () => repository.comment(number, 'Because.')],
        ['label', () => repository.edit(number, { labels: [] })],
      ];
      for (const [, step] of steps) await step();
      const told = new Set(steps.map(([type]) => type));
      const { items } = await repository.timeline(number, { limit: 500 });
      const events = items.filter(({ type }) => told.has(type));
      expect(events.map(({ type }) => type)).toEqual(steps.map(([type]) => type));
      expect(events.map(({ author }) => author)).toEqual(steps.map(() => opened.user));
      expect(events[0]).toMatchObject({ body: 'Why?' });
      for (const { at } of items) expect(at).toMatch(time);
      const paged = await allItems((page) => repository.timeline(number, { limit: 2, ...page }));
      expect(paged).toEqual(items);
      const error = await markitectFailure(() => repository.timeline(number, { cursor: 'x' }));
      expect(error.code).toBe('CURSOR_INVALID');
    });
  });

  describe('pages', () => {
    it.each([
      ['number', 'asc'],
      ['number', 'desc'],
      ['createdAt', 'asc'],
      ['createdAt', 'desc'],
    ] as const)(
      'by %s %s lose and repeat nothing while issues are added',
      (sort, order) =>
        tracker(async (repository) => {
          const before = numbersOf(await createIssues(repository, 'a', 'b', 'c', 'd', 'e'));
          const query = { sort, order };
          const first = await repository.list(query, { limit: 2 });
          const added = numbersOf(await createIssues(repository, 'f', 'g', 'h'));
          const rest = await allItems((page) =>
            repository.list(query, { limit: 2, cursor: first.nextCursor ?? '', ...page }),
          );
          const found = numbersOf([...first.items, ...rest]);
          expect(found).toEqual(order === 'asc' ? [...before, ...added] : [...before].reverse());
        })(),
      CONTRACT_TIMEOUT_MS,
    );

    test('have 50 issues unless told otherwise', async (repository) => {
      await Promise.all(Array.from({ length: 53 }, (_, index) => repository.create({ title: `${index}` })));
      const first = await repository.list({});
      expect(first.items).toHaveLength(50);
      expect((await repository.list({}, { limit: 500 })).items).toHaveLength(53);
      const streamed: Issue[] = [];
      for await (const issue of repository.stream({ order: 'asc' })) streamed.push(issue);
      expect(streamed.map(({ number }) => number)).toEqual(numbersOf(streamed).sort((a, b) => a - b));
      expect(streamed).toHaveLength(53);
    });
  });
}
