import type { SyncProgress } from '@markitect/application';
import { fitParts } from './fit.js';
import type { LineSpace, ProgressView } from './progress.js';
import { countOf, showSeconds } from './quantities.js';

/** How a synchronisation of issues is shown. */
export const syncProgress: ProgressView<SyncProgress> = {
  initial: { phase: 'all', issues: 0 },
  share: ({ phase, issues, total }) => ({ done: issues, total: phase === 'all' ? total : undefined }),
  line: syncLine,
};

/** The text of the line of a synchronisation: as much of it as fits. */
export function syncLine(
  { phase, issues, total }: SyncProgress,
  seconds: number,
  { bar, width }: LineSpace,
): string {
  const rate = seconds > 0 ? issues / seconds : 0;
  if (phase === 'check') return fitParts([`${issues} read, looking for removed ones`], width);
  if (phase === 'changes') return fitParts([`${issues} read, asking for changes`], width);
  const left =
    total !== undefined && rate > 0 && issues > 0 && issues < total
      ? `ETA ${showSeconds((total - issues) / rate)}`
      : undefined;
  return fitParts(
    [
      total === undefined ? countOf(issues, 'issue') : `${bar} ${issues}/${total} issues`,
      left,
      `${rate.toFixed(0)} issues/s`,
    ],
    width,
  );
}
