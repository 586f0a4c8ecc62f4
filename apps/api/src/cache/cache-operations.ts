import type { CacheManager, CacheStats, TierStats } from '@markitect/adapter-cache';
import { NotFound } from '@markitect/domain';
import type { Cache, CacheTier } from '@markitect/ports';

/** What an operator sees of a tier. Counts are those of this process since it started. */
export interface CacheTierOverview extends Omit<TierStats, 'entries' | 'bytes' | 'evictions'> {
  readonly entries?: number;
  readonly bytes?: number;
  /** Values that left because there was no room; absent where nobody tells. */
  readonly evictions?: number;
  readonly maxBytes?: number;
  /** Hits of all reads of it, 0 to 1; absent: nothing was read. */
  readonly hitRate?: number;
}

/** What an operator sees of the cache. Counts are those of this process since it started. */
export interface CacheOverview {
  readonly tiers: readonly CacheTierOverview[];
  /** Expired values served within their grace. */
  readonly staleHits: number;
  /** Reads that could use nothing kept, because the log of invalidations could not be read. */
  readonly untrusted: number;
  readonly factories: {
    readonly runs: number;
    readonly failures: number;
    /** Milliseconds; absent: none has run. */
    readonly meanMs?: number;
    /** Of the last thousand. */
    readonly p50Ms?: number;
  };
}

/** What the cache has under a key. */
export interface CacheEntryOverview {
  /** With its namespace. */
  readonly key: string;
  /** `absent`: something is stored, and is not valid any more. */
  readonly state: 'fresh' | 'negative' | 'absent';
  /** How long ago it was made, in milliseconds. */
  readonly ageMs?: number;
  readonly value?: unknown;
  /** Where it is below memory. */
  readonly tiers: readonly CacheEntryPlace[];
}

export interface CacheEntryPlace {
  readonly tier: string;
  /** Of the value as it is stored. */
  readonly bytes: number;
  /** When it is of no use any more, RFC 3339, UTC; absent: never. */
  readonly expiresAt?: string;
  /** The position of the invalidation log for which it was made. */
  readonly version: number;
}

/** A cache of its own: what belongs to one log of invalidations. */
export interface CachePart {
  readonly manager: CacheManager;
  /** What its memory is called. Default: `memory`. */
  readonly memoryName?: string;
  readonly namespaces: Readonly<Record<string, Cache<unknown>>>;
  readonly tiers: readonly { readonly name: string; readonly tier: CacheTier }[];
  /** By the name of the tier, `memory` for the memory. */
  readonly maxBytes: Readonly<Record<string, number>>;
}

/** How many runs of factories the median is of. */
const RUNS = 1000;

/** The cache as operators reach it. What it invalidates binds every process that shares the data directory, or Redis. */
export class CacheOperations {
  readonly #open: () => readonly CachePart[];
  readonly #runs: number[] = [];
  #parts: readonly CachePart[] | undefined;

  /** Nothing is made before it is needed. */
  constructor(open: () => readonly CachePart[]) {
    this.#open = open;
  }

  /** Remembers how long the factories of a manager take from now on. */
  watch({ events }: Pick<CacheManager, 'events'>): void {
    events.on('refresh', ({ ms }) => {
      this.#runs.push(ms);
      if (this.#runs.length > RUNS) this.#runs.shift();
    });
  }

  async stats(): Promise<CacheOverview> {
    const parts = this.#caches();
    const each = await Promise.all(parts.map(({ manager }) => manager.stats()));
    const sum = (count: (stats: CacheStats) => number) =>
      each.reduce((total, stats) => total + count(stats), 0);
    const runs = sum(({ factoryRuns }) => factoryRuns);
    const median = [...this.#runs].sort((left, right) => left - right)[Math.floor(this.#runs.length / 2)];
    return {
      tiers: parts.flatMap((part, index) => (each[index]?.tiers ?? []).map((tier) => overviewOf(tier, part))),
      staleHits: sum(({ staleHits }) => staleHits),
      untrusted: sum(({ untrusted }) => untrusted),
      factories: {
        runs,
        failures: sum(({ factoryFailures }) => factoryFailures),
        ...(runs === 0 ? {} : { meanMs: sum(({ factoryMs }) => factoryMs) / runs }),
        ...(median === undefined ? {} : { p50Ms: median }),
      },
    };
  }

  /** What is kept under a key with its namespace. Throws NotFound `ENTRY_NOT_CACHED`. */
  async inspect(key: string): Promise<CacheEntryOverview> {
    const parts = this.#caches();
    const colon = key.indexOf(':');
    const name = key.slice(0, Math.max(0, colon));
    const part = parts.find(({ namespaces }) => Object.hasOwn(namespaces, name));
    const namespace = part?.namespaces[name];
    if (part === undefined || namespace === undefined) {
      const known = parts.flatMap(({ namespaces }) => Object.keys(namespaces));
      throw new NotFound(
        'ENTRY_NOT_CACHED',
        `"${key}" has no namespace of the cache: it begins with ${known.map((each) => `${each}:`).join(' or ')}`,
        { details: { key, namespaces: known } },
      );
    }
    const places: CacheEntryPlace[] = [];
    for (const { name: tier, tier: store } of part.tiers) {
      const [entry] = await store.getMany([key]);
      if (entry === undefined) continue;
      const { version, expiresAt, body } = entry;
      places.push({
        tier,
        bytes: typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength,
        version,
        ...(Number.isFinite(expiresAt) ? { expiresAt: new Date(expiresAt).toISOString() } : {}),
      });
    }
    const found = await namespace.lookup(key.slice(colon + 1));
    if (found.state === 'absent' && places.length === 0) {
      throw new NotFound('ENTRY_NOT_CACHED', `nothing is cached under "${key}"`, { details: { key } });
    }
    return {
      key,
      state: found.state,
      ...(found.state === 'absent' ? {} : { ageMs: found.ageMs }),
      ...(found.state === 'fresh' ? { value: found.value } : {}),
      tiers: places,
    };
  }

  /**
   * Invalidates keys, with their namespaces, and tags, in all caches. Throws Unavailable `CACHE_LOG_FAILED` when that is
   * not known to all processes; it is in force where it could be said.
   */
  async invalidate(keys: readonly string[], tags: readonly string[]): Promise<void> {
    await this.#inAll(async (manager) => {
      await manager.invalidate(keys);
      await manager.invalidateTags(tags);
    });
  }

  /** Invalidates everything, and empties what is kept here, on the disk and in Redis. Throws as {@link invalidate}. */
  async clear(): Promise<void> {
    await this.#inAll((manager) => manager.clear());
  }

  /** One that can't be reached does not keep the others from it. */
  async #inAll(work: (manager: CacheManager) => Promise<void>): Promise<void> {
    const results = await Promise.allSettled(this.#caches().map(({ manager }) => work(manager)));
    const failed = results.find((each) => each.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  #caches(): readonly CachePart[] {
    this.#parts ??= this.#open();
    return this.#parts;
  }
}

function overviewOf(
  { entries, bytes, evictions, ...tier }: TierStats,
  { memoryName = 'memory', maxBytes }: CachePart,
): CacheTierOverview {
  const limit = maxBytes[tier.tier];
  const reads = tier.hits + tier.misses;
  return {
    ...tier,
    tier: tier.tier === 'memory' ? memoryName : tier.tier,
    ...(entries === undefined ? {} : { entries }),
    ...(bytes === undefined ? {} : { bytes }),
    ...(evictions === undefined ? {} : { evictions }),
    ...(limit === undefined ? {} : { maxBytes: limit }),
    ...(reads === 0 ? {} : { hitRate: tier.hits / reads }),
  };
}
