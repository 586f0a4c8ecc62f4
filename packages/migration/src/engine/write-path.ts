import { type CutoverSide, isMirrored, otherSide, primaryOf } from '@markitect/domain';
import type { CutoverMark } from '@markitect/ports';
import type { Component } from './component.js';
import { copyKeys, copyMarked, type CopyOptions } from './copy-keys.js';
import { isFaultOfStore } from './failure-of.js';

/** Before a key whose copy failed is tried again, in milliseconds. */
const REPAIR_PAUSE_MS = 500;

/** What a store has not answered for may still be under way for so long, in milliseconds; then its keys are copied. */
const UNKNOWN_PAUSE_MS = 5000;

/**
 * A write of a component.
 *
 * 1. Its keys are marked, durably. 2. The side that answers is written. 3. The state it has then is copied to the other
 * side. 4. The marks end; where others were in flight on a key, 3 again, or they do it. A crash after 1 leaves marks, which
 * are repaired by copying; so does a copy that fails. So what is acknowledged is on the primary side and on the other one
 * or marked.
 *
 * Throws what the primary side throws and what the store of the stages throws before the write begins; Conflict
 * `CUTOVER_SWITCHING` (waited too long for a change), `CUTOVER_CHANGED` (this process was frozen, and the write may not be
 * seen).
 */
export async function write<T>(
  component: Component,
  keys: readonly string[],
  call: (side: CutoverSide) => Promise<T>,
): Promise<T> {
  if (component.replicas === undefined) {
    const side = primaryOf((await component.state()).stage);
    return component.tallies.time(side, () => call(side));
  }
  return inTurn(component, keys, { call, isMeasured: true });
}

/**
 * Copies keys from the side that answers to the other one as a write does that changes nothing; or, given a call, one that
 * is no live traffic, and is not measured. Throws as {@link write}.
 */
export function copyAsWrite(
  component: Component,
  keys: readonly string[],
  call: (side: CutoverSide) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  return inTurn(component, keys, { call, isMeasured: false });
}

interface Work<T> {
  readonly call: (side: CutoverSide) => Promise<T>;
  readonly isMeasured: boolean;
}

function inTurn<T>(component: Component, keys: readonly string[], work: Work<T>): Promise<T> {
  const distinct = [...new Set(keys)].sort();
  return component.turns.take(distinct, () => attempt(component, distinct, work));
}

function run<T>(component: Component, { call, isMeasured }: Work<T>, side: CutoverSide): Promise<T> {
  return isMeasured ? component.tallies.time(side, () => call(side)) : call(side);
}

async function attempt<T>(component: Component, keys: readonly string[], work: Work<T>): Promise<T> {
  const since = component.clock.now();
  for (;;) {
    const state = await component.state();
    if (state.stage === 'complete' && !state.isCarryingOver) {
      return run(component, work, 'modern');
    }
    await component.stayHeardOf();
    const mark: CutoverMark = {
      component: component.name,
      keys,
      token: component.nextToken(),
      process: component.process,
      epoch: state.epoch,
      source: primaryOf(state.stage),
    };
    if (await isBegun(component, mark)) return finish(component, mark, isMirrored(state.stage), work);
    await component.settled(since, state.epoch);
  }
}

/** Marks the keys and takes over what is right on the other side still. False: it cannot be begun now. */
async function isBegun(component: Component, mark: CutoverMark): Promise<boolean> {
  const { store, replicas, leftovers } = component;
  try {
    const answer = await store.mark(mark);
    if (!answer.isMarked) return false;
    let isReady = true;
    if (answer.carried.length > 0 && replicas !== undefined) {
      const carried = { keys: answer.carried, token: mark.token };
      isReady =
        (await copyKeys(component, replicas, otherSide(mark.source), carried, false)) &&
        (await store.absorb(mark));
    }
    // Nothing may come between this and the call of the side: see isHeardOf.
    if (isReady && component.isHeardOf(mark)) return true;
  } catch (error) {
    // It may be marked all the same.
    await leftovers.release(mark);
    throw error;
  }
  await leftovers.release(mark);
  return false;
}

async function finish<T>(
  component: Component,
  mark: CutoverMark,
  isFollowed: boolean,
  work: Work<T>,
): Promise<T> {
  let outcome: { readonly answer: T } | { readonly error: unknown };
  try {
    outcome = { answer: await run(component, work, mark.source) };
  } catch (error) {
    outcome = { error };
  }
  if (!('error' in outcome)) {
    await follow(component, mark, { isFollowed, isMeasured: work.isMeasured });
    return outcome.answer;
  }
  // What failed may have happened all the same; and what was not answered may happen still.
  if (isFollowed && isFaultOfStore(outcome.error)) {
    await component.leftovers.park(mark, outcome.error, UNKNOWN_PAUSE_MS);
  } else {
    await follow(component, mark, { isFollowed }).catch(component.onFailure);
  }
  throw outcome.error;
}

/** Copies what the primary side has, and ends the marks; or leaves them to be repaired. */
async function follow(component: Component, mark: CutoverMark, options: CopyOptions): Promise<void> {
  const { left, failure } = await copyMarked(component, mark, options);
  if (left.length === 0) return;
  const pauseMs = failure === undefined ? 0 : REPAIR_PAUSE_MS;
  await component.leftovers.park({ ...mark, keys: left }, failure, pauseMs);
}
