import type { TaskSignal } from '@markitect/ports';
import { TaskBook } from './task-book.js';

/** A signal for tests: told by the book of a queue, and of schedules. */
export class InMemoryTaskSignal implements TaskSignal {
  readonly #waiting = new Set<() => void>();
  #isTold = true;

  /** `book`: that of the queue. */
  constructor(book = new TaskBook()) {
    book.listen(() => {
      this.#isTold = true;
      for (const settle of [...this.#waiting]) settle();
    });
  }

  wait(atMostMs: number, signal?: AbortSignal): Promise<void> {
    if (this.#isTold || signal?.aborted === true) {
      this.#isTold = false;
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      const settle = (): void => {
        this.#isTold = false;
        this.#waiting.delete(settle);
        clearTimeout(timer);
        signal?.removeEventListener('abort', settle);
        resolve();
      };
      const timer = setTimeout(settle, Math.min(atMostMs, 2 ** 31 - 1));
      this.#waiting.add(settle);
      signal?.addEventListener('abort', settle);
    });
  }
}
