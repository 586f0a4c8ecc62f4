import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { RatePermit } from './rate-limit-repository.js';
import {
  MAX_EXACT_RATE,
  nextPermit,
  nextPermitTime,
  paceOf,
  type RatePace,
  renewedPermit,
} from './rate-pace.js';

const start = 1_000_000;

/** The times of permits that are all asked for at the start, and the pace after them. */
function taken(pace: RatePace, count: number): { times: number[]; pace: RatePace } {
  const times: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const step = nextPermit(pace, start, Number.POSITIVE_INFINITY);
    if (step === undefined) throw new Error('a permit');
    times.push(Date.parse(step.permit.at) - start);
    pace = step.pace;
  }
  return { times, pace };
}

describe('the pace of a limit', () => {
  it('spaces permits evenly, and leaves room for late ones between windows', () => {
    const { times, pace } = taken(paceOf({ perSecond: 4, burst: 1 }), 6);
    expect(times).toEqual([0, 250, 500, 750, 1020, 1270]);
    expect(nextPermitTime(pace)).toBe(start + 1520);
  });

  it('lets a burst follow each other, out of the same window', () => {
    expect(taken(paceOf({ perSecond: 4, burst: 3 }), 6).times).toEqual([0, 0, 0, 250, 1020, 1020]);
  });

  it('gives nothing that is too far away, or held back', () => {
    const { pace } = taken(paceOf({ perSecond: 4, burst: 1 }), 1);
    expect(nextPermit(pace, start, 249)).toBeUndefined();
    expect(nextPermit(pace, start, 250)?.permit.at).toBe(new Date(start + 250).toISOString());
    expect(nextPermit({ ...pace, heldUntil: start + 400 }, start, 399)).toBeUndefined();
  });

  it('tells permits apart only up to a rate, and spaces faster ones wider', () => {
    expect(paceOf({ perSecond: MAX_EXACT_RATE, burst: 1 }).lanes).toHaveLength(MAX_EXACT_RATE);
    const fast = paceOf({ perSecond: 1000, burst: 1 });
    expect(fast.lanes).toEqual([]);
    expect(taken(fast, 1001).times.at(-1)).toBe(1020);
    expect(nextPermit(fast, start, 0)?.permit).toEqual({ at: new Date(start).toISOString() });
  });

  it('keeps what is used up when the rate is changed', () => {
    const { pace } = taken(paceOf({ perSecond: 2, burst: 1 }), 2);
    const more = paceOf({ perSecond: 3, burst: 1 }, pace);
    expect([...more.lanes].sort((left, right) => left - right)).toEqual([0, ...pace.lanes]);
    expect(paceOf({ perSecond: 1, burst: 1 }, pace).lanes).toEqual([Math.max(...pace.lanes)]);
  });

  it('renews no permit that is unknown, taken by another, or held back', () => {
    const step = nextPermit(paceOf({ perSecond: 1, burst: 1 }), start, 0);
    if (step === undefined) throw new Error('a permit');
    const { pace, permit } = step;
    expect(renewedPermit(pace, { at: permit.at }, start + 500)).toBeUndefined();
    expect(renewedPermit({ ...pace, heldUntil: start + 501 }, permit, start + 500)).toBeUndefined();
    const renewed = renewedPermit(pace, permit, start + 500);
    expect(renewed?.permit.at).toBe(new Date(start + 500).toISOString());
    expect(renewedPermit(renewed?.pace ?? pace, permit, start + 600)).toBeUndefined();
  });

  it('has no window with more than the rate, whatever the rate, the burst and the lateness of callers', () => {
    const lateness = fc.oneof(fc.constant(0), fc.nat(30), fc.nat(3000));
    fc.assert(
      fc.property(
        fc.double({ min: 0.2, max: 30, noNaN: true }),
        fc.integer({ min: 1, max: 40 }),
        fc.array(lateness, { minLength: 1, maxLength: 120 }),
        (perSecond, burst, late) => {
          let pace = paceOf({ perSecond, burst });
          let now = start;
          const acts: number[] = [];
          for (const [index, by] of late.entries()) {
            const step = nextPermit(pace, now, Number.POSITIVE_INFINITY);
            pace = step?.pace ?? pace;
            let permit: RatePermit | undefined = step?.permit;
            now = Math.max(now, Date.parse(permit?.at ?? '')) + by;
            while (permit?.until !== undefined && now > Date.parse(permit.until)) {
              const again =
                renewedPermit(pace, permit, now) ?? nextPermit(pace, now, Number.POSITIVE_INFINITY);
              pace = again?.pace ?? pace;
              permit = again?.permit;
              now = Math.max(now, Date.parse(permit?.at ?? ''));
            }
            acts.push(now);
            if (index % 7 === 0) now += by * 3;
          }
          const windowMs = (Math.ceil(perSecond) / perSecond) * 1000;
          for (const [index, at] of acts.entries()) {
            const inWindow = acts.slice(index).filter((other) => other - at < windowMs);
            expect(inWindow.length).toBeLessThanOrEqual(Math.ceil(perSecond));
          }
        },
      ),
      { seed: 2026, numRuns: 300 },
    );
  });
});
