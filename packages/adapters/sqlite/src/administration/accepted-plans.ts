import type { PlanFinding } from './query-plan.js';

/** A plan that is right though it reads or sorts more rows the more there are. */
interface AcceptedPlan {
  readonly kind: PlanFinding['kind'];
  /** The tables it is of. */
  readonly tables: readonly string[];
  /** What the statement contains; white space counts as one space. */
  readonly statement: string;
  readonly reason: string;
}

/**
 * Looked at one by one. A test fails for a finding on a statement of our own that is not here, and for a line here that
 * no statement needs any more.
 */
export const acceptedPlans: readonly AcceptedPlan[] = [
  {
    kind: 'sort',
    tables: ['document_search'],
    statement: 'ranked AS MATERIALIZED ( SELECT s.rowid AS id, bm25(document_search',
    reason: 'a search ranks all its matches for every page; no index knows the rank',
  },
  {
    kind: 'sort',
    tables: ['issue_search'],
    statement: 'ranked AS MATERIALIZED ( SELECT s.rowid AS id, bm25(issue_search',
    reason: 'a search ranks all its matches for every page; no index knows the rank',
  },
  {
    kind: 'sort',
    tables: ['documents'],
    statement: 'FROM documents d WHERE d.path >= ? AND d.path < ?',
    reason: 'a folder in another order than by path: only what lies in the folder is sorted',
  },
  {
    kind: 'sort',
    tables: ['documents'],
    statement: 'FROM documents d WHERE d.id IN (SELECT document_id FROM document_tags WHERE tag = ?)',
    reason: 'only the documents of one tag are sorted; an index would need every tag in each order',
  },
  {
    kind: 'sort',
    tables: ['documents'],
    statement: 'FROM documents d WHERE (d.source = ? OR',
    reason: 'only what came from one folder is sorted, when an ingest removes what is gone',
  },
  {
    kind: 'sort',
    tables: ['document_links'],
    statement: 'FROM document_links l JOIN documents d ON d.id = l.document_id WHERE l.target = ?',
    reason: 'only the links to one document are sorted',
  },
  {
    kind: 'sort',
    tables: ['documents'],
    statement: 'SELECT path, link_key, iif(asked, headings',
    reason: 'only the documents that one document links to are sorted',
  },
  {
    kind: 'sort',
    tables: ['issues'],
    statement: 'i.updated_at >= ?',
    reason: 'only the issues changed since are sorted, which are few when somebody asks what is new',
  },
  {
    kind: 'scan',
    tables: ['cache'],
    statement: 'SELECT count(*) AS entries, total(bytes) AS bytes FROM cache',
    reason: 'once a minute, of a table with a bound; an index would cost at each write',
  },
  {
    kind: 'scan',
    tables: ['cache'],
    statement: 'sum(bytes) OVER (ORDER BY id DESC)',
    reason: 'only when the bound is passed, and then a tenth goes',
  },
  {
    kind: 'sort',
    tables: ['cache'],
    statement: 'sum(bytes) OVER (ORDER BY id DESC)',
    reason: 'only when the bound is passed, and then a tenth goes',
  },
  {
    kind: 'scan',
    tables: ['cache_leases'],
    statement: 'DELETE FROM cache_leases WHERE held_until <= ?',
    reason: 'once a minute, of as many rows as values are being made',
  },
  {
    kind: 'scan',
    tables: ['outbox'],
    statement: 'SELECT count(*) AS count, min(created_at) AS since FROM outbox',
    reason: 'the table is empty but for what could not be done yet',
  },
  {
    kind: 'sort',
    tables: ['outbox'],
    statement: 'FROM outbox WHERE',
    reason: 'the table is empty but for what could not be done yet',
  },
  {
    kind: 'sort',
    tables: ['task_queue'],
    statement: 'CROSS JOIN task_queue AS t ON t.id IN (',
    reason:
      'only the first of each type, key or status are sorted, which an index finds: as many as are asked for',
  },
  {
    kind: 'sort',
    tables: ['task_queue'],
    statement: 'WITH dead AS MATERIALIZED',
    reason: 'only the tasks of the dead letter are looked at',
  },
  {
    kind: 'scan',
    tables: ['task_queue'],
    statement: 'WITH dead AS MATERIALIZED',
    reason: 'only the tasks of the dead letter are looked at',
  },
  {
    kind: 'scan',
    tables: ['task_queue'],
    statement: 'SELECT type, status, count(*) AS count',
    reason: 'counts are asked for by people and metrics; they are read from indexes',
  },
  {
    kind: 'sort',
    tables: ['task_queue'],
    statement: 'SELECT type, status, count(*) AS count',
    reason: 'counts are asked for by people and metrics; they are read from indexes',
  },
  {
    kind: 'scan',
    tables: ['task_queue'],
    statement: `INDEXED BY task_queue_by_run_at WHERE status = 'delayed'`,
    reason: 'a list for people; the index has only the delayed tasks',
  },
  {
    kind: 'scan',
    tables: ['task_queue'],
    statement: `INDEXED BY task_queue_by_lease WHERE status = 'running'`,
    reason: 'a list for people; the index has only the running tasks',
  },
  {
    kind: 'sort',
    tables: ['task_queue'],
    statement: `INDEXED BY task_queue_by_run_at WHERE status = 'delayed'`,
    reason: 'a list for people; the index has only the delayed tasks',
  },
  {
    kind: 'sort',
    tables: ['task_queue'],
    statement: `INDEXED BY task_queue_by_lease WHERE status = 'running'`,
    reason: 'a list for people; the index has only the running tasks',
  },
  {
    kind: 'scan',
    tables: ['task_queue'],
    statement: `WHERE status = 'running' AND lease_until < `,
    reason: 'the index has only the tasks that run',
  },
  {
    kind: 'scan',
    tables: ['task_pauses', 'task_limits', 'task_schedules', 'rate_limits'],
    statement: 'FROM',
    reason: 'the table has as many rows as somebody has set pauses, limits or schedules',
  },
  {
    kind: 'sort',
    tables: ['task_schedules'],
    statement: 'FROM task_schedules',
    reason: 'the table has as many rows as somebody has set pauses, limits or schedules',
  },
  {
    kind: 'scan',
    tables: ['profiles', 'configuration', 'analytics_events'],
    statement: 'SELECT count(*) AS count FROM',
    reason: 'counts of everything are asked for by people; they are read from an index',
  },
  {
    kind: 'scan',
    tables: ['cutover_components'],
    statement:
      'FROM cutover_components AS c LEFT JOIN cutover_processes AS p ON p.name = c.switching_process ORDER',
    reason: 'all components are asked for, and there are few',
  },
  {
    kind: 'scan',
    tables: ['cutover_processes'],
    statement: 'DELETE FROM cutover_processes WHERE alive_until < ?',
    reason: 'with a change of stage only; there are as many rows as processes in an hour',
  },
];

/** Why a finding is right as it is; `undefined`: nobody has said so. */
export function acceptedReason(statement: string, { kind, table }: PlanFinding): string | undefined {
  const text = statement.replace(/\s+/g, ' ');
  return acceptedPlans.find(
    (plan) => plan.kind === kind && plan.tables.includes(table) && text.includes(plan.statement),
  )?.reason;
}
