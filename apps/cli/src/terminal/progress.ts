import type { IngestProgress } from '@markitect/application';
import cliProgress from 'cli-progress';
import { showBytes, showSeconds } from './quantities.js';
import type { Terminal } from './terminal.js';

/** A line that shows how far an ingest is. */
export interface Progress {
  update(state: IngestProgress): void;
  /** Takes the line away. Updates after that are ignored. */
  close(): void;
}

/** Opens a progress line on stderr; `undefined` where nobody would see one. */
export function openProgress(terminal: Terminal): Progress | undefined {
  if (!terminal.showsProgress) return undefined;
  const started = performance.now();
  let state: IngestProgress = { files: 0, bytes: 0, failed: 0 };
  const bar = new cliProgress.SingleBar({
    // Of a stream, cli-progress uses what an Output has.
    stream: terminal.stderr as NodeJS.WritableStream,
    clearOnComplete: true,
    hideCursor: true,
    barsize: 24,
    fps: 10,
    format: (options, { progress }) =>
      progressLine(state, (performance.now() - started) / 1000, {
        bar: drawBar(progress, options.barsize ?? 24),
        width: terminal.stderr.columns ?? 80,
      }),
  });
  bar.start(1, 0);
  let isOpen = true;
  return {
    update: (next) => {
      if (!isOpen) return;
      state = next;
      bar.setTotal(Math.max(1, next.totalFiles ?? 0, next.files));
      bar.update(next.totalFiles === undefined ? 0 : next.files);
    },
    close: () => {
      if (isOpen) bar.stop();
      isOpen = false;
    },
  };
}

function drawBar(progress: number, size: number): string {
  const done = Math.round(Math.min(1, Math.max(0, progress)) * size);
  return '█'.repeat(done) + '░'.repeat(size - done);
}

/** The text of the line: as much of it as fits. */
export function progressLine(
  { files, bytes, failed, totalFiles, totalBytes }: IngestProgress,
  seconds: number,
  { bar, width }: { readonly bar: string; readonly width: number },
): string {
  const rate = seconds > 0 ? files / seconds : 0;
  const byteRate = seconds > 0 ? bytes / seconds : 0;
  const left =
    totalBytes !== undefined && byteRate > 0 && bytes < totalBytes
      ? `ETA ${showSeconds((totalBytes - bytes) / byteRate)}`
      : undefined;
  const parts = [
    totalFiles === undefined ? `${files} files` : `${bar} ${files}/${totalFiles} files`,
    failed > 0 ? `${failed} failed` : undefined,
    left,
    `${rate.toFixed(0)} files/s`,
    `${showBytes(byteRate)}/s`,
  ].filter((part) => part !== undefined);
  while (parts.length > 1 && parts.join('  ').length >= width) parts.pop();
  return parts.join('  ');
}
