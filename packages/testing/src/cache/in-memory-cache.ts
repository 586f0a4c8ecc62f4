import type { Cache } from '@markitect/ports';

/** A cache for tests: forgets nothing of its own accord. */
export class InMemoryCache<V> implements Cache<V> {
  readonly #values = new Map<string, V>();

  get(key: string): Promise<V | undefined> {
    return Promise.resolve(this.#values.get(key));
  }

  set(key: string, value: V): Promise<void> {
    this.#values.set(key, value);
    return Promise.resolve();
  }

  delete(key: string): Promise<void> {
    this.#values.delete(key);
    return Promise.resolve();
  }

  clear(): Promise<void> {
    this.#values.clear();
    return Promise.resolve();
  }
}
