import { Invalid } from '@markitect/domain';
import type { CachePolicy, InvalidationLog, LeaseStore } from '@markitect/ports';
import { type AroundFactory, CacheCore } from './cache-core.js';
import { CacheNamespace } from './cache-namespace.js';
import { type CodecOptions, EntryCodec } from './codec.js';
import { CacheEvents } from './events.js';
import { InProcessInvalidationLog } from './log/in-process-invalidation-log.js';
import { LogView } from './log/log-view.js';
import { type MemoryOptions, MemoryTier, Shelf } from './memory/memory-tier.js';
import { defaultPolicy, mergePolicy } from './policy.js';
import { CacheCounters, type CacheStats, type TierStats } from './stats.js';
import { TierChain } from './tiers/tier-chain.js';
import { TierGuard, type TierOptions } from './tiers/tier-guard.js';
import { systemTime, type Time } from './time.js';

/** What a {@link CacheManager} is made of. */
export interface CacheManagerOptions extends CodecOptions {
  /** The values in this process. Default: none are kept in memory. */
  readonly memory?: MemoryOptions;
  /** What is below memory, from fast to slow. Default: nothing. */
  readonly tiers?: readonly TierOptions[];
  /** What says what is valid. All processes that share a tier must share it. Default: one of this process. */
  readonly log?: InvalidationLog;
  /** Lets one process run a factory for all. Default: each runs its own. */
  readonly leases?: {
    readonly store: LeaseStore;
    /** How long the lease of a process that was killed lasts, in milliseconds. Default 5000. */
    readonly ttlMs?: number;
    /** How long the failure of a factory is passed on to those who ask elsewhere, in milliseconds. Default 1000. */
    readonly failureMs?: number;
    /** The longest pause between two looks of those who wait, in milliseconds. Default 100. */
    readonly pollMs?: number;
  };
  /** What holds in every namespace that does not say otherwise. */
  readonly defaults?: Partial<CachePolicy>;
  /** Called for each run of a factory, e.g. to trace it. Answers what `run` answers. */
  readonly aroundFactory?: AroundFactory;
  readonly time?: Time;
  /** From 0 to 1, for the jitter. */
  readonly random?: () => number;
}

/** How a namespace keeps its values, besides the policy. */
export interface NamespaceOptions extends Partial<CachePolicy> {
  /** Whether values are frozen with everything in them. Default true; `false` saves the walk, and trusts every reader. */
  readonly freeze?: boolean;
  /** Whether values stay out of the tiers below memory. Default false. */
  readonly memoryOnly?: boolean;
  /** Whether a lease is taken where there is a lease store. Default true. */
  readonly lease?: boolean;
}

/**
 * A cache of several tiers: memory, and any number of stores below it. One rule holds it together: an entry is served
 * only if the log of invalidations has nothing on it that is later than the entry's version, which is the position of
 * the log when its factory began. So neither a slow factory nor a late message nor a tier that was away can bring an
 * old value back.
 */
export class CacheManager {
  readonly events = new CacheEvents();
  readonly #core: CacheCore;
  readonly #defaults: CachePolicy;
  readonly #shelves = new Map<string, Shelf>();
  readonly #namespaces = new Map<string, CacheNamespace<unknown>>();
  readonly #background = new Set<Promise<unknown>>();
  readonly #counters = new CacheCounters();

  /** Throws Invalid `CONFIG_INVALID` for bounds of memory that are not whole numbers of at least 0. */
  constructor(options: CacheManagerOptions = {}) {
    const { tiers = [], time = systemTime, random = Math.random, memory = { maxBytes: 0 }, leases } = options;
    const log = options.log ?? new InProcessInvalidationLog();
    this.#defaults = mergePolicy(defaultPolicy, options.defaults);
    const memoryTier = new MemoryTier(memory, (entry) => {
      this.#counters.evictions += 1;
      this.events.emit('evict', { namespace: entry.shelf.namespace, key: entry.key });
    });
    const view = new LogView(log, {
      invalidated: (name, position) => this.#dropInvalidated(memoryTier, name, position),
      truncated: () => memoryTier.clear(),
    });
    const background = (work: Promise<unknown>): void => {
      const settled = work
        .catch(() => undefined)
        .finally(() => {
          this.#background.delete(settled);
        });
      this.#background.add(settled);
    };
    const codec = new EntryCodec(options);
    const guards = tiers.map(
      (tier) =>
        new TierGuard(tier, {
          time,
          background,
          events: this.events,
          current: (keys) => this.#core.current(this.#shelves, keys),
        }),
    );
    this.#core = new CacheCore(
      log,
      view,
      memoryTier,
      new TierChain(guards, codec, view, time),
      codec,
      leases && {
        store: leases.store,
        ttlMs: leases.ttlMs ?? 5000,
        failureMs: leases.failureMs ?? 1000,
        pollMs: leases.pollMs ?? 100,
      },
      time,
      random,
      this.events,
      this.#counters,
      memory.ttlMs ?? Number.POSITIVE_INFINITY,
      background,
      options.aroundFactory,
    );
  }

  /**
   * The cache of one kind of values; the same for the same name, whose options count the first time. Throws Invalid
   * `CONFIG_INVALID` for a name that is not made of letters, digits, `_`, `.` and `-`.
   */
  namespace<V>(name: string, options: NamespaceOptions = {}): CacheNamespace<V> {
    const present = this.#namespaces.get(name);
    if (present !== undefined) return present as CacheNamespace<V>;
    if (!/^[\w.-]+$/.test(name)) {
      throw new Invalid(
        'CONFIG_INVALID',
        `"${name}" can't be the name of a cache: use letters, digits, _ . and -`,
        {
          details: { setting: 'cache namespace', value: name },
        },
      );
    }
    const { freeze = true, memoryOnly = false, lease = true } = options;
    const shelf = new Shelf(name);
    const policy = mergePolicy(this.#defaults, options);
    const made = new CacheNamespace<unknown>(this.#core, shelf, policy, {
      freeze,
      memoryOnly,
      useLease: lease,
      eagerFrom: policy.eagerFrom,
    });
    this.#shelves.set(name, shelf);
    this.#namespaces.set(name, made);
    return made as CacheNamespace<V>;
  }

  /** Invalidates keys as `cacheKey(namespace, key)` makes them. Throws Unavailable `CACHE_LOG_FAILED`. */
  async invalidate(keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return;
    await this.#core.view.append(keys.map((name) => ({ kind: 'key', name })));
    await Promise.all(keys.map((key) => this.#core.chain.write(key, undefined)));
  }

  /** Invalidates whatever carries one of these tags. Throws Unavailable `CACHE_LOG_FAILED`. */
  async invalidateTags(tags: readonly string[]): Promise<void> {
    if (tags.length > 0) await this.#core.view.append(tags.map((name) => ({ kind: 'tag', name })));
  }

  /** Invalidates everything, for every process, and empties the tiers. Throws Unavailable `CACHE_LOG_FAILED`. */
  async clear(): Promise<void> {
    await this.#core.view.append([{ kind: 'all' }]);
    this.#core.memory.clear();
    await Promise.all(this.#core.chain.guards.map((guard) => guard.clear()));
  }

  /** What happened so far. Asks each tier for what it holds. */
  async stats(): Promise<CacheStats> {
    const { memory, chain } = this.#core;
    const counters = this.#counters;
    const inMemory: TierStats = {
      tier: 'memory',
      hits: [...this.#shelves.values()].reduce((sum, { hits }) => sum + hits, 0),
      misses: counters.memoryMisses,
      errors: 0,
      evictions: counters.evictions,
      entries: memory.size,
      bytes: memory.bytes,
      breaker: 'closed',
    };
    const below = await Promise.all(
      chain.guards.map(async (guard): Promise<TierStats> => {
        const { entries, bytes, evictions } = await guard.usage();
        const { name: tier, hits, misses, errors, state: breaker } = guard;
        return { tier, hits, misses, errors, evictions, entries, bytes, breaker };
      }),
    );
    const { staleHits, factoryRuns, factoryFailures, factoryMs, untrusted } = counters;
    return { tiers: [inMemory, ...below], staleHits, factoryRuns, factoryFailures, factoryMs, untrusted };
  }

  /** Settles when nothing is under way in the background any more: refreshes, writes to tiers. */
  async idle(): Promise<void> {
    while (this.#background.size > 0) await Promise.all(this.#background);
  }

  /** Waits for what is under way and forgets what is in memory. Tiers and log are closed by whoever opened them. */
  async close(): Promise<void> {
    await this.idle();
    this.#core.memory.clear();
  }

  #dropInvalidated(memory: MemoryTier, name: string, position: number): void {
    if (!name.startsWith('k:')) return;
    const colon = name.indexOf(':', 2);
    const entry = this.#shelves.get(name.slice(2, colon))?.entries.get(name.slice(colon + 1));
    // It may have been set again, for that position or a later one.
    if (entry !== undefined && entry.version < position) memory.remove(entry);
  }
}
