import { issueEventRow, issueRow } from '@markitect/adapter-sql';
import type { Issue, IssueComment, IssueNumber, NewIssueEvent } from '@markitect/domain';
import type { SqlExecutor } from '../engine/sql-executor.js';

/**
 * Stores an issue in the place of the one of its number. `said`: what its comments say; left as it was when not given.
 */
export async function storeIssue(
  transaction: SqlExecutor,
  source: string,
  issue: Issue,
  said?: string,
): Promise<void> {
  const row = issueRow(source, issue);
  await transaction.run(said === undefined ? storeWithoutComments : storeWithComments, [
    ...columns.map((column) => row[column]),
    said ?? '',
  ]);
}

const columns = [
  'source',
  'number',
  'state',
  'author',
  'milestone',
  'assignees',
  'comments',
  'created_at',
  'updated_at',
  'facts',
  'title',
  'body',
  'folded',
] as const;

const storeWithoutComments = `INSERT INTO issues(${columns.join(', ')}, comment_text)
  VALUES (${columns.map(() => '?').join(', ')}, ?)
  ON CONFLICT(source, number) DO UPDATE SET ${columns
    .slice(2)
    .map((column) => `${column} = excluded.${column}`)
    .join(', ')}`;
const storeWithComments = `${storeWithoutComments}, comment_text = excluded.comment_text`;

/** Replaces what an issue is found by. */
export async function storeMembers(
  transaction: SqlExecutor,
  source: string,
  { number, labels, assignees }: Issue,
): Promise<void> {
  await storeNames(
    transaction,
    'issue_labels',
    'label',
    source,
    number,
    labels.map(({ name }) => name),
  );
  await storeNames(transaction, 'issue_assignees', 'assignee', source, number, assignees);
}

async function storeNames(
  transaction: SqlExecutor,
  table: string,
  column: string,
  source: string,
  number: IssueNumber,
  names: readonly string[],
): Promise<void> {
  await transaction.run(`DELETE FROM ${table} WHERE source = ? AND number = ?`, [source, number]);
  if (names.length === 0) return;
  await transaction.run(
    `INSERT INTO ${table}(source, ${column}, number) SELECT DISTINCT ?, value, ? FROM json_each(?)`,
    [source, number, JSON.stringify(names)],
  );
}

/** Adds a comment at a place among those of its issue. */
export async function storeComment(
  transaction: SqlExecutor,
  source: string,
  number: IssueNumber,
  position: number,
  { id, author, createdAt, updatedAt, body }: IssueComment,
): Promise<void> {
  await transaction.run(
    `INSERT INTO issue_comments(source, number, position, id, author, created_at, updated_at, body)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    [source, number, position, id, author, createdAt, updatedAt, body],
  );
}

/** Adds an event to the timeline of an issue. */
export async function storeEvent(
  transaction: SqlExecutor,
  source: string,
  number: IssueNumber,
  id: number,
  event: NewIssueEvent,
): Promise<void> {
  const row = issueEventRow(source, number, id, event);
  await transaction.run(
    `INSERT INTO issue_events(source, number, id, type, author, at, details, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    [row.source, row.number, row.id, row.type, row.author, row.at, row.details, row.body],
  );
}

/** The tables of what belongs to single issues. */
const parts = ['issue_labels', 'issue_assignees', 'issue_comments', 'issue_events', 'issue_dependencies'];

/** Removes what belongs to issues, the issues not. */
export async function removeParts(
  transaction: SqlExecutor,
  source: string,
  numbers: readonly IssueNumber[],
): Promise<void> {
  for (const table of parts) await removeFrom(transaction, table, source, numbers);
}

/** Removes issues with all that belongs to them. */
export async function removeIssues(
  transaction: SqlExecutor,
  source: string,
  numbers: readonly IssueNumber[],
): Promise<void> {
  await removeParts(transaction, source, numbers);
  await removeFrom(transaction, 'issues', source, numbers);
}

async function removeFrom(
  transaction: SqlExecutor,
  table: string,
  source: string,
  numbers: readonly IssueNumber[],
): Promise<void> {
  if (numbers.length === 0) return;
  await transaction.run(
    `DELETE FROM ${table} WHERE source = ? AND number IN (SELECT value FROM json_each(?))`,
    [source, JSON.stringify(numbers)],
  );
}
