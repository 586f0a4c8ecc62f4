import { Invalid } from '@markitect/domain';
import type {
  Cache,
  CacheFactory,
  CacheLookup,
  CacheSetOptions,
  FactoryContext,
  PreviousValue,
} from '@markitect/ports';

interface Kept<V> {
  readonly value: V | undefined;
  readonly tags: readonly string[];
  readonly validator: string | undefined;
  readonly isExpired: boolean;
}

/** A factory that runs. What is invalidated is not under way any more, and is not kept when it is done. */
interface Making {
  value: Promise<unknown> | undefined;
}

/** A cache for tests: forgets nothing of its own accord, time does not pass. */
export class InMemoryCache<V> implements Cache<V> {
  readonly #values = new Map<string, Kept<V>>();
  readonly #making = new Map<string, Making>();

  getOrSet<R extends V | undefined>(
    key: string,
    factory: CacheFactory<V, R>,
    options: CacheSetOptions = {},
  ): Promise<R> {
    const kept = this.#fresh(key);
    if (kept !== undefined) return Promise.resolve(kept.value as R);
    const underWay = this.#making.get(key);
    if (underWay !== undefined) return underWay.value as Promise<R>;
    const making: Making = { value: undefined };
    this.#making.set(key, making);
    const made = this.#make(key, factory, making, options).finally(() => {
      if (this.#making.get(key) === making) this.#making.delete(key);
    });
    making.value = made;
    return made;
  }

  get(key: string): Promise<V | undefined> {
    return Promise.resolve(this.#fresh(key)?.value);
  }

  lookup(key: string): Promise<CacheLookup<V>> {
    const kept = this.#fresh(key);
    if (kept === undefined) return Promise.resolve({ state: 'absent' });
    const { value, validator } = kept;
    if (value === undefined) return Promise.resolve({ state: 'negative', ageMs: 0 });
    return Promise.resolve({ state: 'fresh', value, ageMs: 0, validator });
  }

  has(key: string): Promise<boolean> {
    return Promise.resolve(this.#fresh(key)?.value !== undefined);
  }

  getMany(keys: readonly string[]): Promise<Map<string, V>> {
    const found = keys.flatMap((key) => {
      const value = this.#fresh(key)?.value;
      return value === undefined ? [] : [[key, value] as const];
    });
    return Promise.resolve(new Map(found));
  }

  set(key: string, value: V, options?: CacheSetOptions): Promise<void> {
    return this.setMany([[key, value]], options);
  }

  setMany(entries: Iterable<readonly [string, V]>, options: CacheSetOptions = {}): Promise<void> {
    for (const [key, value] of entries) {
      this.#making.delete(key);
      if (value === undefined) this.#values.delete(key);
      else this.#values.set(key, { value, tags: options.tags ?? [], validator: undefined, isExpired: false });
    }
    return Promise.resolve();
  }

  delete(key: string): Promise<void> {
    this.#making.delete(key);
    this.#values.delete(key);
    return Promise.resolve();
  }

  expire(key: string): Promise<void> {
    this.#making.delete(key);
    const kept = this.#values.get(key);
    if (kept !== undefined) this.#values.set(key, { ...kept, isExpired: true });
    return Promise.resolve();
  }

  clear(): Promise<void> {
    this.#making.clear();
    this.#values.clear();
    return Promise.resolve();
  }

  invalidateTags(tags: readonly string[]): Promise<void> {
    // What tags it will have is not known yet.
    this.#making.clear();
    for (const [key, kept] of this.#values) {
      if (kept.tags.some((tag) => tags.includes(tag))) this.#values.delete(key);
    }
    return Promise.resolve();
  }

  async #make<R extends V | undefined>(
    key: string,
    factory: CacheFactory<V, R>,
    making: Making,
    options: CacheSetOptions,
  ): Promise<R> {
    const kept = this.#values.get(key);
    const previous: PreviousValue<V> | undefined =
      kept?.value === undefined ? undefined : { value: kept.value, validator: kept.validator, ageMs: 0 };
    const decided: { isSkipped: boolean; options: CacheSetOptions & { readonly validator?: string } } = {
      isSkipped: false,
      options,
    };
    const context: FactoryContext<V> = {
      key,
      signal: new AbortController().signal,
      previous,
      keep: (more) => {
        const tags = [...(decided.options.tags ?? []), ...(more.tags ?? [])];
        decided.options = { ...decided.options, ...more, tags };
      },
      skip: () => {
        decided.isSkipped = true;
      },
      notModified: () => {
        if (previous === undefined) throw new Invalid('REQUEST_INVALID', 'there is no previous value');
        return previous.value;
      },
    };
    const value = await factory(context);
    const isNothing = value === undefined && (decided.options.negativeTtlMs ?? 0) <= 0;
    if (decided.isSkipped || isNothing || this.#making.get(key) !== making) return value;
    const { tags = [], validator } = decided.options;
    this.#values.set(key, { value, tags, validator: validator ?? previous?.validator, isExpired: false });
    return value;
  }

  #fresh(key: string): Kept<V> | undefined {
    const kept = this.#values.get(key);
    return kept?.isExpired === false ? kept : undefined;
  }
}
