import { expect, it } from '@jest/globals';
import type { CutoverTally } from './cutover-state.js';
import { sumTallies } from './sum-tallies.js';

const tally = (
  operations: number,
  medianMs?: number,
  side: CutoverTally['side'] = 'modern',
): CutoverTally => ({
  component: 'users',
  side,
  operations,
  errors: 1,
  compared: 2,
  mismatched: 1,
  ...(medianMs === undefined ? {} : { medianMs }),
});

it('sumTallies adds up each side, and weighs medians by operations', () => {
  expect(sumTallies([])).toEqual([]);
  expect(sumTallies([tally(1, 90), tally(8, 3), tally(2, 1), tally(9), tally(4, 7, 'legacy')])).toEqual([
    { component: 'users', side: 'legacy', operations: 4, errors: 1, compared: 2, mismatched: 1, medianMs: 7 },
    {
      component: 'users',
      side: 'modern',
      operations: 20,
      errors: 4,
      compared: 8,
      mismatched: 4,
      medianMs: 3,
    },
  ]);
});
