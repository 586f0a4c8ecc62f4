import type { SqlReader } from './sql-executor.js';

interface Waiting<T> {
  readonly promise: Promise<T | undefined>;
  readonly resolve: (item: T | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/** How single items are read. */
export interface PointReadQueries<Key extends string, T> {
  readonly one: (reader: SqlReader, key: Key) => Promise<T | undefined>;
  /** Those of the items that there are. */
  readonly many: (reader: SqlReader, keys: readonly Key[]) => Promise<ReadonlyMap<Key, T>>;
}

/** Keys read by one statement: the bound of what waits in memory at once. */
const MAX_BATCH = 128;

/** Statements under way at once: one is read by SQLite while the answer of another is unpacked. */
const MAX_IN_FLIGHT = 2;

/**
 * Reads single items by their keys. A read that comes while nothing is under way goes out at once; those that come while
 * others are under way are gathered and go out together, which costs little more than one alone. No read joins a
 * statement that has already been sent, so every read sees what was committed before it was asked for.
 */
export class PointReads<Key extends string, T> {
  readonly #readers: () => SqlReader;
  readonly #queries: PointReadQueries<Key, T>;
  #waiting = new Map<Key, Waiting<T>>();
  #inFlight = 0;
  #isScheduled = false;

  constructor(readers: () => SqlReader, queries: PointReadQueries<Key, T>) {
    this.#readers = readers;
    this.#queries = queries;
  }

  get(key: Key): Promise<T | undefined> {
    const same = this.#waiting.get(key);
    // Everyone gets an object of their own, as from a read of their own.
    if (same !== undefined) return same.promise.then((item) => structuredClone(item));
    const { promise, resolve, reject } = withResolvers<T | undefined>();
    this.#waiting.set(key, { promise, resolve, reject });
    this.#schedule();
    return promise;
  }

  /** Sends at the end of the turn: callers that were woken together ask together. */
  #schedule(): void {
    if (this.#isScheduled || this.#inFlight >= MAX_IN_FLIGHT) return;
    this.#isScheduled = true;
    process.nextTick(() => {
      this.#isScheduled = false;
      this.#send();
    });
  }

  #send(): void {
    while (this.#waiting.size > 0 && this.#inFlight < MAX_IN_FLIGHT) {
      const batch = this.#takeBatch();
      this.#inFlight += 1;
      void this.#read(batch)
        .catch((error: unknown) => {
          for (const each of batch.values()) each.reject(error);
        })
        .finally(() => {
          this.#inFlight -= 1;
          if (this.#waiting.size > 0) this.#schedule();
        });
    }
  }

  #takeBatch(): ReadonlyMap<Key, Waiting<T>> {
    const free = MAX_IN_FLIGHT - this.#inFlight;
    const size = Math.min(MAX_BATCH, Math.ceil(this.#waiting.size / free));
    if (size >= this.#waiting.size) {
      const all = this.#waiting;
      this.#waiting = new Map();
      return all;
    }
    const batch = new Map([...this.#waiting].slice(0, size));
    for (const key of batch.keys()) this.#waiting.delete(key);
    return batch;
  }

  async #read(batch: ReadonlyMap<Key, Waiting<T>>): Promise<void> {
    const [only] = batch;
    if (only !== undefined && batch.size === 1) {
      only[1].resolve(await this.#queries.one(this.#readers(), only[0]));
      return;
    }
    const found = await this.#queries.many(this.#readers(), [...batch.keys()]);
    for (const [key, waiting] of batch) waiting.resolve(found.get(key));
  }
}

/** `Promise.withResolvers`, which Node 20 does not have. */
function withResolvers<T>(): {
  promise: Promise<T>;
  resolve: (value: T) => void;
  reject: (error: unknown) => void;
} {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
