import type { IngestProgress } from '@markitect/application';
import { fitParts } from './fit.js';
import type { LineSpace, ProgressView } from './progress.js';
import { showBytes, showSeconds } from './quantities.js';

/** How an ingest is shown. */
export const ingestProgress: ProgressView<IngestProgress> = {
  initial: { files: 0, bytes: 0, failed: 0 },
  share: ({ files, totalFiles }) => ({ done: files, total: totalFiles }),
  line: progressLine,
};

/** The text of the line of an ingest: as much of it as fits. */
export function progressLine(
  { files, bytes, failed, totalFiles, totalBytes }: IngestProgress,
  seconds: number,
  { bar, width }: LineSpace,
): string {
  const rate = seconds > 0 ? files / seconds : 0;
  const byteRate = seconds > 0 ? bytes / seconds : 0;
  const left =
    totalBytes !== undefined && byteRate > 0 && bytes < totalBytes
      ? `ETA ${showSeconds((totalBytes - bytes) / byteRate)}`
      : undefined;
  return fitParts(
    [
      totalFiles === undefined ? `${files} files` : `${bar} ${files}/${totalFiles} files`,
      failed > 0 ? `${failed} failed` : undefined,
      left,
      `${rate.toFixed(0)} files/s`,
      `${showBytes(byteRate)}/s`,
    ],
    width,
  );
}
