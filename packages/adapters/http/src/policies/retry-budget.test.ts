import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { RetryBudget } from './retry-budget.js';

type Step = { readonly kind: 'earn' | 'spend' } | { readonly kind: 'wait'; readonly ms: number };

const steps = fc.array(
  fc.oneof(
    fc.constant<Step>({ kind: 'earn' }),
    fc.constant<Step>({ kind: 'spend' }),
    fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 5000 }) }),
  ),
  { maxLength: 400 },
);

describe('the retry budget', () => {
  it('never allows more than the share of the requests, the minimum for the time, and the ten of the start', () => {
    fc.assert(
      fc.property(
        steps,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer({ min: 0, max: 10 }),
        (all, ratio, perSecond) => {
          let now = 0;
          let requests = 0;
          let repeats = 0;
          const budget = new RetryBudget({ ratio, perSecond }, () => now);
          for (const step of all) {
            if (step.kind === 'wait') now += step.ms;
            else if (step.kind === 'earn') {
              requests += 1;
              budget.earn();
            } else if (budget.spend()) repeats += 1;
            expect(repeats).toBeLessThanOrEqual(10 + ratio * requests + (perSecond * now) / 1000 + 1e-6);
          }
        },
      ),
    );
  });

  it('allows the share: one repeat for each five requests at 0.2', () => {
    const budget = new RetryBudget({ ratio: 0.2, perSecond: 0 }, () => 0);
    while (budget.spend());
    let repeats = 0;
    for (let request = 0; request < 1000; request += 1) {
      budget.earn();
      if (budget.spend()) repeats += 1;
    }
    expect(repeats).toBeGreaterThanOrEqual(199);
    expect(repeats).toBeLessThanOrEqual(200);
  });

  it('does not save up more than 100', () => {
    let now = 0;
    const budget = new RetryBudget({ ratio: 1, perSecond: 10 }, () => now);
    for (let request = 0; request < 1000; request += 1) budget.earn();
    now = 1e9;
    let repeats = 0;
    while (budget.spend()) repeats += 1;
    expect(repeats).toBe(100);
  });

  it('is not refilled by a clock that goes back', () => {
    let now = 1000;
    const budget = new RetryBudget({ ratio: 0, perSecond: 1 }, () => now);
    while (budget.spend());
    now = 0;
    expect(budget.spend()).toBe(false);
  });
});
