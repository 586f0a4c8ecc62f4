import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type FaultKind, faultKinds } from '../src/faults/fault-kinds.js';
import { type FaultProxy, startFaultProxy } from '../src/faults/fault-proxy.js';

const BODY = JSON.stringify({ text: 'x'.repeat(1000) });
let server: Server;
let target: string;
let served = 0;
let proxy: FaultProxy;

beforeAll(async () => {
  server = createServer((incoming, response) => {
    served += 1;
    incoming.resume();
    response.writeHead(incoming.method === 'POST' ? 201 : 200, { 'content-type': 'application/json' });
    response.end(BODY);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  target = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(async () => {
  served = 0;
  proxy = await startFaultProxy({ target, seed: 1, slowMs: 200, hugeBytes: 5_000_000, burst: 3 });
});
afterEach(() => proxy.stop());

/** One request that certainly meets the fault. */
function meet(fault: FaultKind, init: RequestInit = {}): Promise<Response> {
  proxy.setFaults([fault]);
  proxy.setRate(1);
  return fetch(`${proxy.url}/issues?page=1`, init);
}

const last = () => proxy.requests.at(-1);

it('passes everything on when the rate is 0', async () => {
  const answer = await fetch(`${proxy.url}/issues`, { method: 'POST', body: '{"a":1}' });
  expect([answer.status, await answer.text()]).toEqual([201, BODY]);
  expect(last()).toEqual({ method: 'POST', path: '/issues', fault: undefined, forwarded: true, status: 201 });
  expect(proxy.counts.none).toBe(1);
});

describe('a fault in front of the server', () => {
  it.each<[FaultKind, number, string | null]>([
    ['status-500', 500, null],
    ['status-503', 503, null],
    ['status-429', 429, null],
    ['status-429-retry-after', 429, '1'],
    ['status-502-burst', 502, null],
  ])('%s answers %i and the server sees nothing', async (fault, status, retryAfter) => {
    const answer = await meet(fault, { method: 'POST', body: '{}' });
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([status, retryAfter]);
    expect(await answer.json()).toEqual({ message: `injected ${fault}` });
    expect(last()).toMatchObject({ method: 'POST', path: '/issues?page=1', fault, forwarded: false });
    expect([served, proxy.counts[fault]]).toEqual([0, 1]);
  });

  it('reset-before breaks the connection', async () => {
    await expect(meet('reset-before')).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
    expect(served).toBe(0);
  });

  it('status-502-burst goes on for as many requests as set, whatever the rate', async () => {
    const statuses = [(await meet('status-502-burst')).status];
    proxy.setRate(0);
    for (let index = 0; index < 3; index += 1) statuses.push((await fetch(proxy.url)).status);
    expect(statuses).toEqual([502, 502, 502, 200]);
  });

  it('black-hole takes the request and never answers', async () => {
    await expect(meet('black-hole', { signal: AbortSignal.timeout(300) })).rejects.toThrow(/timeout/);
    expect(last()).toMatchObject({ fault: 'black-hole', forwarded: false });
    expect(served).toBe(0);
  });

  it('wrong-content-type answers 200 with HTML', async () => {
    const answer = await meet('wrong-content-type');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    await expect(answer.json()).rejects.toThrow('is not valid JSON');
  });

  it('huge-body answers as many bytes of JSON as set', async () => {
    const text = await (await meet('huge-body')).text();
    expect([text.length, JSON.parse(text)]).toEqual([5_000_000, []]);
  });
});

describe('a fault behind the server', () => {
  afterEach(() => {
    expect(last()).toMatchObject({ forwarded: true, status: 200 });
    expect(served).toBe(1);
  });

  it('reset-after breaks the connection when the server has answered', async () => {
    await expect(meet('reset-after')).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
  });

  it('truncated-json announces the whole body and breaks in its middle', async () => {
    const answer = await meet('truncated-json');
    expect(answer.headers.get('content-length')).toBe(String(BODY.length));
    await expect(answer.text()).rejects.toThrow();
  });

  it('cut-json is a whole answer with half of the JSON', async () => {
    const answer = await meet('cut-json');
    expect(await answer.text()).toBe(BODY.slice(0, Math.floor(BODY.length / 2)));
  });

  it('slow-headers gives the whole answer late', async () => {
    const start = performance.now();
    const answer = await meet('slow-headers');
    expect(performance.now() - start).toBeGreaterThan(150);
    expect(await answer.text()).toBe(BODY);
  });

  it('slow-body gives the head at once and the body in drops', async () => {
    const answer = await meet('slow-body');
    const start = performance.now();
    expect(await answer.text()).toBe(BODY);
    expect(performance.now() - start).toBeGreaterThan(100);
  });
});

it('meets the same faults for the same seed, about as many as the rate says', async () => {
  const cheap: FaultKind[] = ['status-500', 'status-503', 'status-429'];
  const faultsOf = async (seed: number) => {
    const one = await startFaultProxy({ target, seed, rate: 0.1, faults: cheap });
    for (let index = 0; index < 300; index += 1) await (await fetch(one.url)).arrayBuffer();
    await one.stop();
    return one.requests.map(({ fault }) => fault);
  };
  const [first, again, other] = [await faultsOf(7), await faultsOf(7), await faultsOf(8)];
  expect(first).toEqual(again);
  expect(first).not.toEqual(other);
  const met = first.filter((fault) => fault !== undefined).length;
  expect(met).toBeGreaterThan(15);
  expect(met).toBeLessThan(50);
});

it('stops with connections open, and again', async () => {
  const waiting = expect(meet('black-hole')).rejects.toThrow();
  while (proxy.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await proxy.stop();
  await proxy.stop();
  await waiting;
});

it('knows every kind', () => {
  expect(Object.keys(proxy.counts).sort()).toEqual(['none', ...faultKinds].sort());
});
