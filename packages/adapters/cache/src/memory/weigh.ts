/** What walking a value found out. */
export interface Weight {
  /** What it occupies on the heap of V8 (64 bits, as Node is built), strings and buffers included. */
  readonly bytes: number;
  /** Whether JSON gives back exactly this value. */
  readonly isJson: boolean;
}

/**
 * Walks a value once: estimates its bytes, and freezes it with everything in it where `freeze` says so (all but the
 * contents of buffers, maps, sets and dates, which can't be). What is met several times counts once; cycles are fine.
 */
export function weigh(value: unknown, freeze: boolean): Weight {
  const shallow = weighPrimitive(value);
  if (shallow !== undefined) return shallow;
  const seen = new Set<object>();
  const open: object[] = [];
  let bytes = 0;
  let isJson = true;
  const add = (item: unknown, isInDoubles = false): void => {
    if (typeof item === 'object' && item !== null) {
      if (seen.has(item)) {
        isJson = false;
        return;
      }
      seen.add(item);
      open.push(item);
      return;
    }
    if (typeof item === 'string' && item.length <= INTERNED && isSeen(item)) return;
    const weight = weighPrimitive(item) ?? { bytes: FUNCTION_BYTES, isJson: false };
    if (!isInDoubles || typeof item !== 'number') bytes += weight.bytes;
    isJson &&= weight.isJson;
  };
  add(value);
  if (seenShort.size > MOST_SEEN) seenShort.clear();
  for (let item = open.pop(); item !== undefined; item = open.pop()) {
    const special = weighSpecial(item);
    if (special !== undefined) {
      isJson = false;
      bytes += special;
      if (item instanceof Map) for (const inner of [...item.keys(), ...item.values()]) add(inner);
      else if (item instanceof Set) for (const inner of item) add(inner);
      continue;
    }
    if (Array.isArray(item)) {
      const list = item as unknown[];
      bytes += list.length === 0 ? ARRAY_BYTES : ARRAY_BYTES + ELEMENTS_BYTES + WORD * list.length;
      const isInDoubles = list.length > 0 && list.every((each) => typeof each === 'number');
      for (const inner of list) add(inner, isInDoubles);
      if (freeze) Object.freeze(item);
      continue;
    }
    const prototype: unknown = Object.getPrototypeOf(item);
    if (prototype !== Object.prototype && prototype !== null) isJson = false;
    if ('toJSON' in item) isJson = false;
    const keys = Object.keys(item);
    bytes +=
      keys.length > MOST_FAST
        ? OBJECT_BYTES + DICTIONARY_ENTRY * keys.length
        : OBJECT_BYTES + WORD * keys.length;
    for (const key of keys) add((item as Record<string, unknown>)[key]);
    if (freeze) Object.freeze(item);
  }
  return { bytes, isJson };
}

/** V8 keeps equal strings of up to this length in decoded JSON once: names of states, roles, labels. */
const INTERNED = 10;
const MOST_SEEN = 4096;
/** Short strings met lately, in whatever value. */
const seenShort = new Set<string>();

function isSeen(text: string): boolean {
  if (seenShort.has(text)) return true;
  seenShort.add(text);
  return false;
}

const WORD = 8;
const STRING_HEADER = 16;
const HEAP_NUMBER = 16;
const ARRAY_BYTES = 32;
const ELEMENTS_BYTES = 16;
const OBJECT_BYTES = 24;
const FUNCTION_BYTES = 64;
/** From about here on V8 keeps the properties of an object in a hash table. */
const MOST_FAST = 128;
const DICTIONARY_ENTRY = 3 * WORD * 1.5;
const MAP_BYTES = 32;
const MAP_ENTRY = 3.5 * WORD * 1.4;
const VIEW_BYTES = 200;
const DATE_BYTES = 96 + HEAP_NUMBER;

function weighPrimitive(value: unknown): Weight | undefined {
  switch (typeof value) {
    case 'string':
      return { bytes: stringBytes(value), isJson: value.isWellFormed() };
    case 'number':
      return {
        bytes: (value | 0) === value ? 0 : HEAP_NUMBER,
        isJson: Number.isFinite(value) && !Object.is(value, -0),
      };
    case 'boolean':
      return { bytes: 0, isJson: true };
    case 'undefined':
      return { bytes: 0, isJson: false };
    case 'bigint':
      return { bytes: 16 + WORD * Math.ceil(value.toString(16).length / 16), isJson: false };
    case 'symbol':
      return { bytes: 0, isJson: false };
    default:
      return value === null ? { bytes: 0, isJson: true } : undefined;
  }
}

/** What a string occupies: one byte per character when all are in Latin-1, otherwise two. */
export function stringBytes(text: string): number {
  if (text.length < 2) return 0;
  // eslint-disable-next-line no-control-regex -- Latin-1 is just this range
  const width = /[^\u0000-\u00ff]/.test(text) ? 2 : 1;
  return STRING_HEADER + Math.ceil((text.length * width) / WORD) * WORD;
}

function weighSpecial(item: object): number | undefined {
  if (ArrayBuffer.isView(item)) return VIEW_BYTES + item.byteLength;
  if (item instanceof ArrayBuffer || item instanceof SharedArrayBuffer) return VIEW_BYTES + item.byteLength;
  if (item instanceof Map || item instanceof Set) return MAP_BYTES + MAP_ENTRY * item.size;
  if (item instanceof Date) return DATE_BYTES;
  if (typeof item === 'function') return FUNCTION_BYTES;
  return undefined;
}
