import type { ResearchStatus } from '@markitect/application';
import { formatResearchSource, type ScrapingJob } from '@markitect/domain';
import { fitMiddle, fitParts } from './fit.js';
import { printableLine } from './printable.js';
import type { LineSpace, ProgressView } from './progress.js';
import { showSeconds } from './quantities.js';

/** How a research is shown while it runs. */
export const researchProgress: ProgressView<ResearchStatus | undefined> = {
  initial: undefined,
  // In thousandths, so that a source which is half done counts as half.
  share: (status) => ({ done: Math.round(doneShare(status) * 1000), total: 1000 }),
  line: (status, seconds, space) => researchLine(status, seconds, space),
};

/** The text of the line: as much of it as fits. */
export function researchLine(
  status: ResearchStatus | undefined,
  seconds: number,
  { bar, width }: LineSpace,
): string {
  const jobs = status?.jobs ?? [];
  const over = jobs.filter(isJobOver).length;
  const found = jobs.reduce((sum, job) => sum + job.found, 0);
  const at = jobs.find((job) => job.status === 'running') ?? jobs.find((job) => job.status === 'pending');
  const parts = [bar, `${over}/${jobs.length} sources`, `${found} found`, showSeconds(seconds)];
  const used = parts.join('  ').length;
  if (at === undefined) return fitParts(parts, width);
  const place = placeOf(at);
  // A name of which nothing could be read is better left out.
  const room = width - 1 - used - 2 - place.length;
  const name = room < 8 ? '' : fitMiddle(printableLine(formatResearchSource(at.source)), room);
  return fitParts(name === '' ? parts : [...parts, `${name}${place}`], width);
}

function placeOf({ status, done, total }: ScrapingJob): string {
  if (status === 'pending') return ' waiting';
  if (total !== undefined) return ` ${done}/${total}`;
  return done > 0 ? ` ${done}` : '';
}

function isJobOver({ status }: ScrapingJob): boolean {
  return status !== 'pending' && status !== 'running';
}

function doneShare(status: ResearchStatus | undefined): number {
  if (status === undefined || status.jobs.length === 0) return 0;
  const shares = status.jobs.map((job) => {
    if (isJobOver(job)) return 1;
    return job.total === undefined || job.total === 0 ? 0 : Math.min(1, job.done / job.total);
  });
  return shares.reduce((sum, share) => sum + share, 0) / shares.length;
}
