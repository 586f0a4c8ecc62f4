import { Timeout } from '@markitect/domain';
import type { UnitOfWorkOptions } from '@markitect/ports';

/** The signal and the deadline of a unit of work as one thing that happens once, or never. */
export class Interruption {
  readonly #signal: AbortSignal | undefined;
  readonly #listeners = new Set<(error: Timeout) => void>();
  readonly #timer: ReturnType<typeof setTimeout> | undefined;
  #error: Timeout | undefined;
  #isDeadline = false;

  constructor({ signal, deadlineMs }: UnitOfWorkOptions) {
    this.#signal = signal;
    if (signal?.aborted === true) this.#abort();
    else if (deadlineMs !== undefined && deadlineMs <= 0) this.#expire();
    else {
      signal?.addEventListener('abort', this.#abort, { once: true });
      if (deadlineMs !== undefined) this.#timer = setTimeout(this.#expire, deadlineMs);
    }
  }

  get error(): Timeout | undefined {
    return this.#error;
  }

  /** Whether it was the deadline: then even work that never settles is over. */
  get isDeadline(): boolean {
    return this.#isDeadline;
  }

  onInterrupt(listener: (error: Timeout) => void): void {
    this.#listeners.add(listener);
  }

  /** From here on nothing interrupts. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener('abort', this.#abort);
    this.#listeners.clear();
  }

  readonly #abort = () => this.#interrupt('the unit of work was cancelled');
  readonly #expire = () => {
    this.#isDeadline = true;
    this.#interrupt('the unit of work did not finish within its deadline');
  };

  #interrupt(message: string): void {
    const error = new Timeout('DEADLINE_EXCEEDED', message);
    this.#error = error;
    for (const listener of [...this.#listeners]) listener(error);
  }
}
