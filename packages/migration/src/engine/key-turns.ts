/** Lets those who work on the same key take turns, in the order they came. Others do not wait. */
export class KeyTurns {
  readonly #last = new Map<string, Promise<void>>();

  /** Runs work when all before it on any of these keys is over. */
  async take<T>(keys: readonly string[], work: () => Promise<T>): Promise<T> {
    const before = keys.flatMap((key) => this.#last.get(key) ?? []);
    let end: () => void = () => undefined;
    const over = new Promise<void>((resolve) => (end = resolve));
    for (const key of keys) this.#last.set(key, over);
    try {
      if (before.length > 0) await Promise.all(before);
      return await work();
    } finally {
      end();
      for (const key of keys) if (this.#last.get(key) === over) this.#last.delete(key);
    }
  }
}
