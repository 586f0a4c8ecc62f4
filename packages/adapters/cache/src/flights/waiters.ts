import { Timeout } from '@markitect/domain';

/** Those who wait for one result. When all of them have given up, nobody needs it. */
export class Waiters {
  /** It is wanted, whoever waits or not. */
  isWantedAnyway = false;
  readonly #key: string;
  readonly #onAbandoned: (reason: unknown) => void;
  #waiting = 0;

  constructor(key: string, onAbandoned: (reason: unknown) => void) {
    this.#key = key;
    this.#onAbandoned = onAbandoned;
  }

  /** Waits for the result. Throws Timeout `DEADLINE_EXCEEDED` when the signal is aborted before. */
  async join<T>(result: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    if (signal === undefined) {
      this.isWantedAnyway = true;
      return result;
    }
    this.#waiting += 1;
    let stop: () => void = () => undefined;
    const aborted = new Promise<never>((_, reject) => {
      stop = () => reject(cancelled(this.#key, signal.reason));
      signal.addEventListener('abort', stop, { once: true });
    });
    try {
      return await Promise.race([result, aborted]);
    } finally {
      signal.removeEventListener('abort', stop);
      this.#waiting -= 1;
      if (this.#waiting === 0 && !this.isWantedAnyway) this.#onAbandoned(cancelled(this.#key, signal.reason));
    }
  }
}

/** A caller's own end of waiting. */
export function cancelled(key: string, reason: unknown): Timeout {
  return new Timeout('DEADLINE_EXCEEDED', `waiting for "${key}" was cancelled`, { cause: reason });
}

/** A factory that was given up. */
export function tookTooLong(key: string, timeoutMs: number): Timeout {
  return new Timeout('DEADLINE_EXCEEDED', `the value of "${key}" took over ${timeoutMs} ms to make`, {
    details: { timeoutMs },
  });
}
