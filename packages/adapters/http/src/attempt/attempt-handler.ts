import type { Clock } from '../clock.js';
import { retryAfterMs } from '../policies/retry-after.js';
import { type Answer, toAnswer } from './answer.js';
import {
  AttemptFailure,
  notConnected,
  statusFailure,
  timedOut,
  tooLarge,
  transportFailure,
} from './attempt-failure.js';
import type { Exchange } from './exchange.js';

/** What the dispatcher lets a handler do to its request. */
interface Controller {
  abort(reason: Error): void;
}

/** What one attempt may cost. */
export interface AttemptLimits {
  readonly maxResponseBytes: number;
  /** From the sending to the head of the answer. */
  readonly headersTimeoutMs: number;
  /** Between two pieces of the body. */
  readonly bodyTimeoutMs: number;
}

type RawHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * Takes in the answer of one attempt without a stream in between. The dispatcher calls `onRequestStart` right before
 * it writes to a socket: what fails before that was surely not carried out.
 */
export class AttemptHandler {
  readonly answer: Promise<Answer>;
  readonly #exchange: Exchange;
  readonly #limits: AttemptLimits;
  readonly #clock: Clock;
  #resolve!: (answer: Answer) => void;
  #reject!: (failure: AttemptFailure) => void;
  #controller: Controller | undefined;
  #status: number | undefined;
  #headers: Readonly<Record<string, string>> = {};
  #chunks: Buffer[] = [];
  #size = 0;
  #isOver = false;
  /** When the answer last went on. */
  #progressAt = 0;
  #callOffTimer: (() => void) | undefined;

  constructor(exchange: Exchange, limits: AttemptLimits, clock: Clock) {
    this.#exchange = exchange;
    this.#limits = limits;
    this.#clock = clock;
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /**
   * Ends the attempt: nobody waits for it any more.
   *
   * @param wasSlow whether it has had so much time that its silence is a failure of the server
   */
  cancel(wasSlow = false): void {
    if (this.#isOver) return;
    const isSent = this.#controller !== undefined;
    this.#fail(
      new AttemptFailure('HTTP_TIMEOUT', 'nobody waits for it any more', {
        carriedOut: isSent ? 'unknown' : 'no',
        again: 'never',
        blamesServer: wasSlow && this.#status === undefined,
      }),
    );
  }

  /** Ends the attempt unless its answer has begun. */
  endSilence(): void {
    if (this.#isOver || this.#status !== undefined) return;
    this.#fail(this.#controller === undefined ? notConnected() : timedOut(undefined));
  }

  onRequestStart(controller: Controller): void {
    // undici may put a request whose connection broke on another one by itself: no second place may repeat.
    const isSecondTime = this.#controller !== undefined;
    this.#controller = controller;
    if (this.#isOver || isSecondTime) {
      controller.abort(new Error('not sent'));
      return;
    }
    this.#exchange.isSent = true;
    const { headersTimeoutMs } = this.#limits;
    this.#callOffTimer = this.#clock.after(headersTimeoutMs, () => this.#checkProgress());
  }

  onResponseStart(_controller: Controller, status: number, headers: RawHeaders): void {
    if (status < 200) return;
    this.#status = status;
    this.#progressAt = this.#clock.now();
    this.#headers = joined(headers);
    if (
      this.#exchange.method !== 'HEAD' &&
      Number(this.#headers['content-length']) > this.#limits.maxResponseBytes
    ) {
      this.#fail(tooLarge(this.#limits.maxResponseBytes));
    }
  }

  onResponseData(_controller: Controller, chunk: Buffer): void {
    this.#size += chunk.length;
    this.#progressAt = this.#clock.now();
    if (this.#size > this.#limits.maxResponseBytes) this.#fail(tooLarge(this.#limits.maxResponseBytes));
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    if (this.#isOver) return;
    const status = this.#status ?? 0;
    const failure = this.#statusFailure();
    if (failure !== undefined) {
      this.#fail(failure);
      return;
    }
    try {
      const answer = toAnswer(
        { status, headers: this.#headers, chunks: this.#chunks },
        this.#exchange.expect,
      );
      this.#isOver = true;
      this.#callOffTimer?.();
      this.#resolve(answer);
    } catch (error) {
      this.#fail(error instanceof AttemptFailure ? error : transportFailure(error, true, status));
    }
  }

  onResponseError(_controller: Controller, error: Error): void {
    if (this.#isOver) return;
    const isSent = this.#controller !== undefined;
    this.#fail(this.#statusFailure() ?? transportFailure(error, isSent, this.#status));
  }

  /** The pool's own timers are off by up to a second. One timer is enough: it is set anew only for a slow body. */
  #checkProgress(): void {
    const { bodyTimeoutMs } = this.#limits;
    const remainingMs = this.#status === undefined ? 0 : this.#progressAt + bodyTimeoutMs - this.#clock.now();
    if (remainingMs <= 0) this.#fail(this.#statusFailure() ?? timedOut(this.#status));
    else this.#callOffTimer = this.#clock.after(remainingMs, () => this.#checkProgress());
  }

  /** Also for an answer that broke off: its status has said enough. */
  #statusFailure(): AttemptFailure | undefined {
    if (this.#status === undefined) return undefined;
    return statusFailure(this.#status, retryAfterMs(this.#headers['retry-after'], this.#clock.date()));
  }

  #fail(failure: AttemptFailure): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#callOffTimer?.();
    this.#chunks = [];
    this.#reject(failure);
    this.#controller?.abort(new Error(failure.message));
  }
}

function joined(headers: RawHeaders): Readonly<Record<string, string>> {
  const result: Record<string, string> = {};
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    if (value !== undefined) result[name] = typeof value === 'string' ? value : value.join(', ');
  }
  return result;
}
