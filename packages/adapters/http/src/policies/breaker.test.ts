import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { AttemptFailure, statusFailure } from '../attempt/attempt-failure.js';
import { Breaker } from './breaker.js';

const options = {
  threshold: 0.5,
  windowMs: 10_000,
  minimumAttempts: 10,
  openMs: 5000,
  slowMs: 1000,
  probeMs: 500,
};
const fails = (): Promise<never> => Promise.reject(statusFailure(500, undefined)!);
const succeeds = (): Promise<string> => Promise.resolve('done');
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: unknown) => (error as AttemptFailure).code,
  );

describe('the breaker', () => {
  beforeEach(
    () => void jest.useFakeTimers({ now: 1e9, doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] }),
  );
  afterEach(() => void jest.useRealTimers());

  async function opened(): Promise<Breaker> {
    const breaker = new Breaker(options);
    for (let each = 0; each < 10; each += 1) await codeOf(breaker.run(fails));
    return breaker;
  }

  it('opens when more than the share of enough attempts fails, and then sends nothing', async () => {
    const breaker = await opened();
    expect(breaker.state).toBe('open');
    expect(breaker.opened).toBe(1);
    const attempt = jest.fn(succeeds);
    jest.setSystemTime(1e9 + 2000);
    await expect(breaker.run(attempt)).rejects.toMatchObject({
      code: 'HTTP_CIRCUIT_OPEN',
      facts: { carriedOut: 'no', again: 'later', retryAfterMs: 3000 },
    });
    expect(attempt).not.toHaveBeenCalled();
  });

  it('forgets what was before its window, also when nothing was attempted in between', async () => {
    const breaker = new Breaker(options);
    for (let each = 0; each < 100; each += 1) await breaker.run(succeeds);
    jest.setSystemTime(1e9 + 10_001);
    for (let each = 0; each < 9; each += 1) await codeOf(breaker.run(fails));
    expect(breaker.state).toBe('closed');
    await codeOf(breaker.run(fails));
    expect(breaker.state).toBe('open');
  });

  it('stays closed below the share, or with too few attempts', async () => {
    const breaker = new Breaker(options);
    for (let each = 0; each < 9; each += 1) await codeOf(breaker.run(fails));
    expect(breaker.state).toBe('closed');
    for (let each = 0; each < 20; each += 1) await breaker.run(succeeds);
    for (let each = 0; each < 11; each += 1) await codeOf(breaker.run(fails));
    expect(breaker.state).toBe('closed');
  });

  it('lets one attempt through after its time; the others are refused, not kept waiting', async () => {
    const breaker = await opened();
    jest.setSystemTime(1e9 + 5001);
    let answer!: () => void;
    const probe = breaker.run(() => new Promise<void>((resolve) => (answer = resolve)));
    expect(breaker.state).toBe('half-open');
    const other = jest.fn(succeeds);
    await expect(codeOf(breaker.run(other))).resolves.toBe('HTTP_CIRCUIT_OPEN');
    expect(other).not.toHaveBeenCalled();
    answer();
    await probe;
    expect(breaker.state).toBe('closed');
    // The one that was refused was none.
    expect(breaker.probed).toBe(1);
    await expect(breaker.run(succeeds)).resolves.toBe('done');
  });

  it.each<[string, AttemptFailure, string]>([
    ['fails', statusFailure(502, undefined)!, 'open'],
    [
      'was given up before it said anything',
      new AttemptFailure('HTTP_TIMEOUT', '', { carriedOut: 'unknown', again: 'never', blamesServer: false }),
      'open',
    ],
    ['is told to slow down', statusFailure(429, undefined)!, 'closed'],
  ])('after a probe that %s', async (_name, failure, state) => {
    const breaker = await opened();
    jest.setSystemTime(1e9 + 5001);
    await expect(codeOf(breaker.run(() => Promise.reject(failure)))).resolves.toBe(failure.code);
    expect(breaker.state).toBe(state);
    expect(breaker.opened).toBe(state === 'open' ? 2 : 1);
  });

  it('is not opened again by attempts from before that fail when the server is back', async () => {
    const breaker = new Breaker(options);
    const late: (() => void)[] = [];
    const old = Array.from({ length: 20 }, () =>
      codeOf(
        breaker.run(
          () => new Promise((_, reject) => late.push(() => reject(statusFailure(500, undefined)!))),
        ),
      ),
    );
    for (let each = 0; each < 10; each += 1) await codeOf(breaker.run(fails));
    jest.setSystemTime(1e9 + 5001);
    await breaker.run(succeeds);
    expect(breaker.state).toBe('closed');
    for (const fail of late) fail();
    await expect(Promise.all(old)).resolves.toEqual(Array.from({ length: 20 }, () => 'HTTP_SERVER_FAILED'));
    expect(breaker.state).toBe('closed');
  });

  it('is not opened by what is not the fault of the server', async () => {
    const breaker = new Breaker(options);
    for (let each = 0; each < 100; each += 1) {
      await codeOf(breaker.run(() => Promise.reject(statusFailure(429, undefined)!)));
    }
    expect(breaker.state).toBe('closed');
  });
});
