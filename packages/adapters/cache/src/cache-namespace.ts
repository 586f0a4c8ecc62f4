import {
  type Cache,
  type CacheFactory,
  type CacheGetOrSetOptions,
  cacheKey,
  type CacheLookup,
  type CachePolicy,
  type CacheSetOptions,
  type InvalidationLog,
  namespaceTag,
} from '@markitect/ports';
import type { CacheCore, NamespaceSettings } from './cache-core.js';
import type { CacheEvents } from './events.js';
import { Flight } from './flights/flight.js';
import type { AnyFactory } from './flights/run-factory.js';
import { UntrustedRuns } from './flights/untrusted-runs.js';
import { cancelled } from './flights/waiters.js';
import type { MemoryEntry } from './memory/memory-entry.js';
import type { Shelf } from './memory/memory-tier.js';
import { mergePolicy } from './policy.js';
import type { Time } from './time.js';

/** One namespace of a manager: the port `Cache`, and a look into memory that waits for nothing. */
export class CacheNamespace<V> implements Cache<V> {
  readonly name: string;
  readonly #core: CacheCore;
  readonly #shelf: Shelf;
  readonly #policy: CachePolicy;
  readonly #settings: NamespaceSettings;
  readonly #flights = new Map<string, Flight>();
  readonly #untrusted: UntrustedRuns;
  // What a hit needs stands here itself: each further object on the way costs a hit some nanoseconds.
  readonly #entries: Map<string, MemoryEntry>;
  readonly #log: InvalidationLog;
  readonly #time: Time;
  readonly #events: CacheEvents;

  constructor(core: CacheCore, shelf: Shelf, policy: CachePolicy, settings: NamespaceSettings) {
    this.name = shelf.namespace;
    this.#core = core;
    this.#shelf = shelf;
    this.#policy = policy;
    this.#settings = settings;
    this.#untrusted = new UntrustedRuns(core, shelf.namespace, settings);
    this.#entries = shelf.entries;
    this.#log = core.log;
    this.#time = core.time;
    this.#events = core.events;
  }

  /**
   * The fresh value if memory has one, at once. `undefined` says nothing about other tiers. Costs tens of nanoseconds;
   * an invalidation by another process that has to be read first makes it a miss.
   */
  peek(key: string): V | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (entry.checkedAt < this.#log.position() || this.#time.now() >= entry.attentionAt) {
      return this.#core.view.isCurrent ? (this.#fresh(key)?.value as V | undefined) : undefined;
    }
    this.#hit(entry);
    return entry.value as V;
  }

  getOrSet<R extends V | undefined>(
    key: string,
    factory: CacheFactory<V, R>,
    options?: CacheGetOrSetOptions,
  ): Promise<R> {
    const entry = this.#entries.get(key);
    if (
      entry !== undefined &&
      entry.checkedAt >= this.#log.position() &&
      this.#time.now() < entry.attentionAt
    ) {
      this.#hit(entry);
      return entry.promise as Promise<R>;
    }
    return this.#make(key, factory as AnyFactory, options) as Promise<R>;
  }

  get(key: string): Promise<V | undefined> {
    const entry = this.#entries.get(key);
    if (
      entry !== undefined &&
      entry.checkedAt >= this.#log.position() &&
      this.#time.now() < entry.attentionAt
    ) {
      this.#hit(entry);
      return entry.promise as Promise<V>;
    }
    if (entry === undefined && !this.#hasBelow && this.#core.view.isCurrent) {
      this.#core.counters.memoryMisses += 1;
      this.#events.emit('miss', { namespace: this.name, key });
      return Promise.resolve(undefined);
    }
    return this.#find(key).then((found) => found?.value as V | undefined);
  }

  async lookup(key: string): Promise<CacheLookup<V>> {
    const found = await this.#find(key);
    if (found === undefined) return { state: 'absent' };
    const ageMs = this.#time.now() - found.createdAt;
    if (found.isNegative) return { state: 'negative', ageMs };
    return { state: 'fresh', value: found.value as V, ageMs, validator: found.validator };
  }

  async has(key: string): Promise<boolean> {
    const found = await this.#find(key);
    return found !== undefined && !found.isNegative;
  }

  async getMany(keys: readonly string[]): Promise<Map<string, V>> {
    const found = await this.#findMany(keys);
    const values = new Map<string, V>();
    for (const key of keys) {
      const entry = found.get(key);
      if (entry !== undefined && !entry.isNegative) values.set(key, entry.value as V);
    }
    return values;
  }

  set(key: string, value: V, options?: CacheSetOptions): Promise<void> {
    return this.setMany([[key, value]], options);
  }

  async setMany(entries: Iterable<readonly [string, V]>, options?: CacheSetOptions): Promise<void> {
    const given = [...new Map(entries)];
    if (given.length === 0) return;
    const policy = mergePolicy(this.#policy, options);
    const isKept = policy.ttlMs > 0;
    const [first, second] = this.#core.chain.guards;
    const isInOneStep = first?.canAppend === true && second === undefined && !this.#settings.memoryOnly;
    if (isInOneStep && isKept && given.every(([, value]) => value !== undefined)) {
      const values = given.map(([key, value]) => ({ key, value, policy, validator: undefined }));
      await this.#core.appendAndKeep(this.#shelf, this.#settings, values, first);
      return;
    }
    const version = await this.#core.view.append(
      given.map(([key]) => ({ kind: 'key', name: cacheKey(this.name, key) })),
    );
    await Promise.all(
      given.map(([key, value]) => {
        if (!isKept || value === undefined) return this.#forget(key);
        const what = { key, value, version, policy, validator: undefined, checkedAt: version };
        return this.#core.keep(this.#shelf, this.#settings, what).written;
      }),
    );
  }

  async delete(key: string): Promise<void> {
    await this.#core.view.append([{ kind: 'key', name: cacheKey(this.name, key) }]);
    await this.#forget(key);
  }

  async expire(key: string): Promise<void> {
    await this.#core.view.append([{ kind: 'expiry', name: cacheKey(this.name, key) }]);
  }

  async clear(): Promise<void> {
    await this.invalidateTags([namespaceTag(this.name)]);
  }

  async invalidateTags(tags: readonly string[]): Promise<void> {
    if (tags.length === 0) return;
    await this.#core.view.append(tags.map((name) => ({ kind: 'tag', name })));
  }

  #hit(entry: MemoryEntry): void {
    this.#shelf.hits += 1;
    entry.isUsed = true;
    if (this.#events.hasHit)
      this.#events.emit('hit', { namespace: this.name, key: entry.key, tier: 'memory' });
  }

  get #hasBelow(): boolean {
    return !this.#settings.memoryOnly && this.#core.chain.guards.length > 0;
  }

  /** Forgets a value that is invalidated already: for space. */
  async #forget(key: string): Promise<void> {
    if (!this.#settings.memoryOnly) await this.#core.chain.write(cacheKey(this.name, key), undefined);
  }

  /** The fresh entry in memory, when the log is known. */
  #fresh(key: string): MemoryEntry | undefined {
    const entry = this.#core.find(this.#shelf, key);
    if (entry === undefined || this.#time.now() >= entry.freshUntil) return undefined;
    this.#hit(entry);
    return entry;
  }

  async #find(key: string): Promise<MemoryEntry | undefined> {
    return (await this.#findMany([key])).get(key);
  }

  async #findMany(keys: readonly string[]): Promise<Map<string, MemoryEntry>> {
    const result = new Map<string, MemoryEntry>();
    const { view, counters, chain, events } = this.#core;
    if (!(await view.catchUp())) {
      counters.untrusted += 1;
      return result;
    }
    const open: string[] = [];
    for (const key of new Set(keys)) {
      const entry = this.#fresh(key);
      if (entry === undefined) open.push(key);
      else result.set(key, entry);
    }
    if (open.length === 0) return result;
    counters.memoryMisses += open.length;
    const wanted = open.map((key) => ({ fullKey: cacheKey(this.name, key), namespace: this.name, key }));
    const found = this.#hasBelow ? await chain.read(wanted) : [];
    for (const [index, key] of open.entries()) {
      const one = found[index];
      if (one?.isFresh === true) {
        result.set(key, this.#core.admit(this.#shelf, this.#settings, key, one, false));
        events.emit('hit', { namespace: this.name, key, tier: one.tier });
      } else {
        events.emit('miss', { namespace: this.name, key });
      }
    }
    return result;
  }

  async #make(key: string, factory: AnyFactory, options: CacheGetOrSetOptions | undefined): Promise<unknown> {
    const { view, counters } = this.#core;
    // What was acknowledged before this call began must not be contradicted by what it returns.
    const begin = this.#log.position();
    const arrival = this.#untrusted.arrive();
    const signal = options?.signal;
    const policy = options === undefined ? this.#policy : mergePolicy(this.#policy, options);
    let isFirst = true;
    for (;;) {
      if (signal?.aborted === true) throw cancelled(key, signal.reason);
      if (!(await view.catchUp())) {
        counters.untrusted += 1;
        return this.#untrusted.make({ key, factory, policy }, arrival, signal);
      }
      const now = this.#time.now();
      const entry = this.#core.find(this.#shelf, key);
      if (entry !== undefined && now < entry.freshUntil) {
        this.#hit(entry);
        if (now >= entry.attentionAt) this.#refresh(entry, factory, policy);
        return entry.value;
      }
      if (isFirst) counters.memoryMisses += 1;
      isFirst = false;
      let flight = this.#flights.get(key);
      if (flight?.isJoinable(begin) === false) flight = undefined;
      if (entry !== undefined && (now < entry.retryAt || flight?.isLate === true)) {
        counters.staleHits += 1;
        this.#core.events.emit('stale', { namespace: this.name, key });
        return entry.value;
      }
      flight ??= this.#start(key, factory, policy, entry, false);
      const outcome = await flight.join(signal);
      if (begin <= outcome.asOf) return outcome.value;
      // It was under way before this call, and its tags may only have become known at its end.
      const { version, names, asOf, value } = outcome;
      if (view.judge({ version, checkedAt: asOf, names }) === 'valid') return value;
    }
  }

  #refresh(entry: MemoryEntry, factory: AnyFactory, policy: CachePolicy): void {
    // One refresh is enough: until it is over, or has failed, hits are hits again.
    entry.attentionAt = entry.freshUntil;
    if (this.#flights.get(entry.key)?.isJoinable(this.#log.position()) === true) return;
    this.#start(entry.key, factory, policy, entry, true);
  }

  #start(
    key: string,
    factory: AnyFactory,
    policy: CachePolicy,
    previous: MemoryEntry | undefined,
    isRefresh: boolean,
  ): Flight {
    const order = {
      shelf: this.#shelf,
      key,
      settings: this.#settings,
      policy,
      factory,
      previous,
      isRefresh,
    };
    const flight = new Flight(this.#core, order);
    this.#flights.set(key, flight);
    this.#core.background(
      flight.done.then(() => {
        if (this.#flights.get(key) === flight) this.#flights.delete(key);
      }),
    );
    return flight;
  }
}
