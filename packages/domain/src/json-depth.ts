import { refuseField } from './errors/refuse-field.js';
import type { JsonValue } from './json.js';

/** Objects and lists within each other, the outermost included. Databases read about a thousand, stacks end later. */
export const MAX_JSON_DEPTH = 100;

/**
 * Refuses a value that is nested too deep to be kept, before anything walks through all of it. Throws Invalid
 * `REQUEST_INVALID` naming the field.
 */
export function refuseDeep(field: string, value: JsonValue): void {
  refuseField(field, isDeeper(value, MAX_JSON_DEPTH), `nested at most ${MAX_JSON_DEPTH} deep`);
}

/** Goes no deeper than `depth` itself, so that its stack is never full. */
function isDeeper(value: JsonValue, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (depth === 0) return true;
  return Object.values<JsonValue>(value).some((each) => isDeeper(each, depth - 1));
}
