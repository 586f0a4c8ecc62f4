import { describe, expect, it } from '@jest/globals';
import type { Issue, IssueComment } from '@markitect/domain';
import {
  commentEvent,
  issueCommentOf,
  issueEventOf,
  issueEventRow,
  issueOf,
  issueRow,
} from './issue.mapper.js';

const bare: Issue = {
  number: 7,
  title: 'Ünïted “Nations”',
  body: 'A\r\nBody',
  state: 'open',
  labels: [],
  assignees: [],
  author: 'ada',
  comments: 0,
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-02T00:00:00Z',
  isLocked: false,
  version: '3',
};
const full: Issue = {
  ...bare,
  state: 'closed',
  labels: [{ name: 'status/doing', color: 'aabbcc', description: '', exclusive: true }],
  milestone: '1.0',
  assignees: ['ada', 'bob'],
  comments: 2,
  closedAt: '2026-01-02T00:00:00.000Z',
  dueOn: '2026-02-01',
  isLocked: true,
  url: 'https://example.org/7',
};

const comment: IssueComment = {
  id: 4,
  author: 'bob',
  body: 'So it is.',
  createdAt: '2026-01-03T00:00:00.000Z',
  updatedAt: '2026-01-04T00:00:00.000Z',
};

describe('the row of an issue', () => {
  it.each([bare, full])('gives back exactly the issue it was made of', (issue) => {
    expect(issueOf(issueRow('local', issue))).toEqual(issue);
  });

  it('has what queries filter and sort by in columns, times in one form', () => {
    expect(issueRow('gitea:x', full)).toMatchObject({
      source: 'gitea:x',
      number: 7,
      state: 'closed',
      author: 'ada',
      milestone: '1.0',
      assignees: 2,
      comments: 2,
      updated_at: '2026-01-02T00:00:00.000Z',
      folded: 'ünïted “nations”\na\r\nbody',
    });
    expect(issueRow('local', bare).milestone).toBeNull();
  });
});

describe('the row of a comment', () => {
  it('gives back the comment', () => {
    const { createdAt: created_at, updatedAt: updated_at, ...same } = comment;
    expect(issueCommentOf({ ...same, created_at, updated_at })).toEqual(comment);
  });
});

describe('the row of an event', () => {
  it('gives back the event, with its id', () => {
    const event = {
      type: 'label',
      author: 'ada',
      at: bare.createdAt,
      details: { label: 'bug', added: true },
    };
    expect(issueEventOf(issueEventRow('local', 7, 9, event))).toEqual({ id: 9, ...event });
  });

  it('of a comment says what was said', () => {
    expect(issueEventOf(issueEventRow('local', 7, 9, commentEvent(comment)))).toEqual({
      id: 9,
      type: 'comment',
      author: 'bob',
      at: comment.createdAt,
      body: 'So it is.',
      details: {},
    });
  });
});
