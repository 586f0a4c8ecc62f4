import { type CutoverRepair, cutoverSides, type CutoverSide, isMirrored, primaryOf } from '@markitect/domain';
import type { CutoverMark } from '@markitect/ports';
import type { Component } from '../engine/component.js';
import { type Copied, copyMarked } from '../engine/copy-keys.js';

/** Keys that are copied in one go. */
const BATCH = 100;

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 60_000;

/** After so many keys in a row that cannot be copied the store is taken to be down. */
const MAX_FAILURES = 3;

/** What repairing has done. */
export interface RepairReport {
  readonly repaired: number;
  readonly failed: number;
}

/**
 * Copies what is marked and due, from the side that is right to the other one, until nothing more can be done now. May
 * run beside writes and in several processes at once. Throws what the store of the stages throws.
 */
export async function repair(component: Component): Promise<RepairReport> {
  let repaired = 0;
  let failed = 0;
  for (const source of cutoverSides) {
    for (;;) {
      const outcome = await repairBatch(component, source, BATCH);
      if (outcome === undefined) break;
      repaired += outcome.repaired;
      failed += outcome.failed;
      if (outcome.failed >= MAX_FAILURES) break;
    }
  }
  return { repaired, failed };
}

async function repairBatch(
  component: Component,
  source: CutoverSide,
  limit: number,
): Promise<RepairReport | undefined> {
  const { store, replicas, name, process } = component;
  const state = await component.reload();
  // In `legacy` and `complete` nothing follows: what the dead have left there only has to be ended.
  const isFollowed = isMirrored(state.stage) || source !== primaryOf(state.stage);
  if (replicas === undefined || state.switchingTo !== undefined) return undefined;
  await component.stayHeardOf();
  const token = component.nextToken();
  // No turns are taken: a write that has its turn may be waiting for what is claimed here.
  const claim = { token, process, source, limit };
  const claimed = await store.claim(name, claim).catch(async (error: unknown) => {
    // They may be claimed all the same, and nobody would repair them while this process is heard of.
    await component.leftovers.unclaim({ component: name, token, process, source, epoch: state.epoch }, error);
    throw error;
  });
  if (claimed.length === 0) return undefined;
  const keys = claimed.map(({ key }) => key);
  const mark: CutoverMark = { component: name, keys, token, process, epoch: state.epoch, source };
  const outcome = await copied(component, mark, isFollowed);
  const failures = await oneByOne(component, { ...mark, keys: outcome.left }, outcome, claimed);
  return { repaired: keys.length - failures, failed: failures };
}

/** Copies each of the keys that could not be copied together, so that one that cannot be keeps back no other. */
async function oneByOne(
  component: Component,
  mark: CutoverMark,
  { failure, isUnsure = false }: Copied,
  claimed: readonly CutoverRepair[],
): Promise<number> {
  let failures = 0;
  for (const [index, key] of mark.keys.entries()) {
    let last: Copied = { left: [key], failure };
    // The store is down: there is no use in trying all.
    const isTried = mark.keys.length > 1 && failures < MAX_FAILURES && failure !== undefined && !isUnsure;
    if (isTried) last = await copied(component, { ...mark, keys: [key] });
    if (last.left.length === 0) continue;
    failures += 1;
    const rest = failures < MAX_FAILURES ? [key] : mark.keys.slice(index);
    const attempts = claimed.find((each) => each.key === key)?.attempts ?? 0;
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(attempts, 20));
    await component.leftovers.park({ ...mark, keys: rest }, last.failure, pause);
    if (rest.length > 1) return failures - 1 + rest.length;
  }
  return failures;
}

/** What was taken over from here meanwhile is somebody else's. */
async function copied(component: Component, mark: CutoverMark, isFollowed = true): Promise<Copied> {
  try {
    return await copyMarked(component, mark, { isFollowed });
  } catch (error) {
    component.onFailure(error);
    return { left: [] };
  }
}
