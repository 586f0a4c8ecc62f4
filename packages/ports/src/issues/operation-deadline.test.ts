import { describe, expect, it } from '@jest/globals';
import { limitedRequest, withinLimits } from './operation-deadline.js';

describe('withinLimits', () => {
  it('leaves requests outside of it alone', () => {
    expect(limitedRequest()).toEqual({});
    const { signal } = new AbortController();
    expect(limitedRequest(500, signal)).toEqual({ deadlineMs: 500, signal });
  });

  it('gives each request what is left, and never more than it has by itself', async () => {
    await withinLimits({ deadlineMs: 60_000 }, async () => {
      await Promise.resolve();
      const { deadlineMs = 0 } = limitedRequest();
      expect(deadlineMs).toBeLessThan(60_000);
      expect(deadlineMs).toBeGreaterThan(1000);
      expect(limitedRequest(500).deadlineMs).toBe(500);
    });
  });

  it('is never longer than the one around it', async () => {
    await withinLimits({ deadlineMs: 10_000 }, () =>
      withinLimits({ deadlineMs: 60_000 }, async () => {
        await Promise.resolve();
        expect(limitedRequest().deadlineMs).toBeLessThanOrEqual(10_000);
      }),
    );
  });

  it('refuses a request when nothing is left', async () => {
    await withinLimits({ deadlineMs: 1 }, async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      expect(() => limitedRequest()).toThrow(
        expect.objectContaining({ code: 'DEADLINE_EXCEEDED', details: { deadlineMs: 1 } }),
      );
    });
  });

  it('passes all signals on', async () => {
    const [outer, inner, own] = [new AbortController(), new AbortController(), new AbortController()];
    await withinLimits({ signal: outer.signal }, () =>
      withinLimits({ signal: inner.signal }, async () => {
        await Promise.resolve();
        const { signal, deadlineMs } = limitedRequest(undefined, own.signal);
        expect(deadlineMs).toBeUndefined();
        outer.abort();
        expect(signal?.aborted).toBe(true);
        expect(() => limitedRequest()).toThrow(expect.objectContaining({ code: 'DEADLINE_EXCEEDED' }));
      }),
    );
  });
});
