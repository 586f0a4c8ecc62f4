import type { TaskSignal, Transaction, UnitOfWork } from '@markitect/ports';
import { InMemoryTaskQueue, TaskBook } from '@markitect/testing';
import type { TaskClock } from '../src/tasks/task-clock.js';

interface Timer {
  readonly at: number;
  readonly action: () => void;
}

/** A clock that goes only when it is told to. */
export class ManualClock implements TaskClock {
  #now = Date.parse('2026-11-21T08:00:00Z');
  readonly #timers = new Set<Timer>();

  now = (): number => this.#now;

  after(ms: number, action: () => void): () => void {
    const timer = { at: this.#now + ms, action };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Lets time pass: timers go off in their order, each followed by what it sets off. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      await settled();
      const next = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#now = Math.max(this.#now, next.at);
      this.#timers.delete(next);
      next.action();
    }
    this.#now = Math.max(this.#now, end);
    await settled();
  }

  /** Time passes and nobody notices, as while a process is stopped. */
  freeze(ms: number): void {
    this.#now += ms;
  }
}

/** Resolves when everything that needs no time has happened. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 12; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** A signal of a book of tasks whose waits last as long as a manual clock says. */
export function manualSignal(book: TaskBook, clock: ManualClock): TaskSignal {
  const waiting = new Set<() => void>();
  let isTold = true;
  book.listen(() => {
    isTold = true;
    for (const end of [...waiting]) end();
  });
  return {
    wait: (atMostMs, signal) =>
      new Promise((resolve) => {
        const end = () => {
          stop();
          waiting.delete(end);
          signal?.removeEventListener('abort', end);
          isTold = false;
          resolve();
        };
        const stop = clock.after(atMostMs, end);
        waiting.add(end);
        signal?.addEventListener('abort', end);
        if (isTold || signal?.aborted === true) end();
      }),
  };
}

/** Only what tasks need of a unit of work. */
export function unitOfTasks(book: TaskBook): UnitOfWork {
  return {
    run: async (work) => {
      const copy = new TaskBook(book.now);
      copy.become(book);
      const transaction: Partial<Transaction> = { tasks: new InMemoryTaskQueue(copy) };
      const result = await work(transaction as Transaction);
      book.become(copy);
      return result;
    },
    begin: () => Promise.reject(new Error('no test needs it')),
  };
}
