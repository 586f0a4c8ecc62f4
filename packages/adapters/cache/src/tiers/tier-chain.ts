import type { TierEntry } from '@markitect/ports';
import type { EntryCodec } from '../codec.js';
import type { LogView } from '../log/log-view.js';
import type { CacheRecord } from '../memory/memory-entry.js';
import { Names } from '../names.js';
import type { Time } from '../time.js';
import type { TierGuard } from './tier-guard.js';

/** A key to look for below memory. */
export interface Wanted {
  /** With its namespace. */
  readonly fullKey: string;
  readonly namespace: string;
  readonly key: string;
}

/** A valid record found in a tier. */
export interface Found {
  readonly record: CacheRecord;
  readonly isFresh: boolean;
  readonly tier: string;
  /** The position of the log up to which it is valid. */
  readonly checkedAt: number;
}

/** The tiers below memory, in order, as one. Nothing it does rejects. */
export class TierChain {
  readonly guards: readonly TierGuard[];
  readonly #codec: EntryCodec;
  readonly #view: LogView;
  readonly #time: Time;

  constructor(guards: readonly TierGuard[], codec: EntryCodec, view: LogView, time: Time) {
    this.guards = guards;
    this.#codec = codec;
    this.#view = view;
    this.#time = time;
  }

  /**
   * The first fresh record of each key, or the youngest expired one; `undefined`: none that is valid. What is fresh is
   * copied to the tiers above the one it was found in.
   */
  async read(wanted: readonly Wanted[]): Promise<(Found | undefined)[]> {
    const results: (Found | undefined)[] = wanted.map(() => undefined);
    for (const [depth, guard] of this.guards.entries()) {
      const open = wanted.map((_, index) => index).filter((index) => results[index]?.isFresh !== true);
      if (open.length === 0) break;
      const found = await this.#readOne(
        guard,
        open.map((index) => wanted[index] as Wanted),
      );
      for (const [place, index] of open.entries()) {
        const one = found[place];
        if (one?.found.isFresh === true) guard.hits += 1;
        else guard.misses += 1;
        if (one === undefined) continue;
        if (isBetter(one.found, results[index])) results[index] = one.found;
        if (!one.found.isFresh) continue;
        for (const above of this.guards.slice(0, depth)) {
          void above.write((wanted[index] as Wanted).fullKey, one.entry);
        }
      }
    }
    return results;
  }

  /** Keeps an entry in all tiers, or forgets the key. */
  async write(fullKey: string, entry: TierEntry | undefined): Promise<void> {
    await Promise.all(this.guards.map((guard) => guard.write(fullKey, entry)));
  }

  async #readOne(
    guard: TierGuard,
    wanted: readonly Wanted[],
  ): Promise<({ found: Found; entry: TierEntry } | undefined)[]> {
    const entries = await guard.read(wanted.map(({ fullKey }) => fullKey));
    const records = await Promise.all(entries.map((entry) => this.#decode(entry)));
    const judged = records.flatMap((record, index) => {
      const { namespace, key } = wanted[index] as Wanted;
      if (record === undefined) return [];
      return [
        {
          index,
          version: record.version,
          checkedAt: 0,
          names: new Names(namespace, key, record.tags),
          record,
        },
      ];
    });
    // What became false from here on may or may not be seen: valid is said only up to what is known now.
    const checkedAt = this.#view.applied;
    const verdicts = await this.#view.judgeAll(judged);
    const results: ({ found: Found; entry: TierEntry } | undefined)[] = wanted.map(() => undefined);
    const now = this.#time.now();
    for (const [place, { index, record }] of judged.entries()) {
      const verdict = verdicts[place];
      const entry = entries[index];
      if (entry === undefined || (verdict !== 'valid' && verdict !== 'expired')) continue;
      const valid = verdict === 'expired' ? { ...record, freshUntil: 0 } : record;
      if (valid.keptUntil <= now) continue;
      results[index] = {
        found: {
          record: valid,
          isFresh: now < valid.freshUntil,
          tier: guard.name,
          checkedAt: Math.max(checkedAt, record.version),
        },
        entry,
      };
    }
    return results;
  }

  async #decode(entry: TierEntry | undefined): Promise<CacheRecord | undefined> {
    return entry && this.#codec.decode(entry);
  }
}

function isBetter(candidate: Found, present: Found | undefined): boolean {
  if (present === undefined || candidate.isFresh) return true;
  return candidate.record.createdAt > present.record.createdAt;
}
