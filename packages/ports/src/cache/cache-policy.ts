/** How values are kept. A namespace sets the defaults; a call or a factory may set each of them anew. */
export interface CachePolicy {
  /** How long a value is fresh, in milliseconds. `Infinity`: until it is invalidated or there is no room. */
  readonly ttlMs: number;
  /**
   * How long after that an expired value may still be served when its factory fails or is slow, in milliseconds. An
   * invalidated value is never served. Default 0: none.
   */
  readonly graceMs: number;
  /** After a failed factory: for how long the expired value is served before the factory is tried again. Default 1000. */
  readonly graceBackoffMs: number;
  /** How long callers wait for a factory before they are served an expired value there is. Default `Infinity`. */
  readonly softTimeoutMs: number;
  /**
   * When a factory is given up and its signal aborted: callers get the expired value there is, or Timeout
   * `DEADLINE_EXCEEDED`. What it answers after that is dropped. Default `Infinity`.
   */
  readonly hardTimeoutMs: number;
  /** The part of `ttlMs` (0 to 1) after which a read makes the value anew in the background. Default 1: never. */
  readonly eagerFrom: number;
  /** The part of `ttlMs` (0 to 1) by which it is shortened at random, so that values do not expire together. Default 0. */
  readonly jitter: number;
  /** How long `undefined` from a factory is remembered, in milliseconds. Default 0: it is not. */
  readonly negativeTtlMs: number;
  /** Names by which values of several keys and namespaces are invalidated together. */
  readonly tags: readonly string[];
  /** What the value occupies, in bytes. Default: estimated by walking it, which costs time in proportion to its size. */
  readonly bytes: number | undefined;
}

/** What a caller may set for one value. */
export type CacheSetOptions = Partial<CachePolicy>;

/** What a caller may set for one {@link Cache.getOrSet}. */
export interface CacheGetOrSetOptions extends Partial<CachePolicy> {
  /** Stops this caller's waiting with Timeout `DEADLINE_EXCEEDED`. The factory goes on while anybody else waits. */
  readonly signal?: AbortSignal;
}

/** A value that was kept before and is not fresh any more, but not invalidated either. */
export interface PreviousValue<V> {
  readonly value: V;
  /** What the factory said of its version, e.g. an ETag. */
  readonly validator: string | undefined;
  /** How long ago it was made or confirmed, in milliseconds. */
  readonly ageMs: number;
}

/** What a factory knows and may decide. */
export interface FactoryContext<V> {
  readonly key: string;
  /** Aborted when nobody wants the value any more, and at the hard timeout. */
  readonly signal: AbortSignal;
  /** The value to be replaced, when it is still there: for conditional requests. */
  readonly previous: PreviousValue<V> | undefined;
  /** Decides how the value is kept, now that it is known. Called again, it adds to what was said before. */
  keep(options: CacheSetOptions & { readonly validator?: string }): void;
  /** The value is returned but not kept. */
  skip(): void;
  /** Answers that the previous value is still right: `return context.notModified()`. Throws Invalid `REQUEST_INVALID` without one. */
  notModified(): V;
}

/** Makes the value of a key. `undefined`: there is none. What it throws reaches those who wait for it. */
export type CacheFactory<V, R extends V | undefined = V> = (context: FactoryContext<V>) => R | Promise<R>;

/** What a cache knows of a key. */
export type CacheLookup<V> =
  | { readonly state: 'absent' }
  /** The factory answered `undefined`, and that is remembered. */
  | { readonly state: 'negative'; readonly ageMs: number }
  | {
      readonly state: 'fresh';
      readonly value: V;
      readonly ageMs: number;
      readonly validator: string | undefined;
    };
