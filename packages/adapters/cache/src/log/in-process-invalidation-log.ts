import {
  type Invalidation,
  type InvalidationLog,
  invalidationName,
  type LatestInvalidations,
  type LogPage,
} from '@markitect/ports';

/** How an {@link InProcessInvalidationLog} is kept. */
export interface InProcessInvalidationLogOptions {
  /** The most names remembered; beyond that the oldest are forgotten and what may depend on them counts as invalid. */
  readonly maxNames?: number;
  /** Where positions begin. Default: the time in microseconds, above those of every earlier process. */
  readonly start?: number;
}

/**
 * The log of a cache that no other process shares. Entries that an earlier process left on a disk are older than its
 * beginning, so they are not used: without a log that lasts nobody knows whether they are still true. Never fails.
 */
export class InProcessInvalidationLog implements InvalidationLog {
  /** In the order of positions: a name invalidated again is put at the end. */
  readonly #positions = new Map<string, number>();
  readonly #maxNames: number;
  #position: number;
  #horizon: number;

  constructor({ maxNames = 100_000, start = Date.now() * 1000 }: InProcessInvalidationLogOptions = {}) {
    this.#maxNames = maxNames;
    this.#position = start;
    this.#horizon = start;
  }

  readonly position = (): number => this.#position;

  since(position: number, limit = 1000): Promise<LogPage> {
    if (position < this.#horizon) {
      return Promise.resolve({ invalidations: [], position: this.#position, isTruncated: true });
    }
    const later = [...this.#positions]
      .filter(([, at]) => at > position)
      .map(([name, at]) => ({ name, position: at }));
    const invalidations = later.slice(0, limit);
    const isWhole = invalidations.length === later.length;
    const upTo = isWhole ? this.#position : (invalidations.at(-1)?.position ?? position);
    return Promise.resolve({ invalidations, position: upTo, isTruncated: false });
  }

  latest(names: readonly string[]): Promise<LatestInvalidations> {
    const positions = new Map<string, number>();
    for (const name of names) {
      const position = this.#positions.get(name);
      if (position !== undefined) positions.set(name, position);
    }
    return Promise.resolve({ positions, horizon: this.#horizon });
  }

  append(invalidations: readonly Invalidation[]): Promise<number> {
    for (const invalidation of invalidations) {
      const name = invalidationName(invalidation);
      this.#position += 1;
      this.#positions.delete(name);
      this.#positions.set(name, this.#position);
    }
    for (const [name, position] of this.#positions) {
      if (this.#positions.size <= this.#maxNames) break;
      this.#positions.delete(name);
      this.#horizon = position;
    }
    return Promise.resolve(this.#position);
  }
}
