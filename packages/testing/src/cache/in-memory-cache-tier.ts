import { Unavailable } from '@markitect/domain';
import type { CacheTier, TierEntry, TierUsage } from '@markitect/ports';

/** A tier for tests, which several caches can share, and which fails or hangs when told to. */
export class InMemoryCacheTier implements CacheTier {
  /** The sizes of the batches it was asked for. */
  readonly reads: number[] = [];
  readonly writes: number[] = [];
  /** Whether every operation fails. */
  isDown = false;
  /** What every operation waits for before it does anything. */
  delay: () => Promise<void> = () => Promise.resolve();
  readonly #entries = new Map<string, TierEntry>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  getMany(keys: readonly string[]): Promise<(TierEntry | undefined)[]> {
    this.reads.push(keys.length);
    return this.#operate(() =>
      keys.map((key) => {
        const entry = this.#entries.get(key);
        return entry !== undefined && entry.expiresAt > this.#now() ? entry : undefined;
      }),
    );
  }

  setMany(entries: readonly (readonly [string, TierEntry])[]): Promise<void> {
    this.writes.push(entries.length);
    return this.#operate(() => {
      for (const [key, entry] of entries) this.#entries.set(key, entry);
    });
  }

  deleteMany(keys: readonly string[]): Promise<void> {
    return this.#operate(() => {
      for (const key of keys) this.#entries.delete(key);
    });
  }

  clear(): Promise<void> {
    return this.#operate(() => this.#entries.clear());
  }

  usage(): Promise<TierUsage> {
    return this.#operate(() => {
      const bytes = [...this.#entries.values()].reduce((sum, { body }) => sum + body.length, 0);
      return { entries: this.#entries.size, bytes };
    });
  }

  async #operate<T>(work: () => T): Promise<T> {
    await this.delay();
    if (this.isDown) throw new Unavailable('CACHE_TIER_FAILED', 'the tier is down');
    return work();
  }
}
