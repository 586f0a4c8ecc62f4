import cliProgress from 'cli-progress';
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
