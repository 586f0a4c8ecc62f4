import { type JsonValue, type Page, pageLimit, type PageRequest } from '@markitect/domain';
import { decodeCursor, encodeCursor } from '@markitect/ports';

/** The place of an item in a sorted sequence: the value sorted by, then the path that tells equal ones apart. */
export type SortKey = readonly [value: string | number, path: string];

/** Compares texts by Unicode code point, which is the order of their UTF-8 bytes and not that of `<`. */
export function compareCodePoints(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

/** One page of the items in the order of their keys. `query` is what the cursor belongs to. */
export function pageOf<T>(
  items: readonly T[],
  request: PageRequest,
  query: JsonValue,
  keyOf: (item: T) => SortKey,
  order: 'asc' | 'desc' = 'asc',
): Page<T> {
  const limit = pageLimit(request);
  const sign = order === 'asc' ? 1 : -1;
  const after = request.cursor === undefined ? undefined : decodeCursor(request.cursor, query, isSortKey);
  const rest = items
    .filter((item) => after === undefined || sign * compareKeys(keyOf(item), after) > 0)
    .sort((left, right) => sign * compareKeys(keyOf(left), keyOf(right)));
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  return rest.length > page.length && last !== undefined
    ? { items: page, nextCursor: encodeCursor(query, keyOf(last)) }
    : { items: page };
}

function isSortKey(place: readonly JsonValue[]): place is SortKey {
  const [value, path] = place;
  return (
    place.length === 2 && (typeof value === 'string' || typeof value === 'number') && typeof path === 'string'
  );
}

function compareKeys([value, path]: SortKey, [otherValue, otherPath]: SortKey): number {
  const byValue =
    typeof value === 'number' && typeof otherValue === 'number'
      ? value - otherValue
      : compareCodePoints(String(value), String(otherValue));
  return byValue || compareCodePoints(path, otherPath);
}
