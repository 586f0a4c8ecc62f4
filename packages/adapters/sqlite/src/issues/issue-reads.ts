import {
  issueCommentOf,
  type IssueCommentRow,
  issueEventOf,
  type IssueEventRow,
  issueOf,
  type IssueRow,
} from '@markitect/adapter-sql';
import {
  type Issue,
  type IssueComment,
  type IssueEvent,
  type IssueNumber,
  type JsonValue,
  type Label,
  type Milestone,
  NotFound,
  type Page,
  pageLimit,
  type PageRequest,
} from '@markitect/domain';
import { decodeCursor, encodeCursor } from '@markitect/ports';
import type { SqlReader } from '../engine/sql-executor.js';

/** The columns that an issue is made from. */
export type StoredIssue = Pick<IssueRow, 'facts' | 'title' | 'body'>;

/** SQL: the columns of a {@link StoredIssue} of the table `issues` as `i`. */
export const issueColumns = 'i.facts, i.title, i.body';

const oneIssue = `SELECT ${issueColumns} FROM issues i WHERE i.source = ? AND i.number = ?`;
const manyIssues = `SELECT ${issueColumns} FROM issues i
  WHERE i.source = ? AND i.number IN (SELECT value FROM json_each(?))`;

/** The issue of a number, or `undefined`. */
export async function readIssue(
  reader: SqlReader,
  source: string,
  number: IssueNumber,
): Promise<Issue | undefined> {
  const [row] = await reader.all<StoredIssue>(oneIssue, [source, number]);
  return row && issueOf(row);
}

/** The issue of a number. Throws NotFound `ISSUE_NOT_FOUND`. */
export async function requireIssue(reader: SqlReader, source: string, number: IssueNumber): Promise<Issue> {
  const issue = await readIssue(reader, source, number);
  if (issue !== undefined) return issue;
  throw new NotFound('ISSUE_NOT_FOUND', `there is no issue #${number}`, { details: { number } });
}

/** The issues of these numbers, in their order, each an object of its own. */
export async function readIssues(
  reader: SqlReader,
  source: string,
  numbers: readonly IssueNumber[],
): Promise<readonly (Issue | undefined)[]> {
  const rows = await reader.all<StoredIssue>(manyIssues, [source, JSON.stringify(numbers)]);
  const found = new Map<IssueNumber, Issue>();
  for (const row of rows) {
    const issue = issueOf(row);
    found.set(issue.number, issue);
  }
  return numbers.map((number) => {
    const issue = found.get(number);
    return issue && structuredClone(issue);
  });
}

/** What was said about an issue. Throws NotFound `ISSUE_NOT_FOUND`. */
export async function readComments(
  reader: SqlReader,
  source: string,
  number: IssueNumber,
): Promise<readonly IssueComment[]> {
  const rows = await reader.all<IssueCommentRow>(
    `SELECT id, author, created_at, updated_at, body FROM issue_comments
      WHERE source = ? AND number = ? ORDER BY position`,
    [source, number],
  );
  if (rows.length === 0) await requireIssue(reader, source, number);
  return rows.map(issueCommentOf);
}

/** The issues that an issue waits for. Throws NotFound `ISSUE_NOT_FOUND`. */
export function readBlockers(reader: SqlReader, source: string, number: IssueNumber): Promise<Issue[]> {
  return related(
    reader,
    `SELECT ${issueColumns} FROM issue_dependencies d JOIN issues i ON i.source = d.source AND i.number = d.blocker
      WHERE d.source = ? AND d.number = ? ORDER BY d.blocker`,
    source,
    number,
  );
}

/** The issues that wait for an issue. Throws NotFound `ISSUE_NOT_FOUND`. */
export function readBlocked(reader: SqlReader, source: string, number: IssueNumber): Promise<Issue[]> {
  return related(
    reader,
    `SELECT ${issueColumns} FROM issue_dependencies d JOIN issues i ON i.source = d.source AND i.number = d.number
      WHERE d.source = ? AND d.blocker = ?
        AND EXISTS (SELECT 1 FROM issues b WHERE b.source = d.source AND b.number = d.blocker)
      ORDER BY d.number`,
    source,
    number,
  );
}

/** The open issues that issues wait for, by the numbers of those that wait; the others are left out. */
export async function readOpenBlockers(
  reader: SqlReader,
  source: string,
  numbers: readonly IssueNumber[],
): Promise<ReadonlyMap<IssueNumber, readonly IssueNumber[]>> {
  const rows = await reader.all<{ number: number; blocker: number }>(
    `SELECT d.number, d.blocker FROM issue_dependencies d
      JOIN issues b ON b.source = d.source AND b.number = d.blocker
      WHERE d.source = ? AND d.number IN (SELECT value FROM json_each(?)) AND b.state = 'open'
      ORDER BY d.number, d.blocker`,
    [source, JSON.stringify(numbers)],
  );
  const found = new Map<IssueNumber, IssueNumber[]>();
  for (const { number, blocker } of rows) found.set(number, [...(found.get(number) ?? []), blocker]);
  return found;
}

/** One page of what happened to an issue. Throws NotFound `ISSUE_NOT_FOUND`. */
export async function readTimeline(
  reader: SqlReader,
  source: string,
  number: IssueNumber,
  page: PageRequest,
): Promise<Page<IssueEvent>> {
  const limit = pageLimit(page);
  const sequence = ['timeline', source, number];
  const [after] =
    page.cursor === undefined ? [0] : decodeCursor<readonly [number]>(page.cursor, sequence, isPlace);
  const rows = await reader.all<IssueEventRow>(
    `SELECT id, type, author, at, details, body FROM issue_events
      WHERE source = ? AND number = ? AND id > ? ORDER BY id LIMIT ?`,
    [source, number, after, limit + 1],
  );
  if (rows.length === 0) await requireIssue(reader, source, number);
  const items = rows.slice(0, limit).map(issueEventOf);
  const last = items.at(-1);
  return rows.length <= limit || last === undefined
    ? { items }
    : { items, nextCursor: encodeCursor(sequence, [last.id]) };
}

/** The labels a tracker defines; `names`: of these only. */
export async function readLabels(
  reader: SqlReader,
  source: string,
  names?: readonly string[],
): Promise<readonly Label[]> {
  const rows = await reader.all<{ label: string }>(
    `SELECT label FROM tracker_labels WHERE source = ?
      ${names === undefined ? '' : 'AND name IN (SELECT value FROM json_each(?))'} ORDER BY name`,
    names === undefined ? [source] : [source, JSON.stringify(names)],
  );
  return rows.map(({ label }) => JSON.parse(label) as Label);
}

/** The milestones a tracker defines; `title`: the one of this title. */
export async function readMilestones(
  reader: SqlReader,
  source: string,
  title?: string,
): Promise<readonly Milestone[]> {
  const rows = await reader.all<{ milestone: string }>(
    `SELECT milestone FROM tracker_milestones WHERE source = ? ${title === undefined ? '' : 'AND title = ?'}
      ORDER BY title`,
    title === undefined ? [source] : [source, title],
  );
  return rows.map(({ milestone }) => JSON.parse(milestone) as Milestone);
}

async function related(
  reader: SqlReader,
  sql: string,
  source: string,
  number: IssueNumber,
): Promise<Issue[]> {
  const rows = await reader.all<StoredIssue>(sql, [source, number]);
  if (rows.length === 0) await requireIssue(reader, source, number);
  return rows.map(issueOf);
}

function isPlace(place: readonly JsonValue[]): place is readonly [number] {
  return place.length === 1 && typeof place[0] === 'number';
}
