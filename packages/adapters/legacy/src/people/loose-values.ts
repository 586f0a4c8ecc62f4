import type { JsonObject, JsonValue, Timestamp } from '@markitect/domain';

/** The time of what does not say when it was. */
export const UNKNOWN_TIME: Timestamp = new Date(0).toISOString();

/** Whether a value is an object of JSON. */
export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a value is an instant as we write it. */
export function isInstant(value: JsonValue | undefined): value is Timestamp {
  if (typeof value !== 'string' || value.length !== 24) return false;
  const ms = Date.parse(value);
  return !Number.isNaN(ms) && new Date(ms).toISOString() === value;
}

/**
 * An instant as programs write it: a text that JavaScript can read, seconds or milliseconds since 1970. A text without a
 * zone is in UTC. `undefined`: it is none.
 */
export function looseInstant(value: JsonValue | undefined): Timestamp | undefined {
  let ms: number;
  if (typeof value === 'number') ms = value < 1e11 ? value * 1000 : value;
  else if (typeof value === 'string') {
    // Microseconds, as Python writes them, are cut off; a blank stands for the T.
    const text = value
      .trim()
      .replace(/^(\d{4}-\d\d-\d\d) /, '$1T')
      .replace(/(\.\d{3})\d+/, '$1');
    ms = Date.parse(/T\d\d:\d\d(?::\d\d(?:\.\d+)?)?$/.test(text) ? `${text}Z` : text);
  } else return undefined;
  const time = new Date(Math.round(ms));
  const isWithin = time.getTime() >= -62_167_219_200_000 && time.getTime() < 253_402_300_800_000;
  return isWithin ? time.toISOString() : undefined;
}

/** A text, or what is written for it: a number, a list, an object. */
export function looseText(value: JsonValue | undefined): string | undefined {
  if (value === undefined || value === null) return undefined;
  return (typeof value === 'string' ? value : JSON.stringify(value)).toWellFormed();
}

/** The fields of an object that are asked for by any of several names, and the others. */
export class LooseFields {
  readonly #fields: Map<string, JsonValue>;

  constructor(object: JsonObject) {
    this.#fields = new Map(Object.entries(object));
  }

  /** The first of these that `read` can read; it is none of the others then. */
  take<T>(names: readonly string[], read: (value: JsonValue | undefined) => T | undefined): T | undefined {
    for (const name of names) {
      const value = read(this.#fields.get(name));
      if (value === undefined) continue;
      this.#fields.delete(name);
      return value;
    }
    return undefined;
  }

  /** What was not taken, with the members of its only field, if that is an object of one of these names, as its own. */
  rest(names: readonly string[]): JsonObject {
    const [first, second] = this.#fields;
    if (first !== undefined && second === undefined && names.includes(first[0]) && isObject(first[1]))
      return first[1];
    return Object.fromEntries(this.#fields);
  }
}
