import { definePort } from '../port.js';

/** Tells workers that there may be something to claim, so that nobody has to ask the queue over and over. */
export interface TaskSignal {
  /**
   * Settles when tasks may have come since the last call settled, whichever process enqueued them, at the latest after
   * `atMostMs` or when `signal` aborts. May settle for nothing. Of the same process at once after the commit, of
   * others within a quarter of a second. Costs next to nothing while nothing happens. Does not fail.
   */
  wait(atMostMs: number, signal?: AbortSignal): Promise<void>;
}

export const taskSignalPort = definePort<TaskSignal>('TaskSignal', {
  wait: { kind: 'read', idempotent: true },
});
