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
import type { IssueRepository } from '@markitect/ports';
import type { SqlExecutor } from '../engine/sql-executor.js';
import { countIssues, listIssues, streamPages } from './issue-pages.js';
import {
  readBlocked,
  readBlockers,
  readComments,
  readIssue,
  readIssues,
  readLabels,
  readMilestones,
  readTimeline,
} from './issue-reads.js';
import { IssueWrites, type TrackerIdentity } from './issue-writes.js';

/** The issues of a tracker as a transaction sees and changes them. For one call at a time. */
export class TransactionIssueRepository implements IssueRepository {
  readonly #executor: SqlExecutor;
  readonly #source: string;
  readonly #writes: IssueWrites;

  constructor(executor: SqlExecutor, tracker: TrackerIdentity) {
    this.#executor = executor;
    this.#source = tracker.source;
    this.#writes = new IssueWrites(executor, tracker);
  }

  get(number: IssueNumber): Promise<Issue | undefined> {
    return readIssue(this.#executor, this.#source, number);
  }

  getMany(numbers: readonly IssueNumber[]): Promise<readonly (Issue | undefined)[]> {
    return readIssues(this.#executor, this.#source, numbers);
  }

  list(query: IssueQuery, page: PageRequest = {}): Promise<Page<Issue>> {
    return listIssues(this.#executor, this.#source, query, page);
  }

  /** Page by page, through `list`: each is an operation of the transaction by itself. */
  stream(query: IssueQuery): AsyncIterable<Issue> {
    return streamPages((page) => this.list(query, page));
  }

  count(query: IssueQuery): Promise<number> {
    return countIssues(this.#executor, this.#source, query);
  }

  create(draft: IssueDraft): Promise<Issue> {
    return this.#writes.create(draft);
  }

  edit(number: IssueNumber, edit: IssueEdit, version?: string): Promise<Issue> {
    return this.#writes.edit(number, edit, version);
  }

  comments(number: IssueNumber): Promise<readonly IssueComment[]> {
    return readComments(this.#executor, this.#source, number);
  }

  comment(number: IssueNumber, body: string): Promise<IssueComment> {
    return this.#writes.comment(number, body);
  }

  blockers(number: IssueNumber): Promise<readonly Issue[]> {
    return readBlockers(this.#executor, this.#source, number);
  }

  blocked(number: IssueNumber): Promise<readonly Issue[]> {
    return readBlocked(this.#executor, this.#source, number);
  }

  block(number: IssueNumber, by: IssueNumber): Promise<void> {
    return this.#writes.block(number, by);
  }

  unblock(number: IssueNumber, by: IssueNumber): Promise<void> {
    return this.#writes.unblock(number, by);
  }

  timeline(number: IssueNumber, page: PageRequest = {}): Promise<Page<IssueEvent>> {
    return readTimeline(this.#executor, this.#source, number, page);
  }

  labels(): Promise<readonly Label[]> {
    return readLabels(this.#executor, this.#source);
  }

  saveLabel(label: Label): Promise<Label> {
    return this.#writes.saveLabel(label);
  }

  milestones(): Promise<readonly Milestone[]> {
    return readMilestones(this.#executor, this.#source);
  }

  saveMilestone(milestone: Milestone): Promise<Milestone> {
    return this.#writes.saveMilestone(milestone);
  }
}
