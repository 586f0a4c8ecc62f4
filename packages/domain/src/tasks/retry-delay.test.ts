import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { retryDelay } from './retry-delay.js';

describe('retryDelay', () => {
  it('doubles from one second, half of it random', () => {
    const lowest = () => 0;
    expect([1, 2, 3, 4].map((attempts) => retryDelay(attempts, {}, lowest))).toEqual([500, 1000, 2000, 4000]);
    expect(retryDelay(3, {}, () => 0.5)).toBe(3000);
  });

  it('keeps within its bounds, whatever the attempt', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2000 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        fc.integer({ min: 1, max: 60_000 }),
        fc.integer({ min: 1, max: 3_600_000 }),
        (attempts, chance, firstMs, longestMs) => {
          const delay = retryDelay(attempts, { firstMs, longestMs }, () => chance);
          const full = Math.min(longestMs, firstMs * 2 ** (attempts - 1));
          expect(delay).toBeGreaterThanOrEqual(Math.floor(full / 2));
          expect(delay).toBeLessThanOrEqual(Math.ceil(full));
        },
      ),
    );
  });
});
