import {
  type CutoverSide,
  type CutoverState,
  isMirrored,
  otherSide,
  primaryOf,
  shareOfKey,
  Unavailable,
} from '@markitect/domain';
import type { Component } from './component.js';
import { isFaultOfStore } from './failure-of.js';

/** Where a read goes, and where it goes when that fails. */
export interface ReadRoute {
  readonly side: CutoverSide;
  /** Asked when the side fails or has nothing. */
  readonly fallback?: CutoverSide;
  /** The fallback is asked only when the side fails: what it has not is not there. */
  readonly isForFailures?: boolean;
  /** Whether both sides should have the same answer, as far as is known. */
  readonly isComparable: boolean;
}

/**
 * Where to read keys; none: a read about many. In stage `served` a key of the share is read from modern, but one that is
 * marked from the primary side, so that what was written is read. Reads about many move when the share is 100, while nothing
 * is marked. A key that is carried over is read where it is right; reads about many are not, and may miss it until it is
 * repaired.
 *
 * While the store of the stages cannot be asked, the side that answered last is read, and where it fails the one that
 * follows it, which may miss what was written last. Throws Unavailable `DATABASE_UNAVAILABLE` where keys are carried over:
 * nobody can say which; what the store throws when it has not answered before.
 */
export async function routeRead(component: Component, keys: readonly string[]): Promise<ReadRoute> {
  const { state, isCurrent } = await component.standing();
  if (component.replicas === undefined) return sharedRoute(component, state, keys);
  if (!isCurrent) return strandedRoute(state);
  try {
    return await currentRoute(component, state, keys);
  } catch (error) {
    if (!isFaultOfStore(error)) throw error;
    component.onFailure(error);
    return strandedRoute(state);
  }
}

async function currentRoute(
  component: Component,
  state: CutoverState,
  keys: readonly string[],
): Promise<ReadRoute> {
  const primary = primaryOf(state.stage);
  // Before everything is copied what differs says nothing.
  const isFilled = state.backfill?.status === 'complete';
  const isComparable = isFilled && isMirrored(state.stage);
  const isServed = state.stage === 'served' && isOfShare(component.name, keys, state.percent);
  if (keys.length === 0) {
    if (!isServed) return { side: primary, isComparable };
    // What is marked may be missing on modern: whoever has written it would not find it.
    const { inFlight, pending } = await component.store.depth(component.name);
    return inFlight + pending > 0
      ? { side: primary, isComparable: isFilled }
      : { side: 'modern', fallback: primary, isComparable: isFilled };
  }
  if (!isServed && !state.isCarryingOver) return { side: primary, isComparable };
  const { epoch, marked } = await component.store.look(component.name, keys);
  if (epoch !== state.epoch) {
    await component.reload();
    return routeRead(component, keys);
  }
  const [foreign, ...others] = marked.filter((each) => each.source !== primary);
  if (foreign !== undefined) {
    // Of several keys only some may be right there: then it is a read about many, and goes where those go.
    const isAll = others.length + 1 === new Set(keys).size;
    return { side: isAll ? foreign.source : primary, isComparable: false };
  }
  if (marked.length > 0 || !isServed)
    return { side: primary, isComparable: isComparable && marked.length === 0 };
  return { side: 'modern', fallback: primary, isComparable: isFilled };
}

function strandedRoute({ component, stage, backfill, isCarryingOver }: CutoverState): ReadRoute {
  if (isCarryingOver) {
    throw new Unavailable(
      'DATABASE_UNAVAILABLE',
      `which side has the right state of a key of ${component} cannot be asked now`,
      { details: { component } },
    );
  }
  const side = primaryOf(stage);
  const isFollowed = isMirrored(stage) && backfill?.status === 'complete';
  return isFollowed
    ? { side, fallback: otherSide(side), isForFailures: true, isComparable: false }
    : { side, isComparable: false };
}

/** Runs a read where its route says. Throws what the side that answers throws. */
export async function read<T>(
  component: Component,
  route: ReadRoute,
  call: (side: CutoverSide) => Promise<T>,
): Promise<T> {
  const { side, fallback, isForFailures = false } = route;
  const ask = (from: CutoverSide): Promise<T> => component.tallies.time(from, () => call(from));
  if (fallback === undefined) return ask(side);
  let answer: T;
  try {
    answer = await ask(side);
  } catch (error) {
    component.onFailure(error);
    return ask(fallback);
  }
  return answer === undefined && !isForFailures ? ask(fallback) : answer;
}

/** Both sides are one store: any read may go to either. */
function sharedRoute(component: Component, state: CutoverState, keys: readonly string[]): ReadRoute {
  const primary = primaryOf(state.stage);
  const isServed = state.stage === 'served' && isOfShare(component.name, keys, state.percent);
  const side = isServed ? otherSide(primary) : primary;
  const isComparable = state.stage !== 'legacy' && state.stage !== 'complete';
  return side === primary ? { side, isComparable } : { side, fallback: primary, isComparable };
}

function isOfShare(component: string, keys: readonly string[], percent: number): boolean {
  return keys.length === 0 ? percent >= 100 : keys.every((key) => shareOfKey(component, key) < percent);
}
