import type { IngestProgress, SyncProgress } from '@markitect/application';
import cliProgress from 'cli-progress';
import { countOf, showBytes, showSeconds } from './quantities.js';
import type { Terminal } from './terminal.js';

/** A line that shows how far something is. */
export interface Progress<State> {
  update(state: State): void;
  /** Takes the line away. Updates after that are ignored. */
  close(): void;
}

/** What a line is made with: the bar, drawn, and the columns there are. */
export interface LineSpace {
  readonly bar: string;
  readonly width: number;
}

/** How the progress of something is shown. */
export interface ProgressView<State> {
  /** Before the first update. */
  readonly initial: State;
  /** How much is done of how much; no total: nobody knows yet. */
  readonly share: (state: State) => { readonly done: number; readonly total?: number | undefined };
  readonly line: (state: State, seconds: number, space: LineSpace) => string;
}

/** Opens a progress line on stderr; `undefined` where nobody would see one. */
export function openProgress<State>(
  terminal: Terminal,
  view: ProgressView<State>,
): Progress<State> | undefined {
  if (!terminal.showsProgress) return undefined;
  const started = performance.now();
  let state = view.initial;
  const bar = new cliProgress.SingleBar({
    // Of a stream, cli-progress uses what an Output has.
    stream: terminal.stderr as NodeJS.WritableStream,
    clearOnComplete: true,
    hideCursor: true,
    barsize: 24,
    fps: 10,
    format: (options, { progress }) =>
      view.line(state, (performance.now() - started) / 1000, {
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
      const { done, total } = view.share(state);
      bar.setTotal(Math.max(1, total ?? 0, done));
      bar.update(total === undefined ? 0 : done);
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

/** How an ingest is shown. */
export const ingestProgress: ProgressView<IngestProgress> = {
  initial: { files: 0, bytes: 0, failed: 0 },
  share: ({ files, totalFiles }) => ({ done: files, total: totalFiles }),
  line: progressLine,
};

/** How a synchronisation of issues is shown. */
export const syncProgress: ProgressView<SyncProgress> = {
  initial: { phase: 'all', issues: 0 },
  share: ({ phase, issues, total }) => ({ done: issues, total: phase === 'all' ? total : undefined }),
  line: syncLine,
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
  return fitting(
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

/** The text of the line of a synchronisation: as much of it as fits. */
export function syncLine(
  { phase, issues, total }: SyncProgress,
  seconds: number,
  { bar, width }: LineSpace,
): string {
  const rate = seconds > 0 ? issues / seconds : 0;
  if (phase === 'check') return fitting([`${issues} read, looking for removed ones`], width);
  if (phase === 'changes') return fitting([`${issues} read, asking for changes`], width);
  const left =
    total !== undefined && rate > 0 && issues > 0 && issues < total
      ? `ETA ${showSeconds((total - issues) / rate)}`
      : undefined;
  return fitting(
    [
      total === undefined ? countOf(issues, 'issue') : `${bar} ${issues}/${total} issues`,
      left,
      `${rate.toFixed(0)} issues/s`,
    ],
    width,
  );
}

function fitting(candidates: readonly (string | undefined)[], width: number): string {
  const parts = candidates.filter((part) => part !== undefined);
  while (parts.length > 1 && parts.join('  ').length >= width) parts.pop();
  return parts.join('  ');
}
