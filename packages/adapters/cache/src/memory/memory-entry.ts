import { Names } from '../names.js';
import type { Shelf } from './memory-tier.js';

/** A kept value as the cache works with it, whichever tier it comes from. Times in milliseconds since 1970. */
export interface CacheRecord {
  /** The position of the log for which it was made. */
  readonly version: number;
  readonly value: unknown;
  /** The factory answered `undefined`. */
  readonly isNegative: boolean;
  readonly createdAt: number;
  readonly freshUntil: number;
  /** The end of its grace. */
  readonly keptUntil: number;
  readonly tags: readonly string[];
  readonly validator: string | undefined;
}

const noTags: readonly string[] = Object.freeze([]);

/**
 * Times are kept as milliseconds from here on, which V8 keeps in the field itself for 24 days; times since 1970 would
 * each be an object of 16 bytes.
 */
const EPOCH = Date.now();
const NEVER = 2 ** 31 - 1;
const LONG_AGO = -(2 ** 31);

function toField(time: number): number {
  if (time === Number.POSITIVE_INFINITY) return NEVER;
  return time === Number.NEGATIVE_INFINITY ? LONG_AGO : Math.ceil(time - EPOCH);
}

function fromField(field: number): number {
  if (field === NEVER) return Number.POSITIVE_INFINITY;
  return field === LONG_AGO ? Number.NEGATIVE_INFINITY : field + EPOCH;
}

/**
 * A value in memory. A class of plain fields, a link of the list of all entries at the same time: an entry costs what
 * `ENTRY_BYTES` says and a read sets one flag.
 */
export class MemoryEntry implements CacheRecord {
  newer: MemoryEntry | undefined = undefined;
  older: MemoryEntry | undefined = undefined;
  /** Whether it was read since the last time there was no room. */
  isUsed = false;
  /** The position of the log up to which this entry is known to be valid. */
  checkedAt: number;
  readonly version: number;
  readonly value: unknown;
  readonly tags: readonly string[];
  readonly validator: string | undefined;
  readonly #created: number;
  #fresh: number;
  readonly #kept: number;
  #attention: number;
  #retry = LONG_AGO;
  #promise: Promise<unknown> | undefined = undefined;

  constructor(
    readonly shelf: Shelf,
    readonly key: string,
    record: CacheRecord,
    readonly bytes: number,
    attentionAt: number,
    checkedAt: number,
  ) {
    this.version = record.version;
    this.value = record.value;
    this.tags = record.tags.length === 0 ? noTags : record.tags;
    this.validator = record.validator;
    this.checkedAt = checkedAt;
    this.#created = toField(record.createdAt);
    this.#fresh = toField(record.freshUntil);
    this.#kept = toField(record.keptUntil);
    this.#attention = toField(attentionAt);
  }

  /** The value for those who wait for it: one promise for all, since making one takes longer than finding the entry. */
  get promise(): Promise<unknown> {
    return (this.#promise ??= Promise.resolve(this.value));
  }

  /** The factory answered `undefined`: nothing else is kept as that. */
  get isNegative(): boolean {
    return this.value === undefined;
  }

  get createdAt(): number {
    return fromField(this.#created);
  }

  get freshUntil(): number {
    return fromField(this.#fresh);
  }

  set freshUntil(time: number) {
    this.#fresh = toField(time);
  }

  get keptUntil(): number {
    return fromField(this.#kept);
  }

  /** When a read has more to do than to return the value: it is due for an eager refresh, or not fresh any more. */
  get attentionAt(): number {
    return fromField(this.#attention);
  }

  set attentionAt(time: number) {
    this.#attention = toField(time);
  }

  /** After a failed refresh: until when the factory is left alone. */
  get retryAt(): number {
    return fromField(this.#retry);
  }

  set retryAt(time: number) {
    this.#retry = toField(time);
  }

  /** Made when asked for: most entries are never invalidated by name. */
  get names(): Names {
    return new Names(this.shelf.namespace, this.key, this.tags);
  }
}
