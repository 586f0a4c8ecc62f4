import { Invalid } from '../errors/markitect-error.js';
import type { JsonObject } from '../json.js';
import type { Timestamp } from '../timestamp.js';
import { isCalendarDate } from './issue-dates.js';
import type { IssueNumber } from './issue-number.js';
import type {
  CalendarDate,
  Issue,
  IssueDraft,
  IssueEdit,
  IssueEvent,
  IssueState,
  Label,
  Milestone,
} from './issue.js';

/** What a tracker knows that a change may name. */
export interface TrackerNames {
  label(name: string): Label | undefined;
  hasMilestone(title: string): boolean;
  hasUser(name: string): boolean;
}

/** By whom and when a change is made, and the version an issue has after it. */
export interface ChangeStamp {
  readonly author: string;
  readonly at: Timestamp;
  readonly version: string;
}

/** An event that has no id yet. */
export type NewIssueEvent = Omit<IssueEvent, 'id'>;

/**
 * The issue that a draft begins. Throws Invalid `REQUEST_INVALID` naming the field, `ISSUE_LABEL_UNKNOWN`,
 * `ISSUE_MILESTONE_UNKNOWN`, `ISSUE_ASSIGNEE_UNKNOWN`.
 */
export function newIssue(
  draft: IssueDraft,
  number: IssueNumber,
  names: TrackerNames,
  { author, at, version }: ChangeStamp,
): Issue {
  const milestone =
    draft.milestone === undefined ? {} : { milestone: knownMilestone(draft.milestone, names) };
  return {
    number,
    title: checkedIssueTitle(draft.title),
    body: (draft.body ?? '').toWellFormed(),
    state: 'open',
    labels: knownLabels(draft.labels ?? [], names),
    ...milestone,
    assignees: knownUsers(draft.assignees ?? [], names),
    author,
    comments: 0,
    createdAt: at,
    updatedAt: at,
    ...(draft.dueOn === undefined ? {} : { dueOn: checkedDate('dueOn', draft.dueOn) }),
    isLocked: false,
    version,
  };
}

/**
 * The issue after an edit, and what there is to tell of it; the same issue and no events when nothing differs. Whether
 * it may be closed is for the caller to know. Throws as {@link newIssue}.
 */
export function editedIssue(
  issue: Issue,
  edit: IssueEdit,
  names: TrackerNames,
  { author, at, version }: ChangeStamp,
): { readonly issue: Issue; readonly events: readonly NewIssueEvent[] } {
  const title = edit.title === undefined ? issue.title : checkedIssueTitle(edit.title);
  const body = edit.body === undefined ? issue.body : edit.body.toWellFormed();
  const state = edit.state === undefined ? issue.state : checkedState(edit.state);
  const labels = edit.labels === undefined ? issue.labels : knownLabels(edit.labels, names);
  const milestone =
    edit.milestone === undefined ? (issue.milestone ?? null) : knownMilestone(edit.milestone, names);
  const assignees = edit.assignees === undefined ? issue.assignees : knownUsers(edit.assignees, names);
  const dueOn =
    edit.dueOn === undefined
      ? (issue.dueOn ?? null)
      : edit.dueOn === null
        ? null
        : checkedDate('dueOn', edit.dueOn);

  const events: NewIssueEvent[] = [];
  const tell = (type: string, details: JsonObject): void => void events.push({ type, author, at, details });
  const { closedAt, milestone: oldMilestone = null, dueOn: oldDueOn = null, ...rest } = issue;
  if (title !== issue.title) tell('change_title', { from: issue.title, to: title });
  tellMembers('label', 'label', namesOf(issue.labels), namesOf(labels), tell);
  if (milestone !== oldMilestone) tell('milestone', { from: oldMilestone, to: milestone });
  tellMembers('assignees', 'assignee', issue.assignees, assignees, tell);
  if (dueOn !== oldDueOn) tell(deadlineEvent(oldDueOn, dueOn), { from: oldDueOn, to: dueOn });
  if (state !== issue.state) tell(state === 'closed' ? 'close' : 'reopen', {});
  if (events.length === 0 && body === issue.body) return { issue, events };
  const closed = state === 'closed' ? { closedAt: closedAt ?? at } : {};
  return {
    issue: {
      ...rest,
      title,
      body,
      state,
      labels,
      ...(milestone === null ? {} : { milestone }),
      assignees,
      updatedAt: at,
      ...closed,
      ...(dueOn === null ? {} : { dueOn }),
      version,
    },
    events,
  };
}

/** The longest title of an issue, in bytes of UTF-8. */
export const MAX_ISSUE_TITLE_BYTES = 255;

/** The title of an issue. Throws Invalid `REQUEST_INVALID` when it is blank, too long or more than a line. */
export function checkedIssueTitle(title: string): string {
  const checked = checkedLine('title', title);
  if (new TextEncoder().encode(checked).length <= MAX_ISSUE_TITLE_BYTES) return checked;
  throw wrong('title', `of at most ${MAX_ISSUE_TITLE_BYTES} bytes`);
}

/** A comment's text. Throws Invalid `REQUEST_INVALID` when it says nothing. */
export function checkedComment(body: string): string {
  return checkedText('body', body);
}

/** A label as it is kept. Throws Invalid `REQUEST_INVALID` naming the field. */
export function checkedLabel({ name, color, description, exclusive }: Label): Label {
  if (!/^[0-9a-f]{6}$/i.test(color)) throw wrong('color', 'six hexadecimal digits, e.g. 00aabb');
  const label = { name: checkedLine('name', name), color: color.toLowerCase(), description, exclusive };
  return labelScope(label) === undefined ? { ...label, exclusive: false } : label;
}

/** A milestone as it is kept. Throws Invalid `REQUEST_INVALID` naming the field. */
export function checkedMilestone({ title, description, state, dueOn }: Milestone): Milestone {
  const milestone = { title: checkedLine('title', title), description, state: checkedState(state) };
  return dueOn === undefined ? milestone : { ...milestone, dueOn: checkedDate('dueOn', dueOn) };
}

/** The scope of which an issue has one label at most; `undefined` for a label that any others may stand beside. */
export function labelScope({ name, exclusive }: Pick<Label, 'name' | 'exclusive'>): string | undefined {
  const end = name.lastIndexOf('/');
  return exclusive && end > 0 ? name.slice(0, end) : undefined;
}

/** Throws Invalid `REQUEST_INVALID` when two labels are of one exclusive scope. */
export function requireOneOfEachScope(labels: readonly Label[]): void {
  const seen = new Map<string, string>();
  for (const label of labels) {
    const scope = labelScope(label);
    if (scope === undefined) continue;
    const other = seen.get(scope);
    if (other !== undefined) {
      throw new Invalid(
        'REQUEST_INVALID',
        `an issue has only one label of "${scope}": ${other} or ${label.name}`,
        {
          details: { field: 'labels', scope, labels: [other, label.name] },
        },
      );
    }
    seen.set(scope, label.name);
  }
}

function knownLabels(wanted: readonly string[], names: TrackerNames): readonly Label[] {
  const labels = [...new Set(wanted)].sort().map((name) => {
    const label = names.label(name);
    if (label !== undefined) return label;
    throw new Invalid('ISSUE_LABEL_UNKNOWN', `there is no label "${name}"`, {
      details: { field: 'labels', label: name },
    });
  });
  requireOneOfEachScope(labels);
  return labels;
}

function knownMilestone<T extends string | null>(milestone: T, names: TrackerNames): T {
  if (milestone === null || names.hasMilestone(milestone)) return milestone;
  throw new Invalid('ISSUE_MILESTONE_UNKNOWN', `there is no milestone "${milestone}"`, {
    details: { field: 'milestone', milestone },
  });
}

function knownUsers(wanted: readonly string[], names: TrackerNames): readonly string[] {
  return [...new Set(wanted)].sort().map((name) => {
    if (checkedText('assignees', name) === name && names.hasUser(name)) return name;
    throw new Invalid('ISSUE_ASSIGNEE_UNKNOWN', `there is no user "${name}" who may be assigned`, {
      details: { field: 'assignees', assignee: name },
    });
  });
}

function checkedState(state: IssueState): IssueState {
  const states: readonly string[] = ['open', 'closed'];
  if (states.includes(state)) return state;
  throw wrong('state', 'open or closed');
}

function checkedText(field: string, text: string): string {
  if (text.trim() === '') throw wrong(field, 'a text that says something');
  return text.toWellFormed();
}

/** A text on one line. What steers a terminal has no place in what lists show. */
function checkedLine(field: string, text: string): string {
  const checked = checkedText(field, text);
  if (!/[\p{Cc}\p{Zl}\p{Zp}]/u.test(checked)) return checked;
  throw wrong(field, 'one line without control characters');
}

/** The refusal to make an issue wait for itself, or for one that waits for it. */
export function waitsForItself(number: IssueNumber, by: IssueNumber): Invalid {
  const message =
    number === by
      ? `issue #${number} cannot wait for itself`
      : `issues #${number} and #${by} would wait for each other`;
  return new Invalid('REQUEST_INVALID', message, { details: { field: 'by', number, by } });
}

function checkedDate(field: string, date: CalendarDate): CalendarDate {
  if (isCalendarDate(date)) return date;
  throw wrong(field, 'a day, e.g. 2026-11-21');
}

function tellMembers(
  type: string,
  field: string,
  before: readonly string[],
  after: readonly string[],
  tell: (type: string, details: JsonObject) => void,
): void {
  for (const name of before) if (!after.includes(name)) tell(type, { [field]: name, added: false });
  for (const name of after) if (!before.includes(name)) tell(type, { [field]: name, added: true });
}

function deadlineEvent(before: CalendarDate | null, after: CalendarDate | null): string {
  if (before === null) return 'added_deadline';
  return after === null ? 'removed_deadline' : 'modified_deadline';
}

function namesOf(labels: readonly Label[]): readonly string[] {
  return labels.map(({ name }) => name);
}

function wrong(field: string, allowed: string): Invalid {
  return new Invalid('REQUEST_INVALID', `${field} must be ${allowed}`, { details: { field, allowed } });
}
