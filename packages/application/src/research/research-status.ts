import {
  finishedSearchStatuses,
  NotFound,
  type ScrapingJob,
  type Search,
  type SearchId,
} from '@markitect/domain';

/** A research and how far each of its sources is. */
export interface ResearchStatus {
  readonly search: Search;
  /** In the order of the sources. */
  readonly jobs: readonly ScrapingJob[];
}

/** Whether nothing changes any more by itself. */
export function isSearchOver({ status }: Pick<Search, 'status'>): boolean {
  return (finishedSearchStatuses as readonly string[]).includes(status);
}

/** The same of a job. */
export function isJobOver({ status }: Pick<ScrapingJob, 'status'>): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled';
}

/** The error for a research that is not there. */
export function searchNotFound(id: SearchId): NotFound {
  return new NotFound('SEARCH_NOT_FOUND', `there is no research ${id}`, { details: { id } });
}
