import { Conflict } from '../errors/markitect-error.js';
import { refuseField } from '../errors/refuse-field.js';
import type { JsonObject, JsonValue } from '../json.js';
import { MAX_JSON_DEPTH, refuseDeep } from '../json-depth.js';
import type { Timestamp } from '../timestamp.js';

/** A JSON object kept under a key, changed as a whole or by patches. */
export interface StoredRecord {
  readonly key: string;
  readonly value: JsonObject;
  /** 1 when it is new; each change adds one. */
  readonly version: number;
  readonly createdAt: Timestamp;
  readonly updatedAt: Timestamp;
}

/** The profile of a user; the key is the user's id. */
export type UserProfile = StoredRecord;

/** A part of the configuration of a system; the key is its name. */
export type ConfigurationEntry = StoredRecord;

export const MAX_RECORD_KEY_LENGTH = 200;
export const MAX_RECORD_LENGTH = 1024 * 1024;
/** Objects and lists within each other, the outermost included. */
export const MAX_RECORD_DEPTH = MAX_JSON_DEPTH;

/** Checks a key: 1 to 200 characters, none of them a control character. Throws Invalid `REQUEST_INVALID` naming the field. */
export function checkedRecordKey(key: string, field = 'key'): string {
  refuseField(
    field,
    key.length < 1 || key.length > MAX_RECORD_KEY_LENGTH || /\p{Cc}/u.test(key) || !key.isWellFormed(),
    `1 to ${MAX_RECORD_KEY_LENGTH} characters without control characters`,
  );
  return key;
}

/**
 * Checks a value: a JSON object of at most 1 MiB of characters, nested at most 100 deep. Throws Invalid
 * `REQUEST_INVALID` naming the field.
 */
export function checkedRecordValue(value: JsonValue, field = 'value'): JsonObject {
  refuseField(field, !isJsonObject(value), 'a JSON object');
  // Before it is written as JSON, which ends with a full stack for what is nested too deep.
  refuseDeep(field, value);
  refuseField(
    field,
    JSON.stringify(value).length > MAX_RECORD_LENGTH,
    `at most ${MAX_RECORD_LENGTH} characters as JSON`,
  );
  return value as JsonObject;
}

/**
 * Checks the version that a write expects: 0, there is none, or more. Throws Invalid `REQUEST_INVALID` naming the
 * field, Conflict `RECORD_CHANGED` with `details.version` when it is not the stored one.
 */
export function requireVersion(key: string, expected: number | undefined, stored: number): void {
  if (expected === undefined) return;
  refuseField('expected', !Number.isSafeInteger(expected) || expected < 0, 'a whole number from 0');
  if (expected === stored) return;
  const is = stored === 0 ? 'there is none' : `it is at version ${stored}`;
  throw new Conflict('RECORD_CHANGED', `${key} is not at version ${expected}: ${is}`, {
    details: { key, expected, version: stored },
  });
}

/**
 * What a JSON merge patch makes of a value (RFC 7396): objects are merged, `null` removes, anything else replaces.
 */
export function mergePatch(value: JsonValue | undefined, patch: JsonValue): JsonValue {
  if (!isJsonObject(patch)) return patch;
  const merged = new Map(Object.entries(isJsonObject(value) ? value : {}));
  for (const [name, change] of Object.entries(patch)) {
    if (change === null) merged.delete(name);
    else merged.set(name, mergePatch(merged.get(name), change));
  }
  // Not by assignment: a field may be called `__proto__`.
  return Object.fromEntries(merged);
}

function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
