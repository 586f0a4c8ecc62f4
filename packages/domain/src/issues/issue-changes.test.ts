import { describe, expect, it } from '@jest/globals';
import { checkedIssueTitle, checkedLabel, editedIssue, labelScope, newIssue } from './issue-changes.js';
import type { Label } from './issue.js';

const label = (name: string, exclusive = true): Label => ({
  name,
  color: '00aabb',
  description: '',
  exclusive,
});
const labels = [label('status/a'), label('status/b'), label('bug')];
const names = {
  label: (name: string) => labels.find((each) => each.name === name),
  hasMilestone: (title: string) => title === '1.0',
  hasUser: (name: string) => name !== 'eve',
};
const stamp = (version: string) => ({ author: 'ada', at: `2026-01-0${version}T00:00:00.000Z`, version });
const begun = newIssue(
  { title: 'x', labels: ['status/a', 'bug', 'bug'], assignees: ['bob', 'ada'] },
  1,
  names,
  stamp('1'),
);
const code = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    return (error as { code: string }).code;
  }
  return 'none';
};

describe('a new issue', () => {
  it('has its labels and users once and in order', () => {
    expect(begun.labels.map(({ name }) => name)).toEqual(['bug', 'status/a']);
    expect(begun.assignees).toEqual(['ada', 'bob']);
    expect(begun).toMatchObject({ state: 'open', version: '1', author: 'ada' });
  });

  it('has no half characters', () => {
    expect(newIssue({ title: 'a\ud83d', body: '\ude00' }, 1, names, stamp('1'))).toMatchObject({
      title: 'a\ufffd',
      body: '\ufffd',
    });
  });
});

describe('an edit', () => {
  it('that changes nothing leaves the very same issue', () => {
    const edit = {
      title: 'x',
      state: 'open',
      labels: ['bug', 'status/a'],
      milestone: null,
      dueOn: null,
    } as const;
    const edited = editedIssue(begun, edit, names, stamp('2'));
    expect(edited.issue).toBe(begun);
    expect(edited.events).toEqual([]);
  });

  it('tells of everything it changes but the body', () => {
    const edit = {
      title: 'y',
      body: 'new',
      state: 'closed',
      labels: ['status/b', 'bug'],
      milestone: '1.0',
      assignees: ['bob'],
      dueOn: '2028-02-29',
    } as const;
    const { issue, events } = editedIssue(begun, edit, names, stamp('2'));
    expect(events.map(({ type, details }) => [type, details])).toEqual([
      ['change_title', { from: 'x', to: 'y' }],
      ['label', { label: 'status/a', added: false }],
      ['label', { label: 'status/b', added: true }],
      ['milestone', { from: null, to: '1.0' }],
      ['assignees', { assignee: 'ada', added: false }],
      ['added_deadline', { from: null, to: '2028-02-29' }],
      ['close', {}],
    ]);
    expect(issue).toMatchObject({ version: '2', closedAt: issue.updatedAt, dueOn: '2028-02-29' });
    const back = editedIssue(issue, { state: 'open', dueOn: null, milestone: null }, names, stamp('3'));
    expect(back.events.map(({ type }) => type)).toEqual(['milestone', 'removed_deadline', 'reopen']);
    for (const field of ['closedAt', 'dueOn', 'milestone']) expect(back.issue).not.toHaveProperty(field);
    expect(editedIssue(issue, { dueOn: '2028-03-01' }, names, stamp('3')).events[0]?.type).toBe(
      'modified_deadline',
    );
    const changed = editedIssue(begun, { body: 'only' }, names, stamp('2'));
    expect([changed.issue.version, changed.events]).toEqual(['2', []]);
  });

  it.each([
    [{ state: 'gone' as 'open' }, 'REQUEST_INVALID'],
    [{ title: ' ' }, 'REQUEST_INVALID'],
    [{ dueOn: '2027-02-29' }, 'REQUEST_INVALID'],
    [{ dueOn: 'tomorrow' }, 'REQUEST_INVALID'],
    [{ assignees: [''] }, 'REQUEST_INVALID'],
    [{ assignees: ['eve'] }, 'ISSUE_ASSIGNEE_UNKNOWN'],
    [{ milestone: '2.0' }, 'ISSUE_MILESTONE_UNKNOWN'],
    [{ labels: ['BUG'] }, 'ISSUE_LABEL_UNKNOWN'],
    [{ labels: ['status/a', 'status/b'] }, 'REQUEST_INVALID'],
  ])('to %j is refused', (edit, expected) => {
    expect(code(() => editedIssue(begun, edit, names, stamp('2')))).toBe(expected);
  });
});

describe('titles and labels', () => {
  it('have limits in bytes', () => {
    expect(checkedIssueTitle('ä'.repeat(127))).toHaveLength(127);
    expect(code(() => checkedIssueTitle('ä'.repeat(128)))).toBe('REQUEST_INVALID');
  });

  it('are exclusive only in a scope, which is what stands before the last slash', () => {
    expect(labelScope(label('a/b/c'))).toBe('a/b');
    expect(labelScope(label('a/b', false))).toBeUndefined();
    expect(labelScope(label('/a'))).toBeUndefined();
    expect(checkedLabel(label('plain')).exclusive).toBe(false);
    expect(checkedLabel({ ...label('a/b'), color: 'AABBCC' })).toMatchObject({
      color: 'aabbcc',
      exclusive: true,
    });
  });
});
