import type { ScrapingJob, ScrapingJobId, SearchId } from '@markitect/domain';
import type { ScrapingJobChange, Transaction } from '@markitect/ports';
import { isJobOver } from './research-status.js';

/**
 * Ends a job that is not over yet, and with the last of them its search: results are ranked in the same commit. Throws
 * Conflict `SEARCH_STATE_INVALID` when the job is over.
 */
export async function endJob(
  transaction: Transaction,
  { id, searchId }: { readonly id: ScrapingJobId; readonly searchId: SearchId },
  change: ScrapingJobChange & Required<Pick<ScrapingJobChange, 'status'>>,
): Promise<void> {
  await transaction.scrapingJobs.update(id, change, ['pending', 'running']);
  const jobs = await transaction.scrapingJobs.listBySearch(searchId);
  if (!jobs.every(isJobOver)) return;
  await transaction.searchResults.rank(searchId);
  await transaction.searches.updateStatus(searchId, outcomeOf(jobs), ['pending', 'running']);
}

function outcomeOf(jobs: readonly ScrapingJob[]): 'completed' | 'failed' | 'cancelled' {
  const has = (status: ScrapingJob['status']) => jobs.some((job) => job.status === status);
  if (has('completed')) return 'completed';
  return has('failed') ? 'failed' : 'cancelled';
}
