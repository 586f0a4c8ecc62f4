import { describe, expect, it } from '@jest/globals';
import { InMemoryRateLimitRepository, markitectFailure } from '@markitect/testing';
import { awaitPermit } from './await-permit.js';

/** A clock that a rest moves on, and by `late` more. */
async function opened({ perSecond = 50, late = 0 } = {}) {
  const time = { now: 1_000_000, late, rests: [] as number[] };
  const now = () => time.now;
  const limits = new InMemoryRateLimitRepository(now);
  await limits.update({ name: 'web', perSecond, burst: 1 });
  const rest = async (ms: number): Promise<void> => {
    await Promise.resolve();
    time.rests.push(ms);
    time.now += ms + time.late;
  };
  return { time, limits, waiting: { now, rest } };
}

describe('a permit that is waited for', () => {
  it('can be used at its time and not before', async () => {
    const { time, limits, waiting } = await opened();
    const used: number[] = [];
    for (let count = 0; count < 50; count += 1) {
      await awaitPermit(limits, 'web', waiting);
      used.push(time.now);
    }
    expect(used[0]).toBe(1_000_000);
    expect(used[49]).toBe(1_000_000 + 49 * 20);
    await awaitPermit(limits, 'unlimited', waiting);
    expect(time.now).toBe(used[49]);
  });

  it('is exchanged when its holder woke too late to use it, and used then', async () => {
    const { time, limits, waiting } = await opened();
    await awaitPermit(limits, 'web', waiting);
    time.late = 8;
    await awaitPermit(limits, 'web', waiting);
    expect(time.rests).toEqual([20]);
    time.late = 300;
    await awaitPermit(limits, 'web', waiting);
    expect(time.rests).toEqual([20, 12]);
    expect(time.now).toBe(1_000_040 + 300);
  });

  it('may be used later the slower the rate is', async () => {
    const { time, limits, waiting } = await opened({ perSecond: 0.1, late: 80 });
    await awaitPermit(limits, 'web', waiting);
    await awaitPermit(limits, 'web', waiting);
    expect(time.rests).toEqual([10_200]);
  });

  it('wakes again when a timer was early', async () => {
    const { time, limits, waiting } = await opened();
    await awaitPermit(limits, 'web', waiting);
    const rests: number[] = [];
    const rest = async (ms: number): Promise<void> => {
      rests.push(ms);
      await waiting.rest(rests.length === 1 ? ms - 1 : ms);
    };
    await awaitPermit(limits, 'web', { ...waiting, rest });
    expect(rests).toEqual([20, 1]);
    expect(time.now).toBe(1_000_020);
  });

  it('is not waited for beyond what the caller has time for', async () => {
    const { limits, waiting } = await opened({ perSecond: 1 });
    await awaitPermit(limits, 'web', waiting);
    const error = await markitectFailure(() => awaitPermit(limits, 'web', { ...waiting, maxWaitMs: 1000 }));
    expect(error).toMatchObject({
      code: 'RATE_LIMIT_EXCEEDED',
      details: { name: 'web', retryAfterMs: 1000 },
    });
  });

  it('is not waited for any more once the signal says so', async () => {
    const { limits } = await opened({ perSecond: 0.001 });
    const controller = new AbortController();
    const now = () => 1_000_000;
    await awaitPermit(limits, 'web', { now });
    const waiting = awaitPermit(limits, 'web', { now, maxWaitMs: 10_000_000, signal: controller.signal });
    setImmediate(() => controller.abort(new Error('stopped')));
    await expect(waiting).rejects.toThrow('stopped');
    await expect(awaitPermit(limits, 'web', { signal: controller.signal })).rejects.toThrow('stopped');
  });
});
