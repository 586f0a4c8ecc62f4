import type { JsonValue, Page } from '@markitect/domain';
import {
  compareCodePoints,
  type PagedSequence,
  type ReplicaEntry,
  type ReplicaStore,
} from '@markitect/ports';

/** One page of items in any order. */
export function pageInMemory<T, Place extends readonly JsonValue[]>(
  sequence: PagedSequence<T, Place>,
  items: readonly T[],
): Page<T> {
  const { after, placeOf, compare } = sequence;
  const rest = items
    .filter((item) => after === undefined || compare(placeOf(item), after) > 0)
    .sort((a, b) => compare(placeOf(a), placeOf(b)));
  return structuredClone(sequence.page(rest));
}

/** A replica store over a map. */
export function mapReplicas<T>(
  map: Map<string, T>,
  ofEntry: (entry: ReplicaEntry) => T | undefined,
  entryOf: (key: string, item: T | undefined) => ReplicaEntry,
): ReplicaStore {
  return {
    read: (keys) => Promise.resolve(keys.map((key) => entryOf(key, map.get(key)))),
    write: async (entries) => {
      await Promise.resolve();
      // All of them are checked before one is written.
      for (const [key, item] of entries.map((entry) => [entry.key, ofEntry(entry)] as const)) {
        if (item === undefined) map.delete(key);
        else map.set(key, structuredClone(item));
      }
    },
    keys: (after, limit) =>
      Promise.resolve(
        [...map.keys()]
          .filter((key) => after === undefined || compareCodePoints(key, after) > 0)
          .sort(compareCodePoints)
          .slice(0, limit),
      ),
  };
}
