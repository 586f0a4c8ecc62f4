import type { CutoverMark, CutoverStateStore, StageChange } from '@markitect/ports';
import type { Clock } from './clock.js';
import { failureOf } from './failure-of.js';

const BATCH = 256;

/**
 * Marks that could not be ended because the store of the stages failed. As long as this process is heard of nobody would
 * take them over, and no change of the stage could go on.
 */
export class Leftovers {
  readonly #store: CutoverStateStore;
  readonly #clock: Clock;
  readonly #onFailure: (error: unknown) => void;
  #waiting: (() => Promise<void>)[] = [];

  constructor(store: CutoverStateStore, clock: Clock, onFailure: (error: unknown) => void) {
    this.#store = store;
    this.#clock = clock;
    this.#onFailure = onFailure;
  }

  get size(): number {
    return this.#waiting.length;
  }

  /** Takes the mark of a write that was not begun back; later, when that fails. */
  release(mark: CutoverMark): Promise<void> {
    return this.#try(() => this.#store.release(mark));
  }

  /** Takes a change of stage back; later, when that fails: until then no write can begin. */
  abort(change: StageChange): Promise<void> {
    return this.#try(() => this.#store.abortChange(change));
  }

  /** Leaves keys to be repaired; later, when that fails. */
  park(mark: CutoverMark, failure: unknown, pauseMs: number): Promise<void> {
    const retryAt = new Date(this.#clock.now() + pauseMs).toISOString();
    return this.#try(() => this.#store.park(mark, failureOf(failure), retryAt));
  }

  /** Gives back what was claimed without an answer that tells which keys; later, when that fails. */
  unclaim(claim: Omit<CutoverMark, 'keys'>, failure: unknown): Promise<void> {
    const retryAt = new Date(this.#clock.now()).toISOString();
    return this.#try(async () => {
      let cursor: string | undefined;
      do {
        const page = await this.#store.repairs(claim.component, cursor === undefined ? {} : { cursor });
        const keys = page.items.filter(({ status }) => status === 'in-flight').map(({ key }) => key);
        if (keys.length > 0) await this.#store.park({ ...claim, keys }, failureOf(failure), retryAt);
        cursor = page.nextCursor;
      } while (cursor !== undefined);
    });
  }

  /** Tries again, many at once: they share commits. Throws what the store throws; what is left waits for the next time. */
  async end(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, BATCH);
      const outcomes = await Promise.allSettled(batch.map((end) => end()));
      const isFailed = (index: number): boolean => outcomes[index]?.status === 'rejected';
      this.#waiting.unshift(...batch.filter((_, index) => isFailed(index)));
      for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
    }
  }

  async #try(end: () => Promise<void>): Promise<void> {
    try {
      await end();
    } catch (error) {
      this.#waiting.push(end);
      this.#onFailure(error);
    }
  }
}
