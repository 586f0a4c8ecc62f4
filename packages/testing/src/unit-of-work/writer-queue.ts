import type { Interruption } from './interruption.js';

/** Lets one in at a time, in the order in which they came. */
export class WriterQueue {
  #busy = false;
  readonly #waiting: (() => void)[] = [];

  /** Waits for the turn and answers with what ends it. Rejects, out of the queue, when interrupted before. */
  async enter(interruption: Interruption): Promise<() => void> {
    if (interruption.error !== undefined) throw interruption.error;
    if (this.#busy) {
      await new Promise<void>((resolve, reject) => {
        this.#waiting.push(resolve);
        interruption.onInterrupt((error) => {
          const place = this.#waiting.indexOf(resolve);
          if (place >= 0) this.#waiting.splice(place, 1);
          if (place >= 0) reject(error);
        });
      });
    }
    this.#busy = true;
    let left = false;
    return () => {
      if (left) return;
      left = true;
      const next = this.#waiting.shift();
      if (next === undefined) this.#busy = false;
      else next();
    };
  }
}
