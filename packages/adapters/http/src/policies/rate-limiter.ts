import type { Clock } from '../clock.js';

/**
 * A token bucket: in any window of `t` seconds at most `burst + perSecond * t` tokens are handed out, in the order of
 * asking. Taking one that is there costs no timer.
 */
export class RateLimiter {
  readonly #perMs: number;
  readonly #burst: number;
  readonly #clock: Clock;
  readonly #waiters = new Set<() => void>();
  #tokens: number;
  #at: number;
  #callOff: (() => void) | undefined;
  #waits = 0;
  #waitMs = 0;

  constructor({ perSecond, burst }: { readonly perSecond: number; readonly burst: number }, clock: Clock) {
    this.#perMs = perSecond / 1000;
    this.#burst = burst;
    this.#tokens = burst;
    this.#clock = clock;
    this.#at = clock.now();
  }

  /** Takes a token that is there and that nobody waits for. */
  tryTake(): boolean {
    if (this.#waiters.size > 0) return false;
    this.#refill();
    return this.#spend();
  }

  /** How many milliseconds the next to ask would wait. */
  expectedWaitMs(): number {
    this.#refill();
    return Math.max(0, (this.#waiters.size + 1 - this.#tokens) / this.#perMs);
  }

  /** Waits for a token. The signal gives the place in the queue up: the promise is then rejected with its reason. */
  take(signal: AbortSignal): Promise<void> {
    if (this.tryTake()) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const since = this.#clock.now();
      const settle = (): void => {
        signal.removeEventListener('abort', leave);
        this.#waitMs += this.#clock.now() - since;
      };
      const go = (): void => {
        settle();
        resolve();
      };
      const leave = (): void => {
        this.#waiters.delete(go);
        settle();
        reject(signal.reason as Error);
      };
      if (signal.aborted) {
        reject(signal.reason as Error);
        return;
      }
      signal.addEventListener('abort', leave, { once: true });
      this.#waits += 1;
      this.#waiters.add(go);
      this.#wakeLater();
    });
  }

  /** How often and, in milliseconds, how long altogether requests have waited for a token. */
  stats(): { readonly waits: number; readonly waitMs: number } {
    return { waits: this.#waits, waitMs: this.#waitMs };
  }

  #wake(): void {
    this.#callOff = undefined;
    this.#refill();
    for (const go of this.#waiters) {
      if (!this.#spend()) break;
      this.#waiters.delete(go);
      go();
    }
    this.#wakeLater();
  }

  #wakeLater(): void {
    if (this.#waiters.size === 0 || this.#callOff !== undefined) return;
    const delayMs = Math.max(1, Math.ceil((1 - this.#tokens) / this.#perMs));
    this.#callOff = this.#clock.after(delayMs, () => this.#wake());
  }

  #refill(): void {
    const now = this.#clock.now();
    this.#tokens = Math.min(this.#burst, this.#tokens + Math.max(0, now - this.#at) * this.#perMs);
    this.#at = now;
  }

  #spend(): boolean {
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
