import { type CutoverSide, type CutoverState, otherSide, primaryOf, shareOfKey } from '@markitect/domain';
import type { Component } from './component.js';

/** Where a read goes, and where it goes when that fails. */
export interface ReadRoute {
  readonly side: CutoverSide;
  /** Asked when the side fails or has nothing. */
  readonly fallback?: CutoverSide;
  /** Whether both sides should have the same answer, as far as is known. */
  readonly isComparable: boolean;
}

/**
 * Where to read keys; none: a read about many. In stage `served` a key of the share is read from modern, but one that is
 * marked from the primary side, so that what was written is read. Reads about many move when the share is 100, while nothing
 * is marked. A key that is carried over is read where it is right; reads about many are not, and may miss it until it is
 * repaired.
 */
export async function routeRead(component: Component, keys: readonly string[]): Promise<ReadRoute> {
  const state = await component.state();
  const primary = primaryOf(state.stage);
  // Before everything is copied what differs says nothing.
  const isFilled = state.backfill?.status === 'complete';
  const isMirrored = isFilled && state.stage !== 'legacy' && state.stage !== 'complete';
  if (component.replicas === undefined) return sharedRoute(component, state, keys);
  const isServed = state.stage === 'served' && isOfShare(component.name, keys, state.percent);
  if (keys.length === 0) {
    if (!isServed) return { side: primary, isComparable: isMirrored };
    // What is marked may be missing on modern: whoever has written it would not find it.
    const { inFlight, pending } = await component.store.depth(component.name);
    return inFlight + pending > 0
      ? { side: primary, isComparable: isFilled }
      : { side: 'modern', fallback: primary, isComparable: isFilled };
  }
  if (!isServed && !state.isCarryingOver) return { side: primary, isComparable: isMirrored };
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
    return { side: primary, isComparable: isMirrored && marked.length === 0 };
  return { side: 'modern', fallback: primary, isComparable: isFilled };
}

/** Runs a read where its route says. Throws what the side that answers throws. */
export async function read<T>(
  component: Component,
  route: ReadRoute,
  call: (side: CutoverSide) => Promise<T>,
): Promise<T> {
  const { side, fallback } = route;
  const ask = (from: CutoverSide): Promise<T> => component.tallies.time(from, () => call(from));
  if (fallback === undefined) return ask(side);
  let answer: T;
  try {
    answer = await ask(side);
  } catch (error) {
    component.onFailure(error);
    return ask(fallback);
  }
  return answer === undefined ? ask(fallback) : answer;
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
