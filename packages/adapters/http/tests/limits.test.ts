import { describe, expect, it } from '@jest/globals';
import { FakeClock } from './fake-clock.js';
import { json, silence } from './misbehaving-server.js';
import { failureOf, openBench } from './open-connection.js';

const bench = openBench();
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const page = (number: number) => ({ method: 'GET', path: 'x', query: { page: number } }) as const;

describe('sockets', () => {
  it('are waited for in order; when too many wait the next is refused, and those who leave make room', async () => {
    const { server, open } = bench();
    const http = await open({ connections: 1, maxWaiting: 2 });
    const answers: (() => void)[] = [];
    server.will((response, request) => void answers.push(() => void json(request.url)(response, request)));
    const leaving = new AbortController();
    const first = http.request(page(1));
    while (server.seen.length < 1) await turn();
    const second = failureOf(http.request({ ...page(2), signal: leaving.signal }));
    const third = http.request(page(3));
    await turn();
    expect(await failureOf(http.request(page(4)))).toMatchObject({
      code: 'HTTP_OVERLOADED',
      retryable: true,
      details: { attempts: 0 },
    });
    leaving.abort();
    await expect(second).resolves.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    const fifth = http.request(page(5));
    await turn();
    expect(http.stats().leases['requests']).toMatchObject({ inUse: 1, idle: 0, waiting: 2 });
    for (const [index, call] of [first, third, fifth].entries()) {
      while (answers.length < index + 1) await turn();
      answers[index]!();
      await call;
    }
    expect(server.seen.map(({ url }) => url.slice(-1))).toEqual(['1', '3', '5']);
    expect(http.stats()).toMatchObject({
      counters: { rejected: 1, failures: 2 },
      leases: { requests: { waiting: 0 } },
    });
    expect(http.stats().leases['requests']!.waitMs).toBeGreaterThan(0);
  });

  it('are not needed for health', async () => {
    const { server, open } = bench();
    const http = await open({ connections: 1, healthPath: 'version' });
    server.will(silence, json());
    const stop = new AbortController();
    const call = failureOf(http.request({ ...page(1), signal: stop.signal }));
    while (server.seen.length < 1) await turn();
    await expect(http.health()).resolves.toMatchObject({ status: 'up' });
    expect(server.seen[1]!.url).toBe('/api/v1/version');
    stop.abort();
    await call;
  });
});

describe('the rate limit', () => {
  it('lets attempts wait for their turn, and refuses those who cannot live to see it', async () => {
    const { open } = bench();
    const clock = new FakeClock();
    const http = await open({ rateLimit: { perSecond: 1, burst: 2 } }, clock);
    await http.request(page(1));
    await http.request(page(2));
    const waits = http.request(page(3));
    for (let each = 0; each < 5; each += 1) await turn();
    const late = await failureOf(http.request({ ...page(4), deadlineMs: 1500 }));
    expect(late).toMatchObject({
      code: 'HTTP_RATE_LIMITED',
      kind: 'RateLimited',
      details: { retryAfterMs: 2000, attempts: 0 },
    });
    clock.advance(1000);
    await waits;
    expect(http.stats().counters).toMatchObject({ rateLimitWaits: 1, rateLimitWaitMs: 1000, rejected: 1 });
  });
});

describe('health', () => {
  it.each<[number, string]>([
    [200, 'up'],
    [404, 'up'],
    [429, 'up'],
    [500, 'down'],
    [502, 'down'],
  ])('with an answer of %p is %s', async (status, expected) => {
    const { server, open } = bench();
    server.will(json({}, status));
    await expect((await open()).health()).resolves.toMatchObject({ status: expected });
    expect(server.seen).toHaveLength(1);
  });

  it('is down when nobody answers in its time, and closed when it is not open', async () => {
    const { server, open } = bench();
    const http = await open({ healthTimeoutMs: 30 });
    server.will(silence);
    await expect(http.health()).resolves.toMatchObject({
      status: 'down',
      error: { code: 'DEADLINE_EXCEEDED' },
    });
    await http.close();
    await expect(http.health()).resolves.toEqual({ status: 'closed', latencyMs: 0 });
  });
});
