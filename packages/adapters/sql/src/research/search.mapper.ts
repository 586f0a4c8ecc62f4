import {
  type FoundResult,
  type JsonValue,
  parseResearchSource,
  type ResearchSource,
  type ScrapingJob,
  type ScrapingJobStatus,
  type ScrapingProblem,
  type Search,
  type SearchResult,
  type SearchStatus,
  type Timestamp,
} from '@markitect/domain';
import {
  PLACE_UNRANKED,
  type ScrapingJobRow,
  type SearchResultRow,
  type SearchRow,
} from './search.schema.js';

/** The search of a row. */
export function searchOf(row: SearchRow): Search {
  return {
    id: row.id,
    question: row.question,
    sources: JSON.parse(row.sources) as readonly ResearchSource[],
    status: row.status as SearchStatus,
    maxResults: row.max_results,
    ...(row.rerun_of === null ? {} : { rerunOf: row.rerun_of }),
    ...(row.document === null ? {} : { document: row.document }),
    createdAt: time(row.created_at),
    updatedAt: time(row.updated_at),
    ...(row.finished_at === null ? {} : { finishedAt: time(row.finished_at) }),
  };
}

/** The job of a row. */
export function scrapingJobOf(row: Omit<ScrapingJobRow, 'position'>): ScrapingJob {
  return {
    id: row.id,
    searchId: row.search_id,
    source: parseResearchSource(row.source),
    status: row.status as ScrapingJobStatus,
    ...(row.task_id === null ? {} : { taskId: row.task_id }),
    found: row.found,
    done: row.done,
    ...(row.total === null ? {} : { total: row.total }),
    ...(row.checkpoint === null ? {} : { checkpoint: JSON.parse(row.checkpoint) as JsonValue }),
    problems: JSON.parse(row.problems) as readonly ScrapingProblem[],
    problemCount: row.problem_count,
    ...(row.failure === null ? {} : { failure: JSON.parse(row.failure) as Failure }),
    createdAt: time(row.created_at),
    updatedAt: time(row.updated_at),
    ...(row.started_at === null ? {} : { startedAt: time(row.started_at) }),
    ...(row.finished_at === null ? {} : { finishedAt: time(row.finished_at) }),
  };
}

type Failure = NonNullable<ScrapingJob['failure']>;

/** The result of a row, with the source of its job. */
export function searchResultOf(row: SearchResultRow & { readonly source: string }): SearchResult {
  return {
    id: row.id,
    searchId: row.search_id,
    jobId: row.job_id,
    source: row.source,
    reference: row.reference,
    title: row.title,
    snippet: row.snippet,
    location: row.location,
    score: row.score,
    fingerprint: row.fingerprint,
    ...(row.place < PLACE_UNRANKED ? { rank: row.place } : {}),
    ...(row.duplicate_of === null ? {} : { duplicateOf: row.duplicate_of }),
    ...(row.analysis === null ? {} : { analysis: JSON.parse(row.analysis) as JsonValue }),
    foundAt: time(row.found_at),
    updatedAt: time(row.updated_at),
  };
}

/** What a scraper gives of the row of a result, in the order of {@link searchResultColumns}. */
export function searchResultValues(result: FoundResult): (string | number)[] {
  const { score, reference, fingerprint, title, location, snippet } = result;
  return [score, reference, fingerprint, title, location, snippet];
}

/** The columns that {@link searchResultValues} fills. */
export const searchResultColumns = [
  'score',
  'reference',
  'fingerprint',
  'title',
  'location',
  'snippet',
] as const;

function time(ms: number): Timestamp {
  return new Date(ms).toISOString();
}
