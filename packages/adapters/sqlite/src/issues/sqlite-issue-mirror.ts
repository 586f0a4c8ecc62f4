import { commentEvent } from '@markitect/adapter-sql';
import type { Issue, IssueNumber, Label, Milestone } from '@markitect/domain';
import type {
  IssueMirror,
  MirroredIssue,
  MirrorProgress,
  MirrorStep,
  MirrorTurn,
  TurnRequest,
} from '@markitect/ports';
import type { SqlExecutor } from '../engine/sql-executor.js';
import type { SqliteConnection } from '../sqlite.connection.js';
import { readIssues } from './issue-reads.js';
import {
  removeIssues,
  removeParts,
  storeComment,
  storeEvent,
  storeIssue,
  storeMembers,
} from './issue-rows.js';
import { endTurn, takeTurn, thisProcess, type TurnProcess } from './mirror-turn.js';

/**
 * A copy of a tracker's issues in a SQLite database, read through a `SqliteIssueRepository` of the same source that is
 * not writable. Errors as the port says, and Conflict `TRANSACTION_NESTED` for a step inside a unit of work; the
 * connection must be open.
 */
export class SqliteIssueMirror implements IssueMirror {
  readonly #connection: SqliteConnection;
  readonly #source: string;
  readonly #process: TurnProcess;

  /**
   * `source`: what the tracker is known by in this database, e.g. `gitea:https://git.example.org/team/product`.
   * `process`: for tests of this package.
   */
  constructor(
    connection: SqliteConnection,
    { source }: { readonly source: string },
    process: TurnProcess = thisProcess,
  ) {
    this.#connection = connection;
    this.#source = source;
    this.#process = process;
  }

  async progress(): Promise<MirrorProgress> {
    const [row] = await this.#connection
      .readers()
      .all<{ progress: string }>('SELECT progress FROM trackers WHERE source = ?', [this.#source]);
    return row === undefined ? {} : (JSON.parse(row.progress) as MirrorProgress);
  }

  async apply(step: MirrorStep): Promise<void> {
    this.#connection.refuseInsideUnitOfWork('IssueMirror.apply');
    const writer = await this.#connection.writer();
    await writer.transaction((transaction) => applyStep(transaction, this.#source, step));
  }

  async numbers(): Promise<readonly IssueNumber[]> {
    const rows = await this.#connection
      .readers()
      .all<{ number: number }>('SELECT number FROM issues WHERE source = ? ORDER BY number', [this.#source]);
    return rows.map(({ number }) => number);
  }

  async getMany(numbers: readonly IssueNumber[]): Promise<readonly (Issue | undefined)[]> {
    return readIssues(this.#connection.readers(), this.#source, numbers);
  }

  /** Where the holder's process was one of this machine and is gone, its turn is over. */
  async takeTurn(request: TurnRequest): Promise<MirrorTurn> {
    this.#connection.refuseInsideUnitOfWork('IssueMirror.takeTurn');
    const writer = await this.#connection.writer();
    return writer.transaction((transaction) => takeTurn(transaction, this.#source, request, this.#process));
  }

  async endTurn(token: string): Promise<void> {
    this.#connection.refuseInsideUnitOfWork('IssueMirror.endTurn');
    const writer = await this.#connection.writer();
    await writer.transaction((transaction) => endTurn(transaction, this.#source, token));
  }
}

async function applyStep(transaction: SqlExecutor, source: string, step: MirrorStep): Promise<void> {
  const { removed = [], labels, milestones, progress } = step;
  const issues = await notOutdated(transaction, source, step.issues ?? []);
  await removeParts(
    transaction,
    source,
    issues.map(({ issue }) => issue.number),
  );
  for (const mirrored of issues) await storeMirrored(transaction, source, mirrored);
  await removeIssues(transaction, source, removed);
  if (labels !== undefined) await storeLabels(transaction, source, labels);
  if (milestones !== undefined) await storeMilestones(transaction, source, milestones);
  await transaction.run(
    `INSERT INTO trackers(source, last_number, last_id, progress) VALUES (?, 0, 0, ?)
     ON CONFLICT(source) DO UPDATE SET progress = excluded.progress`,
    [source, JSON.stringify(progress)],
  );
}

/** Those that are not stored as they were changed later. */
async function notOutdated(
  transaction: SqlExecutor,
  source: string,
  issues: readonly MirroredIssue[],
): Promise<readonly MirroredIssue[]> {
  const rows = await transaction.all<{ number: number }>(
    `SELECT stored.number FROM json_each(?) AS given
     JOIN issues AS stored ON stored.source = ? AND stored.number = given.value ->> 0
     WHERE stored.updated_at > given.value ->> 1`,
    [JSON.stringify(issues.map(({ issue }) => [issue.number, issue.updatedAt])), source],
  );
  const outdated = new Set(rows.map(({ number }) => number));
  return issues.filter(({ issue }) => !outdated.has(issue.number));
}

/** Stores an issue of which everything that belonged to it has been removed. */
async function storeMirrored(
  transaction: SqlExecutor,
  source: string,
  { issue, comments, blockers }: MirroredIssue,
): Promise<void> {
  const { number } = issue;
  await storeIssue(transaction, source, issue, comments.map(({ body }) => `${body}\n`).join(''));
  if (issue.labels.length > 0 || issue.assignees.length > 0) await storeMembers(transaction, source, issue);
  for (const [position, comment] of comments.entries()) {
    await storeComment(transaction, source, number, position, comment);
    await storeEvent(transaction, source, number, comment.id, commentEvent(comment));
  }
  if (blockers.length === 0) return;
  await transaction.run(
    'INSERT INTO issue_dependencies(source, number, blocker) SELECT DISTINCT ?, ?, value FROM json_each(?)',
    [source, number, JSON.stringify(blockers)],
  );
}

async function storeLabels(
  transaction: SqlExecutor,
  source: string,
  labels: readonly Label[],
): Promise<void> {
  await transaction.run('DELETE FROM tracker_labels WHERE source = ?', [source]);
  for (const label of labels) {
    await transaction.run('INSERT OR REPLACE INTO tracker_labels(source, name, label) VALUES (?, ?, ?)', [
      source,
      label.name,
      JSON.stringify(label),
    ]);
  }
}

async function storeMilestones(
  transaction: SqlExecutor,
  source: string,
  milestones: readonly Milestone[],
): Promise<void> {
  await transaction.run('DELETE FROM tracker_milestones WHERE source = ?', [source]);
  for (const milestone of milestones) {
    await transaction.run(
      'INSERT OR REPLACE INTO tracker_milestones(source, title, milestone) VALUES (?, ?, ?)',
      [source, milestone.title, JSON.stringify(milestone)],
    );
  }
}
