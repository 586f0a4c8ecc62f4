import { scrapingJobOf, type ScrapingJobRow } from '@markitect/adapter-sql';
import {
  Conflict,
  formatResearchSource,
  Invalid,
  MAX_PROBLEMS,
  NotFound,
  type ResearchSource,
  type ScrapingJob,
  type ScrapingJobId,
  type ScrapingJobStatus,
  type SearchId,
} from '@markitect/domain';
import type { ScrapingJobChange } from '@markitect/ports';
import type { SqlExecutor, SqlReader } from '../engine/sql-executor.js';
import { existingSearch } from './search-rows.js';

const columns = `id, search_id, source, status, task_id, found, done, total, problem_count, created_at, updated_at,
  started_at, finished_at, failure, checkpoint, problems`;

type StoredJob = Omit<ScrapingJobRow, 'position'>;

/**
 * Stores one pending job for each source. Throws NotFound `SEARCH_NOT_FOUND`, Invalid `SEARCH_SOURCE_INVALID` for a
 * source that the search has already.
 */
export async function createScrapingJobs(
  transaction: SqlExecutor,
  searchId: SearchId,
  sources: readonly ResearchSource[],
  nowMs: number,
): Promise<readonly ScrapingJob[]> {
  await existingSearch(transaction, searchId);
  const written = sources.map(formatResearchSource);
  const present = await transaction.all<{ source: string }>(
    'SELECT source FROM scraping_jobs WHERE search_id = ? ORDER BY position',
    [searchId],
  );
  const all = [...present.map(({ source }) => source), ...written];
  if (new Set(all).size < all.length) {
    throw new Invalid('SEARCH_SOURCE_INVALID', 'a source is named twice', { details: { field: 'source' } });
  }
  await transaction.run(
    `INSERT INTO scraping_jobs(search_id, position, source, status, found, done, problem_count, created_at, updated_at,
       problems)
     SELECT ?1, ?2 + key, value, 'pending', 0, 0, 0, ?3, ?3, '[]' FROM json_each(?4)`,
    [searchId, present.length, nowMs, JSON.stringify(written)],
  );
  return (await listScrapingJobs(transaction, searchId)).slice(present.length);
}

/** A job, or `undefined`. */
export async function readScrapingJob(
  reader: SqlReader,
  id: ScrapingJobId,
): Promise<ScrapingJob | undefined> {
  const [row] = await reader.all<StoredJob>(`SELECT ${columns} FROM scraping_jobs WHERE id = ?`, [id]);
  return row && scrapingJobOf(row);
}

/** The jobs of a search, in the order of its sources. */
export async function listScrapingJobs(
  reader: SqlReader,
  searchId: SearchId,
): Promise<readonly ScrapingJob[]> {
  const rows = await reader.all<StoredJob>(
    `SELECT ${columns} FROM scraping_jobs WHERE search_id = ? ORDER BY position`,
    [searchId],
  );
  return rows.map(scrapingJobOf);
}

const finished: readonly ScrapingJobStatus[] = ['completed', 'failed', 'cancelled'];

/** Changes a job. Throws NotFound `SCRAPING_JOB_NOT_FOUND`, Conflict `SEARCH_STATE_INVALID`. */
export async function updateScrapingJob(
  transaction: SqlExecutor,
  id: ScrapingJobId,
  change: ScrapingJobChange,
  from: readonly ScrapingJobStatus[],
  nowMs: number,
): Promise<ScrapingJob> {
  const [row] = await transaction.all<StoredJob>(`SELECT ${columns} FROM scraping_jobs WHERE id = ?`, [id]);
  if (row === undefined) {
    throw new NotFound('SCRAPING_JOB_NOT_FOUND', `there is no part ${id} of a research`, { details: { id } });
  }
  const job = scrapingJobOf(row);
  if (!from.includes(job.status)) {
    throw new Conflict(
      'SEARCH_STATE_INVALID',
      `part ${id} of research ${job.searchId} is ${job.status}, not ${from.join(' or ')}`,
      { details: { id, status: job.status } },
    );
  }
  const { status, taskId, done, total, checkpoint, problems = [], failure } = change;
  const changed: StoredJob = {
    ...row,
    updated_at: nowMs,
    ...(status === undefined ? {} : { status, ...timesOf(row, status, nowMs) }),
    ...(taskId === undefined ? {} : { task_id: taskId }),
    ...(done === undefined ? {} : { done }),
    ...(total === undefined ? {} : { total }),
    ...(checkpoint === undefined
      ? {}
      : { checkpoint: checkpoint === null ? null : JSON.stringify(checkpoint) }),
    ...(failure === undefined ? {} : { failure: JSON.stringify(failure) }),
  };
  if (problems.length > 0) {
    changed.problem_count += problems.length;
    changed.problems = JSON.stringify([...job.problems, ...problems].slice(0, MAX_PROBLEMS));
  }
  await transaction.run(
    `UPDATE scraping_jobs SET ${changeable.map((column) => `${column} = ?`).join(', ')} WHERE id = ?`,
    [...changeable.map((column) => changed[column]), id],
  );
  return scrapingJobOf(changed);
}

const changeable = [
  'status',
  'task_id',
  'done',
  'total',
  'checkpoint',
  'failure',
  'problem_count',
  'problems',
  'updated_at',
  'started_at',
  'finished_at',
] as const satisfies (keyof StoredJob)[];

/** Beginning and end by the status; a job that begins again keeps its first beginning. */
function timesOf(
  row: StoredJob,
  status: ScrapingJobStatus,
  nowMs: number,
): Pick<StoredJob, 'started_at' | 'finished_at'> {
  return {
    started_at: status === 'running' ? (row.started_at ?? nowMs) : row.started_at,
    finished_at: finished.includes(status) ? nowMs : null,
  };
}
