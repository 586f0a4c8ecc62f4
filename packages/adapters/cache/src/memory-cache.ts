import { Invalid } from '@markitect/domain';
import type { Cache } from '@markitect/ports';
import { Keyv } from 'keyv';
import { LRUCache } from 'lru-cache';

/** How much a {@link MemoryCache} may keep. Zero in either place keeps nothing. */
export interface MemoryCacheOptions {
  /** The most the weights of all values may add up to, in bytes. */
  readonly maxBytes: number;
  /** The most values. Room for this many keys is reserved at once (about 30 bytes each). */
  readonly maxEntries: number;
}

/** What Keyv is given to keep. The weight travels inside, for Keyv's `set` has no place of its own for it. */
interface Weighed<V> {
  readonly value: V;
  readonly weight: number;
}

/**
 * Values in this process, by reference: nothing is copied or serialized, so neither a writer nor a reader may change
 * one. Bounded by weight and by number; the value used longest ago goes first. A value that alone is over `maxBytes`
 * is not kept, and a `set` with it forgets the older value of its key. No operation rejects. Each costs a few
 * microseconds, whatever the size.
 *
 * Throws Invalid `CONFIG_INVALID` when a bound is not a whole number of at least 0.
 */
export class MemoryCache<V> implements Cache<V> {
  readonly #entries: LRUCache<string, { value: Weighed<V> }>;
  readonly #keyv: Keyv<Weighed<V>>;
  readonly #keeps: boolean;

  constructor(options: MemoryCacheOptions) {
    for (const field of ['maxBytes', 'maxEntries'] as const) {
      const bound = options[field];
      if (Number.isSafeInteger(bound) && bound >= 0) continue;
      throw new Invalid(
        'CONFIG_INVALID',
        `cache.${field} must be a whole number of at least 0, not ${bound}`,
        {
          details: { setting: `cache.${field}` },
        },
      );
    }
    this.#keeps = options.maxBytes > 0 && options.maxEntries > 0;
    this.#entries = new LRUCache({
      // To lru-cache 0 means "without bound"; here it means "nothing", which `set` sees to.
      max: Math.max(1, options.maxEntries),
      maxSize: Math.max(1, options.maxBytes),
      sizeCalculation: (entry) => entry.value.weight,
    });
    // No key prefix: the store is ours alone.
    this.#keyv = new Keyv<Weighed<V>>({ store: this.#entries, useKeyPrefix: false });
    // Without a serializer Keyv hands the store the value itself. The constructor would not take `undefined`.
    this.#keyv.serialize = undefined;
    this.#keyv.deserialize = undefined;
  }

  /** How many values are kept now. */
  get size(): number {
    return this.#entries.size;
  }

  /** What the kept values weigh together, in bytes. */
  get weight(): number {
    return this.#entries.calculatedSize;
  }

  async get(key: string): Promise<V | undefined> {
    const found = await this.#keyv.get(key);
    return found?.value;
  }

  async set(key: string, value: V, weight: number): Promise<void> {
    if (!this.#keeps) return;
    // A weight nobody can know is taken as too heavy: forgetting is allowed, growing without bound is not.
    const size = Number.isFinite(weight) ? Math.max(1, Math.ceil(weight)) : Number.MAX_SAFE_INTEGER;
    await this.#keyv.set(key, { value, weight: size });
  }

  async delete(key: string): Promise<void> {
    await this.#keyv.delete(key);
  }

  async clear(): Promise<void> {
    await this.#keyv.clear();
  }
}
