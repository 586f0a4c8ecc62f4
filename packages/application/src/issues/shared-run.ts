import type { SyncProgress, SyncReport, SyncRun } from './sync-report.js';

/** A synchronisation that is under way, and those who wait for it: it goes on as long as anybody does. */
export class SharedRun {
  /** Settles with the end of it, however it ended. */
  readonly ended: Promise<void>;
  readonly #report: Promise<SyncReport>;
  readonly #abort = new AbortController();
  readonly #listeners = new Set<(progress: SyncProgress) => void>();
  #waiting = 0;
  #isFull: boolean;

  /** `start` is called once whoever makes the run has joined it. `full`: it was asked to look at every issue. */
  constructor(start: (run: SharedRun) => Promise<SyncReport>, full: boolean) {
    this.#isFull = full;
    this.#report = Promise.resolve().then(() => start(this));
    this.ended = this.#report.then(
      () => undefined,
      () => undefined,
    );
  }

  /** Aborted when the last has left. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Whether it ends early: whoever comes now has to begin another. */
  get isEnding(): boolean {
    return this.#abort.signal.aborted;
  }

  /** Whether it looks at every issue, as far as is known yet. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** It turned out that it has to look at every issue. */
  becomeFull(): void {
    this.#isFull = true;
  }

  tell(progress: SyncProgress): void {
    for (const listener of this.#listeners) listener(progress);
  }

  /** Waits for the report. Who leaves gets it when it comes, too. */
  join({ signal, onProgress }: SyncRun): Promise<SyncReport> {
    this.#waiting += 1;
    if (onProgress !== undefined) this.#listeners.add(onProgress);
    const leave = () => {
      this.#waiting -= 1;
      if (this.#waiting === 0) this.#abort.abort();
    };
    if (signal?.aborted === true) leave();
    else if (signal !== undefined) {
      signal.addEventListener('abort', leave, { once: true });
      void this.ended.then(() => signal.removeEventListener('abort', leave));
    }
    return this.#report;
  }
}
