/** When a tier is done without. */
export interface BreakerOptions {
  /** How many operations in a row must fail, or be slow. Default 3. */
  readonly failures?: number;
  /** How long it is left alone before it is tried, in milliseconds; doubles with each try, up to 30 s. Default 1000. */
  readonly retryMs?: number;
}

export type BreakerState = 'closed' | 'open' | 'half-open';

const LONGEST_RETRY = 30_000;

/** Counts failures, and says when to leave alone and when to try. */
export class Breaker {
  readonly #failures: number;
  readonly #retryMs: number;
  readonly #now: () => number;
  #state: BreakerState = 'closed';
  #inARow = 0;
  #tryAt = 0;
  #wait: number;

  constructor({ failures = 3, retryMs = 1000 }: BreakerOptions, now: () => number) {
    this.#failures = failures;
    this.#retryMs = retryMs;
    this.#wait = retryMs;
    this.#now = now;
  }

  get state(): BreakerState {
    return this.#state;
  }

  /** Takes the one try that is due, if it is. */
  takeTry(): boolean {
    if (this.#state !== 'open' || this.#now() < this.#tryAt) return false;
    this.#state = 'half-open';
    return true;
  }

  /** Answers whether that closed it. Late good news of an operation from before do not close it. */
  succeeded(isTry = false): boolean {
    if (this.#state === 'closed') {
      this.#inARow = 0;
      return false;
    }
    if (!isTry) return false;
    this.#state = 'closed';
    this.#inARow = 0;
    this.#wait = this.#retryMs;
    return true;
  }

  /** Answers whether that opened it. */
  failed(isTry = false): boolean {
    if (this.#state !== 'closed' && !isTry) return false;
    this.#inARow += 1;
    if (!isTry && this.#inARow < this.#failures) return false;
    if (isTry) this.#wait = Math.min(this.#wait * 2, LONGEST_RETRY);
    this.#state = 'open';
    this.#tryAt = this.#now() + this.#wait;
    return !isTry;
  }
}
