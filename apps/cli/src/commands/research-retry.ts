import type { ResearchStatus, WorkerEvent } from '@markitect/application';
import { formatResearchSource } from '@markitect/domain';
import { printableLine } from '../terminal/printable.js';
import { showUntil } from './tasks-view.js';

/**
 * The line that says that a source of a research has failed and is tried again; `undefined` for whatever else happens,
 * to other researches for example. `now`: in milliseconds.
 */
export function retryText(
  event: WorkerEvent,
  status: ResearchStatus | undefined,
  now = Date.now(),
): string | undefined {
  if (event.kind !== 'ended' || event.end !== 'retrying' || event.retryAt === undefined) return undefined;
  const { task, failure, retryAt } = event;
  const job = status?.jobs.find(({ taskId }) => taskId === task.id);
  if (job === undefined) return undefined;
  const why = failure === undefined ? '' : ` (${failure.code})`;
  const name = printableLine(formatResearchSource(job.source));
  return `${name} failed${why}, again ${showUntil(retryAt, now)}, attempt ${task.attempts + 1} of ${task.maxAttempts}`;
}
