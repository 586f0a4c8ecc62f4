import { Unavailable } from '@markitect/domain';
import type { CacheTier, TierEntry, TierUsage } from '@markitect/ports';
import type { CacheEvents } from '../events.js';
import type { Time } from '../time.js';
import { Breaker, type BreakerOptions, type BreakerState } from './breaker.js';

/** A tier below memory, with what the cache should know of it. The order of tiers is from fast to slow. */
export interface TierOptions {
  /** For events and numbers. */
  readonly name: string;
  readonly tier: CacheTier;
  /** The longest an entry stays in this tier, in milliseconds. Default: as long as its policy says. */
  readonly ttlMs?: number;
  /** An operation that takes longer counts as failed, in milliseconds. Default 1000. */
  readonly timeoutMs?: number;
  readonly breaker?: BreakerOptions;
  /**
   * Where log and tier share a store: adds the invalidation of each key to the log and keeps its entry, if there is one,
   * with the position of that as its version, in one step. Answers and throws as `InvalidationLog.append` does.
   */
  readonly appendAndKeep?: AppendAndKeep;
}

/** Of keys and what they are now: `version` is left to it. */
export type AppendAndKeep = (
  entries: readonly (readonly [key: string, entry: TierEntry | undefined])[],
) => Promise<number>;

/** What a guard asks of the cache when its tier is back: what it now has of keys. */
export type CurrentEntries = (keys: readonly string[]) => Promise<Map<string, TierEntry>>;

/** The most keys in one operation. */
const BATCH = 1000;
/** The most keys remembered while a tier is away. What else is old there is found out when it is read. */
const MOST_MISSED = 10_000;

interface Reading {
  readonly keys: readonly string[];
  readonly done: (entries: (TierEntry | undefined)[]) => void;
}

/**
 * Stands before a tier: gathers what is asked in one turn of the event loop into one operation, and keeps its failures
 * and slowness from everybody. No operation rejects: a tier that fails has nothing and keeps nothing. After several
 * failures in a row it is left alone; when it is back, it is first told what changed meanwhile.
 */
export class TierGuard {
  readonly name: string;
  hits = 0;
  misses = 0;
  errors = 0;
  readonly #tier: CacheTier;
  readonly #appendAndKeep: AppendAndKeep | undefined;
  readonly #ttlMs: number;
  readonly #timeoutMs: number;
  readonly #time: Time;
  readonly #events: CacheEvents;
  readonly #breaker: Breaker;
  readonly #current: CurrentEntries;
  readonly #background: (work: Promise<unknown>) => void;
  #readings: Reading[] = [];
  #writes = new Map<string, TierEntry | undefined>();
  #writing: Promise<void> | undefined;
  readonly #missed = new Set<string>();

  constructor(
    options: TierOptions,
    using: {
      readonly time: Time;
      readonly events: CacheEvents;
      readonly current: CurrentEntries;
      readonly background: (work: Promise<unknown>) => void;
    },
  ) {
    const { name, tier, ttlMs = Number.POSITIVE_INFINITY, timeoutMs = 1000, breaker = {} } = options;
    this.name = name;
    this.#tier = tier;
    this.#appendAndKeep = options.appendAndKeep;
    this.#ttlMs = ttlMs;
    this.#timeoutMs = timeoutMs;
    this.#time = using.time;
    this.#events = using.events;
    this.#current = using.current;
    this.#background = using.background;
    this.#breaker = new Breaker(breaker, () => this.#time.now());
  }

  get state(): BreakerState {
    return this.#breaker.state;
  }

  /** Whether {@link appendAndKeep} can be used now. */
  get canAppend(): boolean {
    return this.#appendAndKeep !== undefined && this.#breaker.state === 'closed';
  }

  /** See `TierOptions`. Its failures are those of the log. */
  appendAndKeep: AppendAndKeep = async (entries) => {
    if (this.#appendAndKeep === undefined) throw new TypeError(`tier ${this.name} has no log`);
    return this.#appendAndKeep(entries.map(([key, entry]) => [key, entry && this.#capped(entry)] as const));
  };

  /** The entries of keys that have not expired here. What others ask in the same turn goes along. */
  read(keys: readonly string[]): Promise<(TierEntry | undefined)[]> {
    if (!this.#isUsable()) return Promise.resolve(keys.map(() => undefined));
    return new Promise((done) => {
      this.#readings.push({ keys, done });
      if (this.#readings.length === 1) process.nextTick(() => this.#background(this.#readGathered()));
    });
  }

  /** Keeps an entry, or forgets a key. Settles when that has happened, or is given up. */
  write(key: string, entry: TierEntry | undefined): Promise<void> {
    if (!this.#isUsable()) {
      this.#miss(key);
      return Promise.resolve();
    }
    this.#writes.set(key, entry && this.#capped(entry));
    if (this.#writing === undefined) {
      this.#writing = new Promise((resolve) => process.nextTick(() => resolve(this.#writeGathered())));
      this.#background(this.#writing);
    }
    return this.#writing;
  }

  /** Forgets everything. */
  async clear(): Promise<void> {
    this.#missed.clear();
    if (this.#isUsable()) await this.#attempt(() => this.#tier.clear());
  }

  async usage(): Promise<TierUsage> {
    const unknown = { entries: undefined, bytes: undefined };
    return this.#isUsable() ? ((await this.#attempt(() => this.#tier.usage())) ?? unknown) : unknown;
  }

  async #readGathered(): Promise<void> {
    const readings = this.#readings;
    this.#readings = [];
    const wanted = [...new Set(readings.flatMap(({ keys }) => keys))];
    const found = new Map<string, TierEntry>();
    const now = this.#time.now();
    await Promise.all(
      batches(wanted).map(async (keys) => {
        const entries = await this.#attempt(() => this.#tier.getMany(keys));
        for (const [index, key] of keys.entries()) {
          const entry = entries?.[index];
          if (entry !== undefined && entry.expiresAt > now) found.set(key, entry);
        }
      }),
    );
    for (const { keys, done } of readings) done(keys.map((key) => found.get(key)));
  }

  async #writeGathered(): Promise<void> {
    const writes = this.#writes;
    this.#writes = new Map();
    this.#writing = undefined;
    const kept: [string, TierEntry][] = [];
    const gone: string[] = [];
    for (const [key, entry] of writes) {
      if (entry === undefined) gone.push(key);
      else kept.push([key, entry]);
    }
    const attempt = async (keys: readonly string[], work: () => Promise<void>) => {
      if (await this.#attempt(async () => (await work(), true))) return;
      for (const key of keys) this.#miss(key);
    };
    await Promise.all([
      ...batches(kept).map((batch) =>
        attempt(
          batch.map(([key]) => key),
          () => this.#tier.setMany(batch),
        ),
      ),
      ...batches(gone).map((batch) => attempt(batch, () => this.#tier.deleteMany(batch))),
    ]);
  }

  #isUsable(): boolean {
    if (this.#breaker.state === 'closed') return true;
    // Nobody's call is used to try it: the caller would pay for it.
    if (this.#breaker.takeTry()) this.#background(this.#recover());
    return false;
  }

  /** Tells the tier what it missed; if that works, it is in use again. */
  async #recover(): Promise<void> {
    let keys: string[] = [];
    try {
      await this.#timed(() => this.#tier.getMany(['recovery']));
      // What is written while it is told is missed, too.
      while (this.#missed.size > 0) {
        keys = [...this.#missed].slice(0, BATCH);
        for (const key of keys) this.#missed.delete(key);
        const current = await this.#current(keys);
        const gone = keys.filter((key) => !current.has(key));
        const kept = [...current].map(([key, entry]) => [key, this.#capped(entry)] as const);
        if (gone.length > 0) await this.#timed(() => this.#tier.deleteMany(gone));
        if (kept.length > 0) await this.#timed(() => this.#tier.setMany(kept));
      }
      if (this.#breaker.succeeded(true)) this.#events.emit('tier-up', { tier: this.name });
    } catch {
      this.errors += 1;
      for (const key of keys) this.#miss(key);
      this.#breaker.failed(true);
    }
  }

  async #attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      const result = await this.#timed(work);
      this.#breaker.succeeded();
      return result;
    } catch (error) {
      this.errors += 1;
      if (this.#breaker.failed()) this.#events.emit('tier-down', { tier: this.name, error });
      return undefined;
    }
  }

  async #timed<T>(work: () => Promise<T>): Promise<T> {
    const { promise: late, cancel } = this.#timeout();
    try {
      return await Promise.race([work(), late]);
    } finally {
      cancel();
    }
  }

  #timeout(): { promise: Promise<never>; cancel: () => void } {
    let cancel = (): void => undefined;
    const promise = new Promise<never>((_, reject) => {
      cancel = this.#time.after(this.#timeoutMs, () =>
        reject(
          new Unavailable('CACHE_TIER_FAILED', `cache tier ${this.name} took over ${this.#timeoutMs} ms`),
        ),
      );
    });
    return { promise, cancel };
  }

  #capped(entry: TierEntry): TierEntry {
    const latest = this.#time.now() + this.#ttlMs;
    return entry.expiresAt <= latest ? entry : { ...entry, expiresAt: latest };
  }

  #miss(key: string): void {
    if (this.#missed.size < MOST_MISSED) this.#missed.add(key);
  }
}

function batches<T>(items: readonly T[]): T[][] {
  const result: T[][] = [];
  for (let start = 0; start < items.length; start += BATCH) result.push(items.slice(start, start + BATCH));
  return result;
}
