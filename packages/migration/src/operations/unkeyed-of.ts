import { checkedRecordKey, type CutoverSide, cutoverSides, type UnkeyedRecords } from '@markitect/domain';
import type { ReplicaStore } from '@markitect/ports';
import { readStates } from './read-states.js';

type Replicas = Readonly<Record<CutoverSide, ReplicaStore>>;

/** Of what is left out so many are named. */
export const MAX_NAMED = 20;

/** What has no key, of the sides that have any. Throws what either side throws. */
export async function unkeyedOf(replicas: Replicas): Promise<readonly UnkeyedRecords[]> {
  const found = await Promise.all(
    cutoverSides.map(async (side) => ({ side, all: (await replicas[side].unkeyed?.()) ?? [] })),
  );
  return found
    .filter(({ all }) => all.length > 0)
    .map(({ side, all }) => ({ side, count: all.length, first: all.slice(0, MAX_NAMED) }));
}

/**
 * Those of these keys that either side has something under, and that no repository takes: nobody could read or change it
 * once legacy is given up. Throws what either side throws.
 */
export async function unaddressableOf(
  replicas: Replicas,
  keys: readonly string[],
): Promise<readonly string[]> {
  const odd = keys.filter((key) => !isAddressable(key));
  if (odd.length === 0) return [];
  const sides = await Promise.all(cutoverSides.map((side) => readStates(replicas[side], odd)));
  return odd.filter((_, index) =>
    sides.some((states) => states[index]?.state !== undefined || states[index]?.damage !== undefined),
  );
}

function isAddressable(key: string): boolean {
  try {
    checkedRecordKey(key);
    return true;
  } catch {
    return false;
  }
}
