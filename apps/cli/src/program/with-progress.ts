import type { ProgressView } from '../terminal/progress.js';
import type { CommandContext } from './command-context.js';

/** What long work is given. */
export interface WatchedRun<State> {
  /** Aborts when the user interrupts; the work is to end at its next safe place. */
  readonly signal: AbortSignal;
  /** Where nobody would see it, there is none: progress may cost something to find out. */
  readonly onProgress?: (state: State) => void;
}

/**
 * Runs work that may be interrupted, behind a line of progress. An interruption takes the line away and says what is still
 * waited for, e.g. `the batches under way`. Throws what the work throws.
 */
export async function withProgress<State, T>(
  context: CommandContext,
  view: ProgressView<State>,
  awaited: string,
  work: (run: WatchedRun<State>) => Promise<T>,
): Promise<T> {
  const { openProgress } = await import('../terminal/progress.js');
  const progress = openProgress(context.terminal, view);
  const abort = new AbortController();
  const restore = context.onInterrupt(() => {
    abort.abort();
    progress?.close();
    context.terminal.note(`Stopping after ${awaited}. Interrupt again to stop at once.`);
  });
  try {
    return await work({
      signal: abort.signal,
      ...(progress === undefined ? {} : { onProgress: (state) => progress.update(state) }),
    });
  } finally {
    progress?.close();
    restore();
  }
}
