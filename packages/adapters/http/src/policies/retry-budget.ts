/** What one burst of repeats can use up at most, and what a new connection starts with. */
const MOST = 100;
const FIRST = 10;

/**
 * Bounds what repeats add to the load, so that a server in trouble is not finished off by its clients. Each request
 * earns a share of a repeat; each repeat or hedge costs one. After `n` requests and `t` seconds at most
 * `10 + ratio * n + perSecond * t` repeats have been allowed.
 */
export class RetryBudget {
  readonly #ratio: number;
  readonly #perMs: number;
  readonly #now: () => number;
  #balance = FIRST;
  #at: number;

  constructor(options: { readonly ratio: number; readonly perSecond: number }, now: () => number) {
    this.#ratio = options.ratio;
    this.#perMs = options.perSecond / 1000;
    this.#now = now;
    this.#at = now();
  }

  /** A request is made. */
  earn(): void {
    this.#balance = Math.min(MOST, this.#balance + this.#ratio);
  }

  /** Whether one repeat is allowed; if so it is spent. */
  spend(): boolean {
    const now = this.#now();
    this.#balance = Math.min(MOST, this.#balance + Math.max(0, now - this.#at) * this.#perMs);
    this.#at = now;
    if (this.#balance < 1) return false;
    this.#balance -= 1;
    return true;
  }
}
