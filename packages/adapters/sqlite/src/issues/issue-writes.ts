import { commentEvent, issueOf } from '@markitect/adapter-sql';
import {
  checkedComment,
  checkedLabel,
  checkedMilestone,
  Conflict,
  editedIssue,
  Forbidden,
  type Issue,
  type IssueComment,
  type IssueDraft,
  type IssueEdit,
  type IssueNumber,
  type Label,
  type Milestone,
  newIssue,
  type NewIssueEvent,
  type TrackerNames,
  waitsForItself,
} from '@markitect/domain';
import type { SqlExecutor } from '../engine/sql-executor.js';
import { issueColumns, readLabels, readMilestones, requireIssue, type StoredIssue } from './issue-reads.js';
import { storeComment, storeEvent, storeIssue, storeMembers } from './issue-rows.js';

/** The source of the embedded tracker. */
export const LOCAL_TRACKER = 'local';

/** The embedded tracker that is written to. */
export interface TrackerIdentity {
  readonly source: string;
  /** The author of what is written. */
  readonly user: string;
  readonly now: () => Date;
}

/**
 * The writes of an embedded tracker in a transaction. Each checks everything before it changes anything, so that one
 * that is refused leaves the transaction as it was.
 */
export class IssueWrites {
  readonly #transaction: SqlExecutor;
  readonly #tracker: TrackerIdentity;

  constructor(transaction: SqlExecutor, tracker: TrackerIdentity) {
    this.#transaction = transaction;
    this.#tracker = tracker;
  }

  async create(draft: IssueDraft): Promise<Issue> {
    const { source, user: author } = this.#tracker;
    const made = newIssue(draft, 1, await this.#names(draft), { author, at: this.#now(), version: '1' });
    const issue = { ...made, number: await this.#next('last_number', 1) };
    await storeIssue(this.#transaction, source, issue);
    if (issue.labels.length > 0 || issue.assignees.length > 0) {
      await storeMembers(this.#transaction, source, issue);
    }
    return issue;
  }

  async edit(number: IssueNumber, edit: IssueEdit, version?: string): Promise<Issue> {
    const { source, user: author } = this.#tracker;
    const issue = await requireIssue(this.#transaction, source, number);
    if (version !== undefined && version !== issue.version) {
      throw new Conflict('ISSUE_CHANGED', `issue #${number} was changed in the meantime`, {
        details: { number, version: issue.version },
      });
    }
    const stamp = { author, at: this.#now(), version: String(Number(issue.version) + 1) };
    const changed = editedIssue(issue, edit, await this.#names(edit), stamp);
    if (changed.issue === issue) return issue;
    if (issue.state === 'open' && changed.issue.state === 'closed') await this.#requireUnblocked(number);
    await storeIssue(this.#transaction, source, changed.issue);
    if (edit.labels !== undefined || edit.assignees !== undefined) {
      await storeMembers(this.#transaction, source, changed.issue);
    }
    await this.#tell(number, changed.events);
    return changed.issue;
  }

  async comment(number: IssueNumber, text: string): Promise<IssueComment> {
    const { source, user: author } = this.#tracker;
    const issue = await requireIssue(this.#transaction, source, number);
    const body = checkedComment(text);
    if (issue.isLocked) {
      throw new Forbidden('ISSUE_LOCKED', `issue #${number} is locked`, { details: { number } });
    }
    const at = this.#now();
    const comment = { id: await this.#next('last_id', 1), author, body, createdAt: at, updatedAt: at };
    await storeIssue(this.#transaction, source, { ...issue, comments: issue.comments + 1, updatedAt: at });
    await this.#transaction.run(
      'UPDATE issues SET comment_text = comment_text || ? WHERE source = ? AND number = ?',
      [`${body}\n`, source, number],
    );
    await storeComment(this.#transaction, source, number, comment.id, comment);
    await storeEvent(this.#transaction, source, number, comment.id, commentEvent(comment));
    return comment;
  }

  async block(number: IssueNumber, by: IssueNumber): Promise<void> {
    const { source } = this.#tracker;
    const issue = await requireIssue(this.#transaction, source, number);
    await requireIssue(this.#transaction, source, by);
    if (number === by || (await this.#waits(by, number))) {
      throw waitsForItself(number, by);
    }
    const added = await this.#transaction.run(
      'INSERT INTO issue_dependencies(source, number, blocker) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
      [source, number, by],
    );
    if (added > 0) await this.#tellDependency('add_dependency', issue, by);
  }

  async unblock(number: IssueNumber, by: IssueNumber): Promise<void> {
    const { source } = this.#tracker;
    const issue = await requireIssue(this.#transaction, source, number);
    await requireIssue(this.#transaction, source, by);
    const removed = await this.#transaction.run(
      'DELETE FROM issue_dependencies WHERE source = ? AND number = ? AND blocker = ?',
      [source, number, by],
    );
    if (removed > 0) await this.#tellDependency('remove_dependency', issue, by);
  }

  /** Costs as much as there are issues with the label when it is known already. */
  async saveLabel(given: Label): Promise<Label> {
    const { source } = this.#tracker;
    const label = checkedLabel(given);
    const written = JSON.stringify(label);
    await this.#transaction.run(
      `INSERT INTO tracker_labels(source, name, label) VALUES (?, ?, ?)
       ON CONFLICT(source, name) DO UPDATE SET label = excluded.label`,
      [source, label.name, written],
    );
    const rows = await this.#transaction.all<StoredIssue>(
      `SELECT ${issueColumns} FROM issue_labels l JOIN issues i ON i.source = l.source AND i.number = l.number
        WHERE l.source = ? AND l.label = ?`,
      [source, label.name],
    );
    for (const issue of rows.map(issueOf)) {
      const labels = issue.labels.map((each) => (each.name === label.name ? label : each));
      await storeIssue(this.#transaction, source, { ...issue, labels });
    }
    return JSON.parse(written) as Label;
  }

  async saveMilestone(given: Milestone): Promise<Milestone> {
    const milestone = checkedMilestone(given);
    const written = JSON.stringify(milestone);
    await this.#transaction.run(
      `INSERT INTO tracker_milestones(source, title, milestone) VALUES (?, ?, ?)
       ON CONFLICT(source, title) DO UPDATE SET milestone = excluded.milestone`,
      [this.#tracker.source, milestone.title, written],
    );
    return JSON.parse(written) as Milestone;
  }

  /** What the tracker knows of the names that a change has. */
  async #names({ labels, milestone }: Pick<IssueEdit, 'labels' | 'milestone'>): Promise<TrackerNames> {
    const { source } = this.#tracker;
    const known = labels?.length ? await readLabels(this.#transaction, source, labels) : [];
    const found =
      typeof milestone === 'string' ? await readMilestones(this.#transaction, source, milestone) : [];
    return {
      label: (name) => known.find((label) => label.name === name),
      hasMilestone: () => found.length > 0,
      // There is no list of users: whoever is named works on it.
      hasUser: () => true,
    };
  }

  async #requireUnblocked(number: IssueNumber): Promise<void> {
    const rows = await this.#transaction.all<{ number: number }>(
      `SELECT i.number FROM issue_dependencies d JOIN issues i ON i.source = d.source AND i.number = d.blocker
        WHERE d.source = ? AND d.number = ? AND i.state = 'open' ORDER BY i.number`,
      [this.#tracker.source, number],
    );
    if (rows.length === 0) return;
    const blockers = rows.map((row) => row.number);
    throw new Conflict(
      'ISSUE_BLOCKED',
      `issue #${number} waits for ${blockers.map((each) => `#${each}`).join(', ')}`,
      {
        details: { number, blockers },
      },
    );
  }

  async #waits(number: IssueNumber, by: IssueNumber): Promise<boolean> {
    const rows = await this.#transaction.all(
      'SELECT 1 FROM issue_dependencies WHERE source = ? AND number = ? AND blocker = ?',
      [this.#tracker.source, number, by],
    );
    return rows.length > 0;
  }

  async #tellDependency(type: string, issue: Issue, by: IssueNumber): Promise<void> {
    const { source, user: author } = this.#tracker;
    const at = this.#now();
    await storeIssue(this.#transaction, source, { ...issue, updatedAt: at });
    await this.#tell(issue.number, [{ type, author, at, details: { blocker: by } }]);
    await this.#tell(by, [{ type, author, at, details: { blocked: issue.number } }]);
  }

  async #tell(number: IssueNumber, events: readonly NewIssueEvent[]): Promise<void> {
    if (events.length === 0) return;
    const last = await this.#next('last_id', events.length);
    for (const [index, event] of events.entries()) {
      await storeEvent(
        this.#transaction,
        this.#tracker.source,
        number,
        last - events.length + 1 + index,
        event,
      );
    }
  }

  /** Gives out so many numbers that were never given out before, and answers the last of them. */
  async #next(counter: 'last_number' | 'last_id', count: number): Promise<number> {
    const first = { last_number: 0, last_id: 0, [counter]: count };
    const [row] = await this.#transaction.all<{ last: number }>(
      `INSERT INTO trackers(source, last_number, last_id, progress) VALUES (?, ?, ?, '{}')
       ON CONFLICT(source) DO UPDATE SET ${counter} = ${counter} + ? RETURNING ${counter} AS last`,
      [this.#tracker.source, first.last_number, first.last_id, count],
    );
    return row?.last ?? count;
  }

  #now(): string {
    return this.#tracker.now().toISOString();
  }
}
