import { Invalid, type JsonValue } from '@markitect/domain';

/**
 * Packs the place after the last item of a page. `query` is whatever makes the sequence what it is (sort, filters):
 * {@link decodeCursor} refuses the cursor for any other. Opaque to callers, but not a secret and not signed: a
 * forged one can at most name another place of the same sequence.
 */
export function encodeCursor(query: JsonValue, place: readonly JsonValue[]): string {
  return Buffer.from(JSON.stringify([fingerprint(query), ...place])).toString('base64url');
}

/**
 * Unpacks a cursor made by {@link encodeCursor} for the same query. `isPlace` checks the form of the place.
 * Throws Invalid `CURSOR_INVALID`.
 */
export function decodeCursor<Place extends readonly JsonValue[]>(
  cursor: string,
  query: JsonValue,
  isPlace: (place: readonly JsonValue[]) => place is Place,
): Place {
  const [print, ...place] = parse(cursor);
  if (print === fingerprint(query) && isPlace(place)) return place;
  throw new Invalid('CURSOR_INVALID', 'the cursor does not belong to this query', {
    details: { field: 'cursor' },
  });
}

function parse(cursor: string): readonly JsonValue[] {
  try {
    const value = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as JsonValue;
    return Array.isArray(value) ? (value as readonly JsonValue[]) : [];
  } catch {
    return [];
  }
}

/** FNV-1a over the query's JSON: tells queries apart, protects nothing. */
function fingerprint(query: JsonValue): string {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(JSON.stringify(query))) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(36);
}
