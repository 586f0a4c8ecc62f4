import { describe, expect, it } from '@jest/globals';
import { ConnectionManager } from '@markitect/connections';
import { HttpConnection } from '../src/index.js';
import { json, silence } from './misbehaving-server.js';
import { failureOf, openBench } from './open-connection.js';

const bench = openBench();
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const get = { method: 'GET', path: 'x' } as const;

describe('an HTTP connection', () => {
  it('is opened by its manager and seen in its numbers', async () => {
    const { server } = bench();
    const manager = new ConnectionManager();
    const http = new HttpConnection({ name: 'git', baseUrl: `http://127.0.0.1:${server.port}` });
    manager.add(http);
    expect(manager.stats()['git']).toMatchObject({ open: false, leases: {}, states: { breaker: 'closed' } });
    await expect(failureOf(http.request(get))).resolves.toMatchObject({ code: 'CONNECTION_CLOSED' });
    await Promise.all([manager.open('git'), manager.open('git')]);
    await http.request(get);
    expect(manager.stats()['git']).toMatchObject({ open: true, leases: { requests: { idle: 64 } } });
    expect(await manager.health()).toMatchObject({ git: { status: 'up' } });
    await manager.close();
    expect(manager.stats()['git']).toMatchObject({ open: false, leases: {}, counters: { requests: 2 } });
  });

  it('refuses new work while it closes and waits for the running', async () => {
    const { server, open } = bench();
    const http = await open();
    let answer!: () => void;
    server.will((response, request) => {
      answer = () => void json('late')(response, request);
    });
    const running = http.request(get);
    while (server.seen.length < 1) await turn();
    let isClosed = false;
    const closing = http.close().then(() => (isClosed = true));
    await expect(failureOf(http.request(get))).resolves.toMatchObject({ code: 'CONNECTION_CLOSED' });
    await turn();
    expect(isClosed).toBe(false);
    answer();
    await expect(running).resolves.toMatchObject({ body: 'late' });
    await closing;
  });

  it('waits no longer than the deadlines of the running', async () => {
    const { server, open } = bench();
    const http = await open();
    server.will(silence);
    const running = failureOf(http.request({ ...get, deadlineMs: 50 }));
    await http.close();
    await expect(running).resolves.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  });

  it('can be opened again after it was closed', async () => {
    const http = await bench().open();
    await http.close();
    await http.close();
    await http.open();
    await expect(http.request(get)).resolves.toMatchObject({ status: 200 });
  });
});
