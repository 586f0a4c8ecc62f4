import { describe, expect, it } from '@jest/globals';
import { FakeClock } from '../../tests/fake-clock.js';
import { newCounters } from '../http-counters.js';
import { resolveHttpOptions } from '../http-options.js';
import { Breaker } from '../policies/breaker.js';
import { RetryBudget } from '../policies/retry-budget.js';
import { type AttemptFailure, statusFailure } from './attempt-failure.js';
import { Attempts } from './attempts.js';
import { Exchange } from './exchange.js';
import { requestLine } from './request-line.js';

const untilProbe = () => new Promise((resolve) => setTimeout(resolve, 30));

describe('a probe', () => {
  it.each([
    ['GET', 'HTTP_TIMEOUT'],
    ['POST', 'waits'],
  ] as const)('that is a %s and does not even connect: %s', async (method, expected) => {
    const clock = new FakeClock();
    const seen: string[] = [];
    const pool = {
      dispatch: () => {
        seen.push('dispatched');
        return true;
      },
      destroy: () => Promise.resolve(),
    };
    const options = resolveHttpOptions({
      name: 'git',
      baseUrl: 'http://git.example/',
      breaker: { minimumAttempts: 1, windowMs: 1000, openMs: 20, probeMs: 500 },
    });
    const breaker = new Breaker(options.breaker);
    const attempts = new Attempts(pool, {
      ...{ options, clock, breaker, counters: newCounters(), limiter: undefined },
      budget: new RetryBudget({ ratio: 1, perSecond: 1 }, () => clock.now()),
    });
    const refuse = () => Promise.reject(statusFailure(500, undefined)!);
    while (breaker.state !== 'open') await breaker.run(refuse).catch(() => undefined);
    await untilProbe();
    const request = { method, path: 'x' };
    const exchange = new Exchange(request, requestLine('/', request), [], false);
    exchange.deadlineAt = 60_000;
    const failing = attempts.make(exchange).then(
      () => 'answered',
      (error: unknown) => (error as AttemptFailure).facts,
    );
    while (seen.length === 0) await new Promise((resolve) => setImmediate(resolve));
    clock.advance(500);
    const state = await Promise.race([failing, untilProbe().then(() => 'waits')]);
    // Of a write that is given up nobody would know what became of it.
    if (expected === 'waits') expect([state, breaker.state]).toEqual(['waits', 'half-open']);
    else expect([state, breaker.state]).toEqual([expect.objectContaining({ carriedOut: 'no' }), 'open']);
    exchange.cancel();
  });
});
