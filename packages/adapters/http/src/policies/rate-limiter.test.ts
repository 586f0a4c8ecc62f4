import { setMaxListeners } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FakeClock } from '../../tests/fake-clock.js';
import { RateLimiter } from './rate-limiter.js';

const never = new AbortController().signal;
setMaxListeners(0, never);
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the rate limiter', () => {
  it('never lets more through than burst and rate allow, in any window', async () => {
    const perSecond = fc.double({ min: 0.5, max: 50, noNaN: true });
    const waits = fc.array(fc.integer({ min: 0, max: 700 }), { minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(perSecond, fc.integer({ min: 1, max: 10 }), waits, async (rate, burst, pauses) => {
        const clock = new FakeClock();
        const limiter = new RateLimiter({ perSecond: rate, burst }, clock);
        const sent: number[] = [];
        const send = (): void => void sent.push(clock.now());
        for (const pause of pauses) {
          if (limiter.tryTake()) send();
          for (let each = 0; each < 3; each += 1) void limiter.take(never).then(send);
          await settled();
          for (let ms = 0; ms < pause; ms += 1) {
            clock.advance(1);
            await Promise.resolve();
            await Promise.resolve();
          }
        }
        for (let from = 0; from < sent.length; from += 1) {
          for (let to = from; to < sent.length; to += 1) {
            const windowMs = sent[to]! - sent[from]!;
            expect(to - from + 1).toBeLessThanOrEqual(burst + (rate * windowMs) / 1000 + 1e-6);
          }
        }
      }),
      { numRuns: 25 },
    );
  });

  it('serves in the order of asking; nobody overtakes those who wait', async () => {
    const clock = new FakeClock();
    const limiter = new RateLimiter({ perSecond: 10, burst: 1 }, clock);
    const served: number[] = [];
    expect(limiter.tryTake()).toBe(true);
    for (const each of [1, 2, 3]) void limiter.take(never).then(() => served.push(each));
    // A token is there, and the timer that hands it out is late.
    clock.time += 100;
    expect(limiter.tryTake()).toBe(false);
    clock.advance(1000);
    await settled();
    expect(served).toEqual([1, 2, 3]);
    expect(limiter.stats()).toEqual({ waits: 3, waitMs: 100 + 200 + 300 });
    expect(clock.pending).toBe(0);
  });

  it('gives the turn of one who left to the next', async () => {
    const clock = new FakeClock();
    const limiter = new RateLimiter({ perSecond: 10, burst: 1 }, clock);
    limiter.tryTake();
    const leaving = new AbortController();
    const left = limiter.take(leaving.signal);
    const stays = limiter.take(never);
    leaving.abort(new Error('gone'));
    await expect(left).rejects.toThrow('gone');
    await expect(limiter.take(leaving.signal)).rejects.toThrow('gone');
    clock.advance(100);
    await stays;
    expect(clock.now()).toBe(100);
  });

  it('says how long the next would wait', () => {
    const clock = new FakeClock();
    const limiter = new RateLimiter({ perSecond: 10, burst: 2 }, clock);
    expect(limiter.expectedWaitMs()).toBe(0);
    limiter.tryTake();
    limiter.tryTake();
    expect(limiter.expectedWaitMs()).toBe(100);
    void limiter.take(never);
    expect(limiter.expectedWaitMs()).toBe(200);
  });
});
