import { createHash } from 'node:crypto';
import type { JsonValue } from '@markitect/domain';

/** A value as JSON with the fields of every object in order, without those ignored and those that are `undefined`. */
export function canonicalJson(value: unknown, ignore: ReadonlySet<string> = new Set()): string {
  return value === undefined ? 'undefined' : JSON.stringify(ordered(value, ignore));
}

/** What two values that are alike have in common. */
export function canonicalHash(value: unknown, ignore?: ReadonlySet<string>): string {
  return createHash('sha256').update(canonicalJson(value, ignore)).digest('hex');
}

function ordered(value: unknown, ignore: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) return value.map((each) => ordered(each, ignore));
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value as Readonly<Record<string, unknown>>)
    .filter(([name]) => !ignore.has(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(fields.map(([name, each]) => [name, ordered(each, ignore)]));
}

/** A value that tells nothing of what it is but whether it is another one. */
export function redacted(value: unknown): JsonValue {
  if (value === undefined) return '(none)';
  if (value === null || typeof value === 'boolean') return value;
  const kind = Array.isArray(value) ? 'list' : typeof value;
  return `(${kind} #${canonicalHash(value).slice(0, 8)})`;
}
