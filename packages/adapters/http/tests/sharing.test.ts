import { describe, expect, it } from '@jest/globals';
import { FakeClock } from './fake-clock.js';
import { type Behaviour, json } from './misbehaving-server.js';
import { failureOf, openBench } from './open-connection.js';

const bench = openBench();
const get = { method: 'GET', path: 'x' } as const;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Answers when it is told to. */
function held(body: unknown = { items: [1] }): { behaviour: Behaviour; answer: () => void } {
  const answers: (() => void)[] = [];
  return {
    behaviour: (response, request) => void answers.push(() => void json(body)(response, request)),
    answer: () => answers.splice(0).forEach((each) => each()),
  };
}

describe('identical GETs at the same time', () => {
  it('are one request; each caller has a body of its own', async () => {
    const { server, open } = bench();
    const http = await open();
    const { behaviour, answer } = held();
    server.will(behaviour);
    const calls = [1, 2, 3].map(() => http.request({ ...get, query: { page: 1 } }));
    while (server.seen.length < 1) await turn();
    answer();
    const bodies = (await Promise.all(calls)).map(({ body }) => body);
    expect(bodies).toEqual([{ items: [1] }, { items: [1] }, { items: [1] }]);
    expect(bodies[0]).not.toBe(bodies[1]);
    expect(bodies[1]).not.toBe(bodies[2]);
    expect(server.seen).toHaveLength(1);
    expect(http.stats().counters).toMatchObject({ requests: 3, attempts: 1, shared: 2 });
  });

  it('are not one request when anything differs, or when one is begun later', async () => {
    const { server, open } = bench();
    const http = await open();
    await Promise.all([
      http.request(get),
      http.request({ ...get, query: { page: 2 } }),
      http.request({ ...get, headers: { 'x-y': '1' } }),
      http.request({ ...get, expect: 'text' }),
      http.request({ ...get, share: false }),
      http.request({ ...get, method: 'HEAD' }),
    ]);
    await http.request(get);
    expect(server.seen).toHaveLength(7);
    expect(http.stats().counters).toMatchObject({ shared: 0 });
  });

  it('keep going for the others when one leaves, and end when the last has left', async () => {
    const { server, open } = bench();
    const http = await open();
    const { behaviour, answer } = held();
    const closed: string[] = [];
    server.will((response, request) => {
      response.on('close', () => closed.push(request.url ?? ''));
      return behaviour(response, request);
    });
    const [first, second] = [new AbortController(), new AbortController()];
    const one = failureOf(http.request({ ...get, signal: first.signal }));
    const two = http.request({ ...get, signal: second.signal });
    while (server.seen.length < 1) await turn();
    first.abort();
    await expect(one).resolves.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    expect(closed).toEqual([]);
    answer();
    await expect(two).resolves.toMatchObject({ status: 200 });

    closed.length = 0;
    const leaving = new AbortController();
    const last = failureOf(http.request({ ...get, signal: leaving.signal }));
    while (server.seen.length < 2) await turn();
    leaving.abort();
    await last;
    while (closed.length < 1) await turn();
  });

  it('have deadlines of their own', async () => {
    const { server, open } = bench();
    const clock = new FakeClock();
    const http = await open({}, clock);
    const { behaviour, answer } = held();
    server.will(behaviour);
    const short = failureOf(http.request({ ...get, deadlineMs: 1000 }));
    const long = http.request({ ...get, deadlineMs: 5000 });
    while (server.seen.length < 1) await turn();
    clock.advance(1000);
    await expect(short).resolves.toMatchObject({ code: 'DEADLINE_EXCEEDED', details: { deadlineMs: 1000 } });
    answer();
    await expect(long).resolves.toMatchObject({ status: 200 });
    expect(clock.pending).toBe(0);
  });

  it('are not shared across a write: who reads after it sees it', async () => {
    const { server, open } = bench();
    const http = await open();
    const { behaviour, answer } = held('old');
    server.will(behaviour, json({}, 201), json('new'));
    const before = http.request(get);
    while (server.seen.length < 1) await turn();
    await http.request({ method: 'POST', path: 'y' });
    await expect(http.request(get)).resolves.toMatchObject({ body: 'new' });
    answer();
    await expect(before).resolves.toMatchObject({ body: 'old' });
  });

  it('take no listener of a signal with them', async () => {
    const http = await bench().open();
    const { signal } = new AbortController();
    const added: string[] = [];
    const { addEventListener, removeEventListener } = signal;
    Object.assign(signal, {
      addEventListener: (...args: Parameters<typeof addEventListener>) => {
        added.push('added');
        addEventListener.apply(signal, args);
      },
      removeEventListener: (...args: Parameters<typeof removeEventListener>) => {
        added.pop();
        removeEventListener.apply(signal, args);
      },
    });
    await Promise.all(
      Array.from({ length: 20 }, (_, page) => http.request({ ...get, query: { page }, signal })),
    );
    expect(added).toEqual([]);
  });
});

describe('a slow GET', () => {
  const hedging = { hedgeAfterMs: 200 };

  it('is sent a second time; the first answer counts and the other request is given up', async () => {
    const { server, open } = bench();
    const clock = new FakeClock();
    const http = await open(hedging, clock);
    const first = { isGivenUp: false };
    server.will((response) => void response.on('close', () => (first.isGivenUp = true)), json('second'));
    const call = http.request(get);
    while (server.seen.length < 1) await turn();
    clock.advance(199);
    await turn();
    expect(server.seen).toHaveLength(1);
    clock.advance(1);
    await expect(call).resolves.toMatchObject({ body: 'second' });
    while (!first.isGivenUp) await turn();
    expect(http.stats()).toMatchObject({
      counters: { attempts: 2, hedges: 1, retries: 0 },
      leases: { requests: { inUse: 0 } },
    });
  });

  it('whose first copy answers after all is answered by that', async () => {
    const { server, open } = bench();
    const clock = new FakeClock();
    const http = await open(hedging, clock);
    const { behaviour, answer } = held('first');
    server.will(behaviour, () => undefined);
    const call = http.request(get);
    while (server.seen.length < 1) await turn();
    clock.advance(200);
    while (server.seen.length < 2) await turn();
    answer();
    await expect(call).resolves.toMatchObject({ body: 'first' });
  });

  it('whose first copy fails is answered by the second', async () => {
    const { server, open } = bench();
    const clock = new FakeClock();
    const http = await open({ ...hedging, retry: { attempts: 1 } }, clock);
    let fail!: () => void;
    const { behaviour, answer } = held('second');
    server.will((response) => void (fail = () => void response.destroy()), behaviour);
    const call = http.request(get);
    while (server.seen.length < 1) await turn();
    clock.advance(200);
    while (server.seen.length < 2) await turn();
    fail();
    await turn();
    answer();
    await expect(call).resolves.toMatchObject({ body: 'second' });
  });

  it.each<[string, object, object]>([
    ['the request does not want it', {}, { hedge: false }],
    ['no socket is idle', { connections: 1 }, {}],
    ['the rate limit has nothing left', { rateLimit: { perSecond: 0.001, burst: 1 } }, {}],
  ])('is not sent a second time when %s', async (_name, options, request) => {
    const { server, open } = bench();
    const clock = new FakeClock();
    const http = await open({ ...hedging, ...options }, clock);
    const { behaviour, answer } = held();
    server.will(behaviour);
    const call = http.request({ ...get, ...request });
    while (server.seen.length < 1) await turn();
    clock.advance(300);
    await turn();
    answer();
    await call;
    expect(http.stats().counters).toMatchObject({ hedges: 0, attempts: 1 });
  });

  it('is not sent a second time when the retry budget is spent', async () => {
    const { server, open } = bench();
    const clock = new FakeClock();
    const http = await open({ ...hedging, retry: { budgetRatio: 0, budgetPerSecond: 0 } }, clock);
    const slow: Behaviour = () => undefined;
    for (let each = 0; each < 12; each += 1) {
      const seen = server.seen.length;
      const { behaviour, answer } = held();
      server.will(behaviour);
      const call = http.request(get);
      while (server.seen.length < seen + 1) await turn();
      server.will(slow);
      clock.advance(200);
      if (each < 10) while (server.seen.length < seen + 2) await turn();
      answer();
      await call;
    }
    expect(http.stats().counters).toMatchObject({ hedges: 10, retriesRefused: 2 });
  });
});
