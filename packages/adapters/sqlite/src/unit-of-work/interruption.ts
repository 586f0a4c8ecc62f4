import { type MarkitectError, Timeout } from '@markitect/domain';
import type { UnitOfWorkOptions } from '@markitect/ports';

/** The signal and the deadline of a unit of work: whichever comes first ends it, once. */
export class Interruption {
  readonly #signal: AbortSignal | undefined;
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #isOwnDeadline: boolean;
  #error: MarkitectError | undefined;
  #isOver = false;
  #listener: ((error: MarkitectError) => void) | undefined;

  constructor({ signal, deadlineMs }: UnitOfWorkOptions, defaultDeadlineMs: number) {
    this.#signal = signal;
    this.#isOwnDeadline = deadlineMs !== undefined;
    if (signal?.aborted === true) this.#abort();
    else if (deadlineMs !== undefined && deadlineMs <= 0) this.#expire();
    else {
      signal?.addEventListener('abort', this.#abort, { once: true });
      this.#timer = setTimeout(this.#expire, deadlineMs ?? defaultDeadlineMs);
    }
  }

  /** Why the unit of work has to end; `undefined` while it need not. */
  get error(): MarkitectError | undefined {
    return this.#error;
  }

  /** Whether it was for want of time, in which nobody had asked for a deadline. */
  get isByDefault(): boolean {
    return !this.#isOwnDeadline && this.#signal?.aborted !== true;
  }

  /** Tells one listener at a time, at once or never. */
  listen(listener: ((error: MarkitectError) => void) | undefined): void {
    this.#listener = listener;
    if (this.#error !== undefined) listener?.(this.#error);
  }

  /** From here on nothing interrupts. */
  stop(): void {
    this.#isOver = true;
    this.#listener = undefined;
    this.#disarm();
  }

  readonly #abort = (): void =>
    this.#interrupt('the unit of work was cancelled; nothing is committed', { cause: this.#signal?.reason });
  readonly #expire = (): void =>
    this.#interrupt('the unit of work did not finish within its deadline; nothing is committed');

  #interrupt(message: string, options?: { cause: unknown }): void {
    if (this.#isOver || this.#error !== undefined) return;
    this.#error = new Timeout('DEADLINE_EXCEEDED', message, options);
    this.#disarm();
    this.#listener?.(this.#error);
  }

  #disarm(): void {
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener('abort', this.#abort);
  }
}
