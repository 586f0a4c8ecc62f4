interface Waiting {
  readonly position: number;
  /** Of readers that have not said so yet: when they stop trusting what they know. */
  readonly open: Map<string, number>;
  readonly done: () => void;
}

/**
 * Waits until every reader respects a position: it has said so, or the time is over for which it may trust what it
 * knew. Times are those of the monotonic clock.
 */
export class Acknowledgements {
  /** By reader. What a reader says may come before the answer that names it. */
  readonly #positions = new Map<string, number>();
  readonly #waiting = new Set<Waiting>();

  /** A reader says that it respects a position. */
  heard(reader: string, position: number): void {
    if ((this.#positions.get(reader) ?? 0) >= position) return;
    if (this.#positions.size > 1000) this.#positions.clear();
    this.#positions.set(reader, position);
    for (const waiting of this.#waiting) {
      if (waiting.position > position || !waiting.open.delete(reader)) continue;
      if (waiting.open.size === 0) waiting.done();
    }
  }

  /** @param readers each with when it stops trusting what it knows. */
  async of(position: number, readers: ReadonlyMap<string, number>): Promise<void> {
    const open = new Map(readers);
    for (const reader of readers.keys()) {
      if ((this.#positions.get(reader) ?? 0) >= position) open.delete(reader);
    }
    if (open.size === 0) return;
    await new Promise<void>((resolve) => {
      const ms = Math.max(0, ...open.values()) - performance.now();
      const timer = setTimeout(() => waiting.done(), Math.max(1, Math.ceil(ms)));
      const waiting: Waiting = {
        position,
        open,
        done: () => {
          clearTimeout(timer);
          this.#waiting.delete(waiting);
          resolve();
        },
      };
      this.#waiting.add(waiting);
    });
  }
}
