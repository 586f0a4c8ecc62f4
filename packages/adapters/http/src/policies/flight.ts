import { setMaxListeners } from 'node:events';
import type { HttpResponse } from '@markitect/connections';
import { type MarkitectError, Unexpected } from '@markitect/domain';
import { type Answer, copyOf } from '../attempt/answer.js';
import type { Exchange } from '../attempt/exchange.js';
import type { Clock } from '../clock.js';

/** How long one caller waits. */
export interface Patience {
  readonly deadlineMs: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * An exchange with those who wait for it. Each has a deadline and a signal of its own; when one leaves the others stay,
 * and when the last has left the exchange is cancelled.
 */
export class Flight {
  readonly exchange: Exchange;
  /** Settles with the answer, whoever still waits for it. Never rejected without somebody to handle it. */
  readonly done: Promise<Answer>;
  readonly #clock: Clock;
  readonly #leaveError: (exchange: Exchange, deadlineMs: number | undefined) => MarkitectError;
  #waiting = 0;
  #joined = 0;

  constructor(
    exchange: Exchange,
    fly: (exchange: Exchange) => Promise<Answer>,
    clock: Clock,
    leaveError: (exchange: Exchange, deadlineMs: number | undefined) => MarkitectError,
    { deadlineMs }: Patience,
  ) {
    this.exchange = exchange;
    this.#clock = clock;
    this.#leaveError = leaveError;
    exchange.deadlineAt = clock.now() + deadlineMs;
    this.done = fly(exchange);
  }

  /** Waits for the answer. Throws what the exchange throws, or Timeout `DEADLINE_EXCEEDED`. */
  join({ deadlineMs, signal }: Patience): Promise<HttpResponse> {
    const { exchange } = this;
    exchange.deadlineAt = Math.max(exchange.deadlineAt, this.#clock.now() + deadlineMs);
    const isFirst = this.#joined === 0;
    this.#joined += 1;
    this.#waiting += 1;
    return new Promise((resolve, reject) => {
      let isWaiting = true;
      const settle = (): void => {
        isWaiting = false;
        this.#waiting -= 1;
        callOff();
        signal?.removeEventListener('abort', onAbort);
      };
      const leave = (afterMs: number | undefined): void => {
        if (!isWaiting) return;
        settle();
        const error = this.#leaveError(exchange, afterMs);
        if (this.#waiting === 0) exchange.cancel();
        reject(error);
      };
      const onAbort = (): void => leave(undefined);
      const callOff = this.#clock.after(deadlineMs, () => leave(deadlineMs));
      if (signal !== undefined) {
        // Many calls may share a signal; each takes its listener off again, so that no number of them is a leak.
        setMaxListeners(0, signal);
        signal.addEventListener('abort', onAbort, { once: true });
      }
      this.done.then(
        (answer) => {
          if (!isWaiting) return;
          settle();
          resolve(isFirst ? answer.response : copyOf(answer));
        },
        (error: unknown) => {
          if (!isWaiting) return;
          settle();
          reject(error instanceof Error ? error : new Unexpected('UNEXPECTED', 'an exchange failed'));
        },
      );
    });
  }
}
