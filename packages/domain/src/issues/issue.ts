import type { JsonObject } from '../json.js';
import type { Timestamp } from '../timestamp.js';
import type { IssueNumber } from './issue-number.js';

export type IssueState = 'open' | 'closed';

/** A day without a time, `2026-11-21`. */
export type CalendarDate = string;

/** A label as a tracker defines it. Names are compared exactly. */
export interface Label {
  readonly name: string;
  /** Six hexadecimal digits, lower case. */
  readonly color: string;
  readonly description: string;
  /**
   * Whether an issue has at most one label of this one's scope. The scope is the text before the last `/`; a label
   * without one is never exclusive.
   */
  readonly exclusive: boolean;
}

/** A milestone as a tracker defines it. Titles are compared exactly. */
export interface Milestone {
  readonly title: string;
  readonly description: string;
  readonly state: IssueState;
  readonly dueOn?: CalendarDate;
}

/** A piece of work. */
export interface Issue {
  readonly number: IssueNumber;
  readonly title: string;
  /** Markdown. */
  readonly body: string;
  readonly state: IssueState;
  /** By name. */
  readonly labels: readonly Label[];
  /** The title of its milestone. */
  readonly milestone?: string;
  /** Names of users, in the order of their characters. */
  readonly assignees: readonly string[];
  readonly author: string;
  /** How many comments it has. */
  readonly comments: number;
  readonly createdAt: Timestamp;
  readonly updatedAt: Timestamp;
  readonly closedAt?: Timestamp;
  readonly dueOn?: CalendarDate;
  /** Nobody but its maintainers may comment. */
  readonly isLocked: boolean;
  /** Opaque. Changes whenever the issue is edited; pass it back to edit exactly what was seen. */
  readonly version: string;
  /** Where people look at it, where that is a page. */
  readonly url?: string;
}

/** What a new issue starts with. */
export interface IssueDraft {
  readonly title: string;
  readonly body?: string;
  /** Names of labels the tracker has. */
  readonly labels?: readonly string[];
  /** The title of a milestone the tracker has. */
  readonly milestone?: string;
  readonly assignees?: readonly string[];
  readonly dueOn?: CalendarDate;
}

/** What is to be different. What is left out stays; `null` takes away. */
export interface IssueEdit {
  readonly title?: string;
  readonly body?: string;
  readonly state?: IssueState;
  /** All labels it is to have, by name. */
  readonly labels?: readonly string[];
  readonly milestone?: string | null;
  /** All users it is to be assigned to. */
  readonly assignees?: readonly string[];
  readonly dueOn?: CalendarDate | null;
}

/** What somebody said about an issue. */
export interface IssueComment {
  readonly id: number;
  readonly author: string;
  /** Markdown. */
  readonly body: string;
  readonly createdAt: Timestamp;
  readonly updatedAt: Timestamp;
}

/** Something that happened to an issue. */
export interface IssueEvent {
  readonly id: number;
  /** In the words of the tracker: `comment`, `close`, `reopen`, `label`, `milestone`, `assignees`, `add_dependency` … */
  readonly type: string;
  readonly author: string;
  readonly at: Timestamp;
  /** What was said, of events that say something. */
  readonly body?: string;
  /** What changed, e.g. `{ label: 'bug', added: true }`. */
  readonly details: JsonObject;
}
