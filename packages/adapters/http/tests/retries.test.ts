import { describe, expect, it } from '@jest/globals';
import { FakeClock } from './fake-clock.js';
import { type Behaviour, cutShort, json, raw, reset, silence } from './misbehaving-server.js';
import { failureOf, openBench } from './open-connection.js';

const bench = openBench();
const jsonType = { 'content-type': 'application/json' };
const slowBody: Behaviour = (response) => {
  response.writeHead(200, jsonType);
  response.write('{"a":');
};

/** Each misbehaviour, and the error where nothing helps. */
const transient: [string, Behaviour, string][] = [
  ['a reset', reset, 'HTTP_UNREACHABLE'],
  ['500', json({}, 500), 'HTTP_SERVER_FAILED'],
  ['502', raw('<h1>bad</h1>', { 'content-type': 'text/html' }, 502), 'HTTP_SERVER_FAILED'],
  ['503', json({}, 503), 'HTTP_SERVER_FAILED'],
  ['429', json({}, 429), 'HTTP_RATE_LIMITED'],
  ['429 with Retry-After', json({}, 429, { 'retry-after': '0' }), 'HTTP_RATE_LIMITED'],
  ['truncated JSON', raw('{"a":', jsonType), 'HTTP_RESPONSE_INVALID'],
  ['a body cut short', cutShort, 'HTTP_RESPONSE_INVALID'],
  ['bytes that are no UTF-8', raw(Buffer.from('"\xff"', 'latin1'), jsonType), 'HTTP_RESPONSE_INVALID'],
  ['the wrong content type', raw('<h1>hi</h1>', { 'content-type': 'text/html' }), 'HTTP_RESPONSE_INVALID'],
  ['a compressed body', raw('xx', { ...jsonType, 'content-encoding': 'gzip' }), 'HTTP_RESPONSE_INVALID'],
  ['slow headers', silence, 'HTTP_TIMEOUT'],
  ['a slow body', slowBody, 'HTTP_TIMEOUT'],
  ['no HTTP', (response) => void response.socket?.write('hello\r\n\r\n'), 'HTTP_RESPONSE_INVALID'],
];
const quick = { headersTimeoutMs: 60, bodyTimeoutMs: 60, connections: 4 };

describe('a read over a bad connection', () => {
  it.each(transient)('is answered after %s', async (_name, behaviour) => {
    const { server, open } = bench();
    const http = await open(quick);
    server.will(behaviour, behaviour, json({ fine: true }));
    await expect(http.request({ method: 'GET', path: 'x' })).resolves.toMatchObject({ body: { fine: true } });
    expect(http.stats().counters).toMatchObject({ requests: 1, attempts: 3, retries: 2, failures: 0 });
  });

  it.each(transient)('says so when there is nothing but %s', async (_name, behaviour, code) => {
    const { server, open } = bench();
    const http = await open({ ...quick, retry: { attempts: 3 } });
    server.will(behaviour);
    const error = await failureOf(http.request({ method: 'GET', path: 'a/b' }));
    expect(error).toMatchObject({
      code,
      retryable: true,
      details: { method: 'GET', path: 'a/b', attempts: 3 },
    });
    expect(server.seen).toHaveLength(3);
    expect(http.stats().counters).toMatchObject({ retries: 2, failures: 1 });
  });

  it('is repeated once, and no more, when the answer is too large, announced or not', async () => {
    const { server, open } = bench();
    const http = await open({ maxResponseBytes: 1000 });
    const announced: Behaviour = (response) => {
      response.writeHead(200, { ...jsonType, 'content-length': '1001' });
      response.write('"');
    };
    const streamed: Behaviour = (response) => {
      response.writeHead(200, jsonType);
      for (let part = 0; part < 11; part += 1) response.write('x'.repeat(100));
    };
    for (const behaviour of [announced, streamed]) {
      server.will(behaviour);
      const error = await failureOf(http.request({ method: 'GET', path: 'x' }));
      expect(error).toMatchObject({ code: 'HTTP_RESPONSE_TOO_LARGE', retryable: false });
    }
    expect(server.seen).toHaveLength(4);
    server.will(announced, raw(`"${'x'.repeat(998)}"`, jsonType));
    await expect(http.request({ method: 'GET', path: 'x' })).resolves.toMatchObject({ status: 200 });
  });

  it('is repeated when the connection is refused', async () => {
    const { server, open } = bench();
    const http = await open({ retry: { attempts: 3 } });
    await server.stop();
    const error = await failureOf(http.request({ method: 'GET', path: 'x' }));
    expect(error).toMatchObject({ code: 'HTTP_UNREACHABLE', details: { vendorCode: 'ECONNREFUSED' } });
    expect(http.stats().counters).toMatchObject({ attempts: 3 });
  });
});

describe('Retry-After', () => {
  it('that is longer than the deadline or the cap fails at once and says how long', async () => {
    const { server, open } = bench();
    const http = await open({ retry: { maxRetryAfterMs: 60_000 } });
    const request = { method: 'GET', path: 'x' } as const;
    server.will(json({}, 429, { 'retry-after': '20' }));
    const late = await failureOf(http.request({ ...request, deadlineMs: 15_000 }));
    expect(late).toMatchObject({
      code: 'HTTP_RATE_LIMITED',
      kind: 'RateLimited',
      details: { retryAfterMs: 20_000 },
    });
    server.will(json({}, 503, { 'retry-after': '61' }));
    const capped = await failureOf(http.request({ ...request, deadlineMs: 100_000 }));
    expect(capped).toMatchObject({
      code: 'HTTP_SERVER_FAILED',
      details: { retryAfterMs: 61_000, status: 503 },
    });
    expect(server.seen).toHaveLength(2);
    expect(http.stats().counters).toMatchObject({ retryAfterRefused: 2, retryAfterObeyed: 0, retries: 0 });
  });

  it('is obeyed before the next attempt', async () => {
    const { server, open } = bench();
    const http = await open();
    const times: number[] = [];
    const noted =
      (behaviour: Behaviour): Behaviour =>
      (response, request) => {
        times.push(performance.now());
        return behaviour(response, request);
      };
    server.will(noted(json({}, 429, { 'retry-after': '1' })), noted(json()));
    await http.request({ method: 'POST', path: 'x' });
    expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(990);
    expect(http.stats().counters).toMatchObject({ retryAfterObeyed: 1, retryAfterRefused: 0, retries: 1 });
  });
});

describe('the retry budget', () => {
  it('stops the repeating of a server in trouble; the caller gets the failure itself', async () => {
    const { server, open } = bench();
    const clock = new FakeClock();
    const http = await open(
      { retry: { budgetPerSecond: 0, budgetRatio: 0.1 }, breaker: { minimumAttempts: 10_000 } },
      clock,
    );
    server.will(json({}, 500));
    for (let each = 0; each < 200; each += 1) {
      const error = await failureOf(http.request({ method: 'GET', path: 'x' }));
      expect(error.code).toBe('HTTP_SERVER_FAILED');
    }
    const { retries, retriesRefused } = http.stats().counters!;
    expect(retries).toBeGreaterThanOrEqual(29);
    expect(retries).toBeLessThanOrEqual(30);
    expect(retriesRefused).toBeGreaterThan(100);
    expect(server.seen).toHaveLength(200 + retries!);
  });
});

describe('the breaker', () => {
  it('opens, refuses at once, probes and closes; health asks past it', async () => {
    const { server, open } = bench();
    const http = await open({
      breaker: { minimumAttempts: 5, openMs: 50, windowMs: 60_000 },
      retry: { attempts: 1 },
    });
    const get = () => http.request({ method: 'GET', path: 'x' });
    server.will(json({}, 500));
    for (let each = 0; each < 5; each += 1) await failureOf(get());
    expect(http.stats().states).toEqual({ breaker: 'open' });
    const seen = server.seen.length;
    expect(await failureOf(get())).toMatchObject({
      code: 'HTTP_CIRCUIT_OPEN',
      retryable: true,
      details: { attempts: 0 },
    });
    expect(server.seen).toHaveLength(seen);
    await expect(http.health()).resolves.toMatchObject({
      status: 'down',
      error: { code: 'HTTP_SERVER_FAILED' },
    });
    server.will(json());
    await expect(http.health()).resolves.toMatchObject({ status: 'up' });
    expect(http.stats().states).toEqual({ breaker: 'open' });
    await new Promise((resolve) => setTimeout(resolve, 60));
    await expect(get()).resolves.toMatchObject({ status: 200 });
    expect(http.stats()).toMatchObject({
      states: { breaker: 'closed' },
      counters: { breakerOpened: 1, breakerProbes: 1, rejected: 1 },
    });
  });

  /** A connection whose breaker a server that says nothing has opened, and whose time for a probe has come. */
  async function silenced(probeMs: number, clock?: FakeClock) {
    const { server, open } = bench();
    const http = await open(
      {
        breaker: { minimumAttempts: 3, openMs: 20, windowMs: 60_000, slowMs: 1, probeMs },
        headersTimeoutMs: 60_000,
        retry: { attempts: 1 },
      },
      clock,
    );
    server.will(silence);
    const get = (deadlineMs = 30_000) => http.request({ method: 'GET', path: 'x', deadlineMs, share: false });
    return { server, http, get };
  }
  const untilProbe = () => new Promise((resolve) => setTimeout(resolve, 30));

  it('gives a probe into a black hole less time than other attempts, so that it is soon closed again', async () => {
    const { server, http, get } = await silenced(40);
    for (let each = 0; each < 3; each += 1) await failureOf(get(30));
    expect(http.stats().states).toEqual({ breaker: 'open' });
    await untilProbe();
    // Not the deadline of its caller, nor the time that other attempts have: its own.
    expect(await failureOf(get())).toMatchObject({ code: 'HTTP_TIMEOUT' });
    expect(http.stats().states).toEqual({ breaker: 'open' });
    server.will(json());
    await untilProbe();
    await expect(get()).resolves.toMatchObject({ status: 200 });
    expect(http.stats().states).toEqual({ breaker: 'closed' });
  });

  it('gives every fourth probe in a row all the time there is: a slow server is not a dead one', async () => {
    const clock = new FakeClock();
    const { server, http, get } = await silenced(1000, clock);
    for (let each = 0; each < 3; each += 1) {
      const failing = failureOf(get(30));
      while (server.seen.length <= each) await new Promise((resolve) => setImmediate(resolve));
      clock.advance(30);
      await failing;
    }
    const probe = async (ms: number) => {
      await untilProbe();
      const seen = server.seen.length;
      const result = get(50_000).then(
        () => 'answered',
        (error: unknown) => (error as { code: string }).code,
      );
      while (server.seen.length === seen) await new Promise((resolve) => setImmediate(resolve));
      clock.advance(ms);
      return Promise.race([result, untilProbe().then(() => 'waits')]);
    };
    for (let each = 0; each < 3; each += 1) expect(await probe(1000)).toBe('HTTP_TIMEOUT');
    expect(await probe(1000)).toBe('waits');
    expect(http.stats()).toMatchObject({ states: { breaker: 'half-open' }, counters: { breakerProbes: 4 } });
    clock.advance(60_000);
  });

  it('is opened by deadlines that pass in silence, not by impatience', async () => {
    const { server, open } = bench();
    const breaker = { minimumAttempts: 3, windowMs: 60_000 };
    server.will(silence);
    const request = { method: 'GET', path: 'x', deadlineMs: 30 } as const;
    const patient = await open({ breaker: { ...breaker, slowMs: 20 } });
    const impatient = await open({ breaker: { ...breaker, slowMs: 60_000 } });
    for (let each = 0; each < 3; each += 1) {
      await failureOf(patient.request(request));
      await failureOf(impatient.request(request));
    }
    await new Promise((resolve) => setImmediate(resolve));
    expect(patient.stats().states).toEqual({ breaker: 'open' });
    expect(impatient.stats().states).toEqual({ breaker: 'closed' });
  });
});
