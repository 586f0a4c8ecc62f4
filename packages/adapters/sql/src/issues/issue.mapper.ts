import {
  type Issue,
  type IssueComment,
  type IssueEvent,
  issueText,
  type JsonObject,
  type NewIssueEvent,
} from '@markitect/domain';
import type { IssueCommentRow, IssueEventRow, IssueRow } from './issue.schema.js';

/** The row of an issue, but for what is said about it and its id, which the table gives. */
export function issueRow(source: string, issue: Issue): Omit<IssueRow, 'id' | 'comment_text'> {
  const { title, body, ...facts } = issue;
  return {
    source,
    number: issue.number,
    state: issue.state,
    author: issue.author,
    milestone: issue.milestone ?? null,
    assignees: issue.assignees.length,
    comments: issue.comments,
    created_at: new Date(issue.createdAt).toISOString(),
    updated_at: new Date(issue.updatedAt).toISOString(),
    facts: JSON.stringify(facts),
    title,
    body,
    folded: issueText(issue),
  };
}

/** The issue of a row. */
export function issueOf({ facts, title, body }: Pick<IssueRow, 'facts' | 'title' | 'body'>): Issue {
  return Object.assign(JSON.parse(facts) as Issue, { title, body });
}

/** The comment of a row. */
export function issueCommentOf(row: Omit<IssueCommentRow, 'source' | 'number' | 'position'>): IssueComment {
  const { id, author, body, created_at: createdAt, updated_at: updatedAt } = row;
  return { id, author, body, createdAt, updatedAt };
}

/** The row of an event. */
export function issueEventRow(
  source: string,
  number: number,
  id: number,
  { type, author, at, body, details }: NewIssueEvent,
): IssueEventRow {
  return { source, number, id, type, author, at, details: JSON.stringify(details), body: body ?? null };
}

/** The event of a row. */
export function issueEventOf(row: Omit<IssueEventRow, 'source' | 'number'>): IssueEvent {
  const { id, type, author, at, body } = row;
  const event = { id, type, author, at, details: JSON.parse(row.details) as JsonObject };
  return body === null ? event : { ...event, body };
}

/** The event that a comment is. */
export function commentEvent({ author, createdAt, body }: IssueComment): NewIssueEvent {
  return { type: 'comment', author, at: createdAt, body, details: {} };
}
