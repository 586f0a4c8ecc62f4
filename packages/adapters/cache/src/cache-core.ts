import {
  cacheKey,
  type CachePolicy,
  type InvalidationLog,
  type LeaseStore,
  type TierEntry,
} from '@markitect/ports';
import type { EntryCodec } from './codec.js';
import type { CacheEvents } from './events.js';
import type { LogView } from './log/log-view.js';
import { type CacheRecord, MemoryEntry } from './memory/memory-entry.js';
import type { MemoryTier, Shelf } from './memory/memory-tier.js';
import { stringBytes, weigh, type Weight } from './memory/weigh.js';
import { lifetime } from './policy.js';
import type { CacheCounters } from './stats.js';
import type { Found, TierChain } from './tiers/tier-chain.js';
import type { TierGuard } from './tiers/tier-guard.js';
import type { Time } from './time.js';

/** What every entry occupies besides its key and its value: the entry, its numbers and its place in the map, its promise. */
export const ENTRY_BYTES = 262;

/** How the values of one namespace are treated. */
export interface NamespaceSettings {
  readonly freeze: boolean;
  readonly memoryOnly: boolean;
  readonly useLease: boolean;
  readonly eagerFrom: number;
}

/** What is to be kept. */
export interface Keepable {
  readonly key: string;
  readonly value: unknown;
  readonly version: number;
  readonly policy: CachePolicy;
  readonly validator: string | undefined;
  /** The position up to which it is known to be valid. */
  readonly checkedAt: number;
}

/** What the namespaces of one manager work with. */
export class CacheCore {
  constructor(
    readonly log: InvalidationLog,
    readonly view: LogView,
    readonly memory: MemoryTier,
    readonly chain: TierChain,
    readonly codec: EntryCodec,
    readonly leases: LeaseOptions | undefined,
    readonly time: Time,
    readonly random: () => number,
    readonly events: CacheEvents,
    readonly counters: CacheCounters,
    readonly memoryTtlMs: number,
    readonly background: (work: Promise<unknown>) => void,
    readonly aroundFactory: AroundFactory | undefined,
  ) {}

  /** The entry in memory, if it is valid and not over. Only right when the view is current. */
  find(shelf: Shelf, key: string): MemoryEntry | undefined {
    const entry = shelf.entries.get(key);
    return entry !== undefined && this.isUsable(entry) ? entry : undefined;
  }

  /** Whether an entry in memory may be served at all, as far as the log is known here. Forgets it otherwise. */
  isUsable(entry: MemoryEntry): boolean {
    if (entry.checkedAt < this.view.applied) {
      const verdict = this.view.judge(entry);
      if (verdict === 'expired') {
        entry.freshUntil = Number.NEGATIVE_INFINITY;
        entry.attentionAt = Number.NEGATIVE_INFINITY;
      } else if (verdict !== 'valid') {
        this.memory.remove(entry);
        return false;
      }
      entry.checkedAt = this.view.applied;
    }
    if (entry.keptUntil > this.time.now()) return true;
    this.memory.remove(entry);
    return false;
  }

  /** Keeps a value in memory and all tiers. `written` settles when the tiers have it, or have given up. */
  keep(
    shelf: Shelf,
    settings: NamespaceSettings,
    what: Keepable,
  ): { entry: MemoryEntry; written: Promise<void> } {
    const made = this.#record(settings, what);
    const entry = this.#remember(shelf, what.key, made.record, { ...made, checkedAt: what.checkedAt });
    this.events.emit('set', { namespace: shelf.namespace, key: what.key });
    const written = this.#hasTiers(settings)
      ? this.#write(shelf, what.key, made.record, made.isJson)
      : Promise.resolve();
    return { entry, written };
  }

  /**
   * Adds the invalidation of keys to the log and keeps their values, where log and tier share a store: in one round trip
   * in place of two. Throws Unavailable `CACHE_LOG_FAILED`.
   */
  async appendAndKeep(
    shelf: Shelf,
    settings: NamespaceSettings,
    values: readonly Omit<Keepable, 'version' | 'checkedAt'>[],
    guard: TierGuard,
  ): Promise<void> {
    const made = values.map((what) => this.#record(settings, { ...what, version: 0 }));
    const entries = await Promise.all(
      made.map(async ({ record, isJson }, index) => {
        const fullKey = cacheKey(shelf.namespace, values[index]?.key ?? '');
        return [fullKey, await this.codec.encode(record, isJson)] as const;
      }),
    );
    const names = entries.map(([name]) => ({ kind: 'key', name }) as const);
    const version = await this.view.append(names, () => guard.appendAndKeep(entries));
    for (const [index, { record, ...more }] of made.entries()) {
      const key = values[index]?.key ?? '';
      this.#remember(shelf, key, { ...record, version }, { ...more, checkedAt: version });
      this.events.emit('set', { namespace: shelf.namespace, key });
    }
  }

  /** Takes a record found in a tier into memory. `isShared`: others have the same value, whether it is kept or not. */
  admit(
    shelf: Shelf,
    settings: NamespaceSettings,
    key: string,
    { record, checkedAt }: Found,
    isShared: boolean,
  ): MemoryEntry {
    const isWalked = isShared || !this.memory.isOff;
    const bytes = isWalked ? weigh(record.value, settings.freeze).bytes : 0;
    const { createdAt, freshUntil } = record;
    const isEager = settings.eagerFrom < 1 && Number.isFinite(freshUntil);
    const attentionAt = isEager ? createdAt + (freshUntil - createdAt) * settings.eagerFrom : freshUntil;
    return this.#remember(shelf, key, record, { bytes, attentionAt, checkedAt });
  }

  /** What memory has of keys, as tiers keep it: for a tier that was away. */
  async current(
    shelves: ReadonlyMap<string, Shelf>,
    fullKeys: readonly string[],
  ): Promise<Map<string, TierEntry>> {
    const result = new Map<string, TierEntry>();
    if (!(await this.view.catchUp())) return result;
    for (const fullKey of fullKeys) {
      const colon = fullKey.indexOf(':');
      const shelf = shelves.get(fullKey.slice(0, colon));
      const entry = shelf && this.find(shelf, fullKey.slice(colon + 1));
      const encoded = entry && (await this.codec.encode(entry, weigh(entry.value, false).isJson));
      if (encoded !== undefined) result.set(fullKey, encoded);
    }
    return result;
  }

  #hasTiers(settings: NamespaceSettings): boolean {
    return !settings.memoryOnly && this.chain.guards.length > 0;
  }

  #record(settings: NamespaceSettings, what: Omit<Keepable, 'checkedAt'>) {
    const { value, version, policy, validator } = what;
    const isNegative = value === undefined;
    const now = this.time.now();
    const { freshUntil, keptUntil, eagerAt } = lifetime(policy, isNegative, now, this.random);
    // A known weight saves the walk, unless somebody else needs what the walk finds out.
    const mustWalk = settings.freeze || this.#hasTiers(settings) || policy.bytes === undefined;
    const weight: Weight = mustWalk ? weigh(value, settings.freeze) : { bytes: 0, isJson: false };
    const { tags } = policy;
    const record: CacheRecord = {
      ...{ version, value, isNegative, createdAt: now },
      ...{ freshUntil, keptUntil, tags, validator },
    };
    const attentionAt = Math.min(eagerAt, freshUntil);
    return { record, bytes: policy.bytes ?? weight.bytes, attentionAt, isJson: weight.isJson };
  }

  #remember(
    shelf: Shelf,
    key: string,
    record: CacheRecord,
    with_: { readonly bytes: number; readonly attentionAt: number; readonly checkedAt: number },
  ): MemoryEntry {
    const memoryUntil = this.time.now() + this.memoryTtlMs;
    const capped =
      record.keptUntil <= memoryUntil
        ? record
        : { ...record, keptUntil: memoryUntil, freshUntil: Math.min(record.freshUntil, memoryUntil) };
    const bytes = Math.ceil(ENTRY_BYTES + stringBytes(key) + with_.bytes);
    const attentionAt = Math.min(with_.attentionAt, capped.freshUntil);
    // A weight nobody can know is taken as too heavy: forgetting is allowed, growing without bound is not.
    const weight = Number.isSafeInteger(bytes) && bytes > 0 ? bytes : Number.MAX_SAFE_INTEGER;
    const entry = new MemoryEntry(shelf, key, capped, weight, attentionAt, with_.checkedAt);
    this.memory.put(entry);
    return entry;
  }

  async #write(shelf: Shelf, key: string, record: CacheRecord, isJson: boolean): Promise<void> {
    const encoded = await this.codec.encode(record, isJson);
    await this.chain.write(cacheKey(shelf.namespace, key), encoded);
  }
}

/** Runs a factory of a namespace, and answers and throws what it does. */
export type AroundFactory = (namespace: string, run: () => Promise<unknown>) => Promise<unknown>;

/** How processes agree on who runs a factory. */
export interface LeaseOptions {
  readonly store: LeaseStore;
  /** How long a lease lasts when its holder is gone, in milliseconds. It is renewed while the factory runs. */
  readonly ttlMs: number;
  /** How long the failure of a factory is passed on to those who ask elsewhere, in milliseconds. */
  readonly failureMs: number;
  /** The longest pause between two looks at whether the value is there, in milliseconds. */
  readonly pollMs: number;
}
