import { Invalid } from '@markitect/domain';
import type { MemoryEntry } from './memory-entry.js';

/** How much is kept in memory. Zero in either place keeps nothing. */
export interface MemoryOptions {
  /** The most bytes of heap, as estimated, of all values with their keys and what the cache adds to each. */
  readonly maxBytes: number;
  /** The most values. Default: no bound but the bytes. */
  readonly maxEntries?: number;
  /** The longest a value stays, in milliseconds. Default: as long as its own policy says. */
  readonly ttlMs?: number;
}

/** The entries of one namespace by key. A map of its own: joining namespace and key costs more than finding a value. */
export class Shelf {
  readonly entries = new Map<string, MemoryEntry>();
  hits = 0;
  constructor(readonly namespace: string) {}
}

/**
 * The values of all namespaces in this process, by reference, bounded by bytes and number. What was not used goes
 * first, the oldest of it before the rest, whatever its namespace: a hit only marks its entry (moving it in a list, as
 * an exact LRU does, costs more than finding it), and an entry marked since it was last looked at is spared once.
 */
export class MemoryTier {
  readonly #maxBytes: number;
  readonly #maxEntries: number;
  readonly #onEvict: (entry: MemoryEntry) => void;
  #newest: MemoryEntry | undefined;
  #oldest: MemoryEntry | undefined;
  #bytes = 0;
  #entries = 0;

  /** Throws Invalid `CONFIG_INVALID` when a bound is not a whole number of at least 0. */
  constructor(options: MemoryOptions, onEvict: (entry: MemoryEntry) => void) {
    const { maxBytes, maxEntries = Number.MAX_SAFE_INTEGER } = options;
    for (const [field, bound] of Object.entries({ maxBytes, maxEntries })) {
      if (Number.isSafeInteger(bound) && bound >= 0) continue;
      throw new Invalid(
        'CONFIG_INVALID',
        `cache.${field} must be a whole number of at least 0, not ${bound}`,
        {
          details: { setting: `cache.${field}` },
        },
      );
    }
    this.#maxBytes = maxBytes;
    this.#maxEntries = maxEntries;
    this.#onEvict = onEvict;
  }

  /** It keeps nothing. */
  get isOff(): boolean {
    return this.#maxBytes === 0 || this.#maxEntries === 0;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#entries;
  }

  /** Keeps an entry in place of what its key has, unless that is of a later version. Answers whether it is kept. */
  put(entry: MemoryEntry): boolean {
    const present = entry.shelf.entries.get(entry.key);
    if (present !== undefined) {
      if (present.version > entry.version) return false;
      this.remove(present);
    }
    if (entry.bytes > this.#maxBytes || this.#maxEntries === 0) return false;
    entry.shelf.entries.set(entry.key, entry);
    this.#link(entry);
    this.#bytes += entry.bytes;
    this.#entries += 1;
    while (this.#oldest !== undefined && (this.#bytes > this.#maxBytes || this.#entries > this.#maxEntries)) {
      const oldest = this.#oldest;
      if (oldest.isUsed) {
        oldest.isUsed = false;
        this.#unlink(oldest);
        this.#link(oldest);
      } else {
        this.remove(oldest);
        this.#onEvict(oldest);
      }
    }
    return entry.shelf.entries.get(entry.key) === entry;
  }

  /** Forgets an entry, if it is still the one of its key. */
  remove(entry: MemoryEntry): void {
    if (entry.shelf.entries.get(entry.key) !== entry) return;
    entry.shelf.entries.delete(entry.key);
    this.#unlink(entry);
    this.#bytes -= entry.bytes;
    this.#entries -= 1;
  }

  /** Forgets everything. */
  clear(): void {
    while (this.#oldest !== undefined) this.remove(this.#oldest);
  }

  #link(entry: MemoryEntry): void {
    entry.older = this.#newest;
    if (this.#newest !== undefined) this.#newest.newer = entry;
    this.#newest = entry;
    this.#oldest ??= entry;
  }

  #unlink(entry: MemoryEntry): void {
    const { newer, older } = entry;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
    if (older === undefined) this.#oldest = newer;
    else older.newer = newer;
    entry.newer = undefined;
    entry.older = undefined;
  }
}
