import { createHash } from 'node:crypto';
import {
  type CalendarDate,
  type Issue,
  type IssueComment,
  type IssueEvent,
  type JsonObject,
  type Label,
  labelScope,
  type Milestone,
  type Timestamp,
} from '@markitect/domain';
import type {
  CommentAnswer,
  EventAnswer,
  IssueAnswer,
  LabelAnswer,
  MilestoneAnswer,
} from './gitea-answers.js';

/** An issue of the domain from what the server answers. */
export function toIssue(answer: IssueAnswer): Issue {
  const { milestone, closed_at: closedAt, due_date: due, html_url: url } = answer;
  return {
    number: answer.number,
    title: answer.title,
    body: answer.body ?? '',
    state: answer.state,
    labels: (answer.labels ?? []).map(toLabel).sort(byText((label) => label.name)),
    ...(milestone == null ? {} : { milestone: milestone.title }),
    assignees: assigneesOf(answer),
    author: authorOf(answer),
    comments: answer.comments,
    createdAt: toTimestamp(answer.created_at),
    updatedAt: toTimestamp(answer.updated_at),
    ...(closedAt == null ? {} : { closedAt: toTimestamp(closedAt) }),
    ...(due == null ? {} : { dueOn: toDate(due) }),
    isLocked: answer.is_locked ?? false,
    version: versionOf(answer),
    ...(url == null || url === '' ? {} : { url }),
  };
}

/**
 * `content_version`, which the server changes with the body alone, and a digest of all that can be edited: together
 * they change with every edit, and with nothing else. Comments and the times of changes are left out on purpose:
 * somebody who says something does not make an edit stale.
 */
function versionOf(answer: IssueAnswer): string {
  const seen = [
    answer.title,
    answer.body ?? '',
    answer.state,
    (answer.labels ?? []).map(({ id }) => id).sort((a, b) => a - b),
    answer.milestone?.id ?? null,
    assigneesOf(answer),
    answer.due_date == null ? null : toDate(answer.due_date),
    answer.is_locked ?? false,
  ];
  const digest = createHash('sha256').update(JSON.stringify(seen)).digest('base64url').slice(0, 16);
  return `${answer.content_version ?? '-'}.${digest}`;
}

function assigneesOf(answer: IssueAnswer): readonly string[] {
  return (answer.assignees ?? []).map(({ login }) => login).sort();
}

/** Who wrote it; accounts that are gone are called Ghost by the server too. */
function authorOf({ user }: Pick<IssueAnswer, 'user'>): string {
  return user?.login ?? 'Ghost';
}

export function toLabel({ name, color, description, exclusive }: LabelAnswer): Label {
  return {
    name,
    color: color.replace(/^#/, '').toLowerCase(),
    description: description ?? '',
    exclusive: labelScope({ name, exclusive: exclusive ?? false }) !== undefined,
  };
}

export function toMilestone({ title, description, state, due_on: due }: MilestoneAnswer): Milestone {
  return { title, description: description ?? '', state, ...(due == null ? {} : { dueOn: toDate(due) }) };
}

export function toComment(answer: CommentAnswer): IssueComment {
  return {
    id: answer.id,
    author: authorOf(answer),
    body: answer.body ?? '',
    createdAt: toTimestamp(answer.created_at),
    updatedAt: toTimestamp(answer.updated_at),
  };
}

export function toEvent(answer: EventAnswer): IssueEvent {
  const { body, type } = answer;
  return {
    id: answer.id,
    type,
    author: authorOf(answer),
    at: toTimestamp(answer.created_at),
    // The text of a label's or a due date's event is not said by anybody, but a code of the server.
    ...(body == null || body === '' || type === 'label' || type.endsWith('_deadline') ? {} : { body }),
    details: { ...changeOf(answer), ...referencesOf(answer) },
  };
}

/** What changed, in the words that an embedded tracker uses too. */
function changeOf(answer: EventAnswer): JsonObject {
  switch (answer.type) {
    case 'label':
      // The server says 1 in the event of a label that was added, and nothing in one of a label taken away.
      return given({ label: answer.label?.name, added: answer.body === '1' });
    case 'assignees':
      return given({ assignee: answer.assignee?.login, added: !(answer.removed_assignee ?? false) });
    case 'milestone':
      return { from: answer.old_milestone?.title ?? null, to: answer.milestone?.title ?? null };
    case 'change_title':
      return { from: answer.old_title ?? null, to: answer.new_title ?? null };
    case 'change_issue_ref':
      return { from: answer.old_ref ?? null, to: answer.new_ref ?? null };
    case 'added_deadline':
      return { from: null, to: answer.body ?? null };
    case 'modified_deadline': {
      const [to, from] = (answer.body ?? '').split('|');
      return { from: from ?? null, to: to ?? null };
    }
    case 'removed_deadline':
      return { from: answer.body ?? null, to: null };
    default:
      return {};
  }
}

function referencesOf(answer: EventAnswer): JsonObject {
  return given({
    dependency: answer.dependent_issue?.number,
    issue: answer.ref_issue?.number,
    commit: answer.ref_commit_sha,
    action: answer.ref_action,
    project: answer.project_id,
    oldProject: answer.old_project_id,
  });
}

/** Leaves out what the server fills in for nothing: null, 0, '' and 'none'. */
function given(
  values: Readonly<Record<string, string | number | boolean | null | undefined>>,
): Record<string, string | number | boolean> {
  const isGiven = (entry: [string, unknown]): entry is [string, string | number | boolean] =>
    entry[1] != null && entry[1] !== '' && entry[1] !== 0 && entry[1] !== 'none';
  return Object.fromEntries(Object.entries(values).filter(isGiven));
}

/** The server gives seconds and the offset of its own zone. */
export function toTimestamp(time: string): Timestamp {
  return new Date(time).toISOString();
}

/** The day a due date means: that of the server's zone, in which it is printed. */
export function toDate(time: string): CalendarDate {
  return time.slice(0, 10);
}

/** By the characters of a text, not by a language. */
export function byText<T>(text: (item: T) => string): (a: T, b: T) => number {
  return (a, b) => (text(a) < text(b) ? -1 : text(a) > text(b) ? 1 : 0);
}
