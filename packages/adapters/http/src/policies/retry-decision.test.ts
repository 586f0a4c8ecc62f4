import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  AttemptFailure,
  type FailureFacts,
  statusFailure,
  timedOut,
  transportFailure,
} from '../attempt/attempt-failure.js';
import { decideRetry } from './retry-decision.js';

const options = { baseDelayMs: 100, maxDelayMs: 5000, maxRetryAfterMs: 10_000 };
const guard = { carriedOut: async () => undefined };
const coded = (code: string): Error => Object.assign(new Error(code), { code });
const facts = (over: Partial<FailureFacts>): AttemptFailure =>
  new AttemptFailure('HTTP_UNREACHABLE', 'x', {
    carriedOut: 'unknown',
    again: 'now',
    blamesServer: true,
    ...over,
  });
const kinds = (failure: AttemptFailure): string[] =>
  (['idempotent', 'never', guard] as const).map(
    (repeat) => decideRetry(failure, { repeat, delayMs: 0, hadItsOnce: false }, options, 30_000, 0.5).kind,
  );

describe('a failed attempt is followed by, for idempotent, unrepeatable and guarded requests', () => {
  it.each<[string, AttemptFailure, string[]]>([
    [
      'a refused connection',
      transportFailure(coded('ECONNREFUSED'), false, undefined),
      ['repeat', 'repeat', 'repeat'],
    ],
    [
      'an unknown host',
      transportFailure(coded('ENOTFOUND'), false, undefined),
      ['repeat', 'repeat', 'repeat'],
    ],
    [
      'a reset before sending',
      transportFailure(coded('ECONNRESET'), false, undefined),
      ['repeat', 'repeat', 'repeat'],
    ],
    [
      'a reset after sending',
      transportFailure(coded('ECONNRESET'), true, undefined),
      ['repeat', 'stop', 'ask'],
    ],
    [
      'a closed socket',
      transportFailure(coded('UND_ERR_SOCKET'), true, undefined),
      ['repeat', 'stop', 'ask'],
    ],
    ['a cut answer', transportFailure(coded('UND_ERR_SOCKET'), true, 200), ['repeat', 'stop', 'ask']],
    ['silence', timedOut(undefined), ['repeat', 'stop', 'ask']],
    [
      'a wrong certificate',
      transportFailure(coded('DEPTH_ZERO_SELF_SIGNED_CERT'), false, undefined),
      ['stop', 'stop', 'stop'],
    ],
    ['429', statusFailure(429, undefined)!, ['repeat', 'repeat', 'repeat']],
    ['500', statusFailure(500, undefined)!, ['repeat', 'stop', 'ask']],
    ['502', statusFailure(502, undefined)!, ['repeat', 'stop', 'ask']],
    ['501', statusFailure(501, undefined)!, ['stop', 'stop', 'stop']],
    ['503', statusFailure(503, undefined)!, ['repeat', 'stop', 'ask']],
    ['503 with Retry-After', statusFailure(503, 1000)!, ['repeat', 'repeat', 'repeat']],
    ['an open breaker', facts({ carriedOut: 'no', again: 'later' }), ['stop', 'stop', 'stop']],
    [
      'too much',
      transportFailure(coded('UND_ERR_RES_EXCEEDED_MAX_SIZE'), true, 200),
      ['repeat', 'stop', 'ask'],
    ],
  ])('%s', (_name, failure, expected) => {
    expect(kinds(failure)).toEqual(expected);
  });

  it('too much a second time: nothing', () => {
    const failure = transportFailure(coded('UND_ERR_RES_EXCEEDED_MAX_SIZE'), true, 200);
    const exchange = { repeat: 'idempotent', delayMs: 0, hadItsOnce: true } as const;
    expect(decideRetry(failure, exchange, options, 30_000, 0.5).kind).toBe('stop');
  });

  it('no status below 500 but 429 is a failure', () => {
    for (let status = 200; status < 500; status += 1) {
      expect(statusFailure(status, undefined) === undefined).toBe(status !== 429);
    }
  });
});

describe('the pause', () => {
  const decide = (over: Partial<FailureFacts>, delayMs: number, remainingMs: number, random: number) =>
    decideRetry(
      facts({ carriedOut: 'no', ...over }),
      { repeat: 'never', delayMs, hadItsOnce: false },
      options,
      remainingMs,
      random,
    );

  it('lies between the base and three times the last one, and never above the most', () => {
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5000 }), random, (last, chance) => {
        const decision = decide({}, last, 1e9, chance);
        if (decision.kind === 'stop') throw new Error('stopped');
        expect(decision.delayMs).toBeGreaterThanOrEqual(100);
        expect(decision.delayMs).toBeLessThanOrEqual(Math.min(5000, Math.max(100, last) * 3));
      }),
    );
  });

  it('is never shorter than the server asks, and hardly longer', () => {
    expect(decide({ retryAfterMs: 2000 }, 0, 30_000, 0)).toEqual({ kind: 'repeat', delayMs: 2000 });
    expect(decide({ retryAfterMs: 2000 }, 0, 30_000, 0.9)).toEqual({ kind: 'repeat', delayMs: 2090 });
  });

  it('is not begun when it is longer than the cap or what is left of the deadline', () => {
    expect(decide({ retryAfterMs: 10_001 }, 0, 30_000, 0)).toEqual({ kind: 'stop', isTooLong: true });
    expect(decide({ retryAfterMs: 10_000 }, 0, 30_000, 0).kind).toBe('repeat');
    expect(decide({ retryAfterMs: 2000 }, 0, 1999, 0)).toEqual({ kind: 'stop', isTooLong: true });
    expect(decide({}, 0, 99, 0)).toEqual({ kind: 'stop' });
  });
});
