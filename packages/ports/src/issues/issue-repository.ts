import type {
  Issue,
  IssueComment,
  IssueDraft,
  IssueEdit,
  IssueEvent,
  IssueNumber,
  IssueQuery,
  Label,
  Milestone,
  Page,
  PageRequest,
} from '@markitect/domain';
import { definePort } from '../port.js';

/**
 * The issues of one tracker. Errors of all operations that name an issue and do not answer `undefined`: NotFound
 * `ISSUE_NOT_FOUND`. Writes: Invalid `REQUEST_INVALID` naming the field, `ISSUE_LABEL_UNKNOWN`,
 * `ISSUE_MILESTONE_UNKNOWN`, `ISSUE_ASSIGNEE_UNKNOWN`; NotSupported `ISSUES_READ_ONLY` (a mirror). A refused write
 * changes nothing. Of a tracker behind HTTP: those of `HttpClient`, Forbidden `TRACKER_FORBIDDEN`,
 * `TRACKER_UNAUTHORIZED`, `TRACKER_ARCHIVED`, NotFound `TRACKER_NOT_FOUND`; of one in a database those of a database.
 */
export interface IssueRepository {
  /** The issue of a number, or `undefined`. */
  get(number: IssueNumber): Promise<Issue | undefined>;

  /** The issues of these numbers, in the order asked for; `undefined` where there is none. */
  getMany(numbers: readonly IssueNumber[]): Promise<readonly (Issue | undefined)[]>;

  /** One page of the issues that meet a query. Throws Invalid `CURSOR_INVALID`. */
  list(query: IssueQuery, page?: PageRequest): Promise<Page<Issue>>;

  /** All issues that meet a query, fetched as they are asked for. */
  stream(query: IssueQuery): AsyncIterable<Issue>;

  /** How many issues meet a query. */
  count(query: IssueQuery): Promise<number>;

  /** Adds an issue with the next number. */
  create(draft: IssueDraft): Promise<Issue>;

  /**
   * Changes an issue and answers what it is then. Throws Conflict `ISSUE_CHANGED` with `details.version` when
   * `version` is given and not the stored one; Conflict `ISSUE_BLOCKED` when it is to be closed and one it depends on
   * is open.
   */
  edit(number: IssueNumber, edit: IssueEdit, version?: string): Promise<Issue>;

  /** What was said about an issue, the first first. */
  comments(number: IssueNumber): Promise<readonly IssueComment[]>;

  /** Throws Forbidden `ISSUE_LOCKED`. */
  comment(number: IssueNumber, body: string): Promise<IssueComment>;

  /** The issues it waits for, by number. */
  blockers(number: IssueNumber): Promise<readonly Issue[]>;

  /** The issues that wait for it, by number. */
  blocked(number: IssueNumber): Promise<readonly Issue[]>;

  /** Makes an issue wait for another. Does nothing when it does. Throws Invalid `REQUEST_INVALID` for a circle of two or one. */
  block(number: IssueNumber, by: IssueNumber): Promise<void>;

  /** Makes an issue wait for another no longer. Does nothing when it does not. */
  unblock(number: IssueNumber, by: IssueNumber): Promise<void>;

  /** What happened to an issue, the first first. Throws Invalid `CURSOR_INVALID`. */
  timeline(number: IssueNumber, page?: PageRequest): Promise<Page<IssueEvent>>;

  /** The labels of the tracker, by name. */
  labels(): Promise<readonly Label[]>;

  /** Adds a label, or changes the one of its name. */
  saveLabel(label: Label): Promise<Label>;

  /** The milestones of the tracker, by title. */
  milestones(): Promise<readonly Milestone[]>;

  /** Adds a milestone, or changes the one of its title. */
  saveMilestone(milestone: Milestone): Promise<Milestone>;
}

export const issueRepositoryPort = definePort<IssueRepository>('IssueRepository', {
  get: { kind: 'read', idempotent: true, key: String },
  getMany: { kind: 'read', idempotent: true },
  list: { kind: 'read', idempotent: true },
  stream: { kind: 'read', idempotent: true },
  count: { kind: 'read', idempotent: true },
  create: { kind: 'write', idempotent: false },
  edit: { kind: 'write', idempotent: true, key: String },
  comments: { kind: 'read', idempotent: true, key: String },
  comment: { kind: 'write', idempotent: false, key: String },
  blockers: { kind: 'read', idempotent: true, key: String },
  blocked: { kind: 'read', idempotent: true, key: String },
  block: { kind: 'write', idempotent: true, key: String },
  unblock: { kind: 'write', idempotent: true, key: String },
  timeline: { kind: 'read', idempotent: true, key: String },
  labels: { kind: 'read', idempotent: true },
  saveLabel: { kind: 'write', idempotent: true, key: (label) => label.name },
  milestones: { kind: 'read', idempotent: true },
  saveMilestone: { kind: 'write', idempotent: true, key: (milestone) => milestone.title },
});
