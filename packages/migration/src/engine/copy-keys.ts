import { type CutoverSide, otherSide } from '@markitect/domain';
import type { CutoverMark, ReplicaStore } from '@markitect/ports';
import type { Component } from './component.js';
import { isChanged } from './failure-of.js';

/** After so many rounds a key that is written all the time is left to the repairs. */
const MAX_ROUNDS = 20;

/**
 * Makes keys of the other side be as they are on one, unless their marks may be somebody else's by now: then nothing is
 * written, and it answers false. Throws what either side throws.
 */
export async function copyKeys(
  component: Component,
  replicas: Readonly<Record<CutoverSide, ReplicaStore>>,
  from: CutoverSide,
  held: Pick<CutoverMark, 'keys' | 'token'>,
  isMeasured: boolean,
): Promise<boolean> {
  if (!component.isHeardOf(held)) return false;
  const to = otherSide(from);
  const entries = await replicas[from].read(held.keys);
  // Frozen in between, this would put an old state over a newer one: the marks may be somebody else's by now.
  if (!component.isHeardOf(held)) return false;
  const put = (): Promise<void> => replicas[to].write(entries);
  await (isMeasured ? component.tallies.time(to, put) : put());
  return true;
}

/** How copying under a mark has ended. */
export interface Copied {
  /** Keys whose marks have not ended: they are to be parked. */
  readonly left: readonly string[];
  /** Why; `undefined` with keys left: they are written all the time. */
  readonly failure?: unknown;
  /** The store of the stages has failed: the marks may have ended all the same, and nothing may be copied under them. */
  readonly isUnsure?: boolean;
}

export interface CopyOptions {
  /** False: nothing followed when the mark was made, so the store is asked first whether that is so still. */
  readonly isFollowed?: boolean;
  /** It belongs to a live write, and counts in the measurements. */
  readonly isMeasured?: boolean;
}

/**
 * Copies the keys of a mark until it has ended. Never throws but Conflict `CUTOVER_CHANGED`: the keys were taken over, and
 * are read from the other side now.
 */
export async function copyMarked(
  component: Component,
  mark: CutoverMark,
  { isFollowed = true, isMeasured = false }: CopyOptions = {},
): Promise<Copied> {
  const { store, replicas, leftovers } = component;
  if (replicas === undefined) return { left: [] };
  let left = mark.keys;
  let isUnsure = true;
  try {
    if (!isFollowed) left = await store.settle(mark);
    for (let round = 0; left.length > 0 && round < MAX_ROUNDS; round += 1) {
      isUnsure = false;
      const isCopied = await copyKeys(component, replicas, mark.source, { ...mark, keys: left }, isMeasured);
      isUnsure = true;
      if (isCopied) {
        left = await store.settle({ ...mark, keys: left });
      } else {
        left = await component.renew({ ...mark, keys: left });
      }
    }
    return { left };
  } catch (failure) {
    if (isChanged(failure)) {
      // Other keys of the mark may be ours still.
      await leftovers.park({ ...mark, keys: left }, failure, 0);
      throw failure;
    }
    component.onFailure(failure);
    return { left, failure, isUnsure };
  }
}
