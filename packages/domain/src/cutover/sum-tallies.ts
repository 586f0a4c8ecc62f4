import type { CutoverTally } from './cutover-state.js';
import { cutoverSides } from './stage.js';

/**
 * One tally for each side there are any of, with the sums of their numbers. The median is the median of the medians, each
 * counting as often as there were operations.
 */
export function sumTallies(tallies: readonly CutoverTally[]): readonly CutoverTally[] {
  return cutoverSides.flatMap((side) => {
    const ofSide = tallies.filter((each) => each.side === side);
    const [first] = ofSide;
    if (first === undefined) return [];
    const sum = (of: (tally: CutoverTally) => number): number =>
      ofSide.reduce((total, each) => total + of(each), 0);
    const medianMs = weightedMedian(ofSide);
    return {
      component: first.component,
      side,
      operations: sum((each) => each.operations),
      errors: sum((each) => each.errors),
      compared: sum((each) => each.compared),
      mismatched: sum((each) => each.mismatched),
      ...(medianMs === undefined ? {} : { medianMs }),
    };
  });
}

function weightedMedian(tallies: readonly CutoverTally[]): number | undefined {
  const timed = tallies
    .flatMap(({ medianMs, operations }) => (medianMs === undefined ? [] : [{ medianMs, operations }]))
    .sort((left, right) => left.medianMs - right.medianMs);
  const half = timed.reduce((total, { operations }) => total + operations, 0) / 2;
  let passed = 0;
  return timed.find(({ operations }) => (passed += operations) >= half)?.medianMs;
}
