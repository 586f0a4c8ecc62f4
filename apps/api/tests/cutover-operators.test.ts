import { writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { SqliteCutoverStateStore } from '@markitect/adapter-sqlite';
import { openMoved } from './open-moved.js';

const asked = { who: 'ada', why: 'a test' };

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function opened() {
  const api = await openMoved();
  closing.push(api.close);
  return api;
}

describe('the status of a cutover', () => {
  it('says that a side is down, and stands all the same', async () => {
    const { ask, users } = await opened();
    expect((await ask('GET', '/cutover/users')).body).toMatchObject({
      isUp: { legacy: true, modern: true },
      failures: {},
    });
    await writeFile(users, '{"ada": ');
    const { status, body } = await ask('GET', '/cutover');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      items: [
        {
          component: 'users',
          isUp: { legacy: false, modern: true },
          failures: { legacy: { code: 'LEGACY_FILE_CORRUPT', message: expect.stringContaining('damaged') } },
        },
      ],
    });
  });

  it('says how fast a backfill is while it runs', async () => {
    const { ask, application } = await opened();
    await application.cutover.start('users', asked);
    const store = new SqliteCutoverStateStore(application.store);
    const now = Date.now() + 1000;
    const at = (ago: number) => new Date(now - ago).toISOString();
    const running = { status: 'running', seen: 50, copied: 40, total: 150 } as const;
    await store.update('users', { backfill: { ...running, startedAt: at(0), updatedAt: at(-1000) } });
    expect((await ask('GET', '/cutover/users')).body).toMatchObject({
      backfill: { ...running, keysPerSecond: 50, remainingMs: 2000 },
    });
  });

  it('counts what a dead process has left as waiting, and says whose it was', async () => {
    const { ask, application } = await opened();
    const { epoch } = await application.cutover.start('users', asked);
    let now = Date.now() - 34_000;
    const dead = new SqliteCutoverStateStore(application.store, { now: () => now });
    await dead.heartbeat('dead-1', 5000);
    const mark = { component: 'users', keys: ['ada'], token: 'dead-1:1', process: 'dead-1', epoch } as const;
    await dead.mark({ ...mark, source: 'legacy' });
    now = Date.now();
    const { body } = await ask('GET', '/cutover/users');
    expect(body).toMatchObject({ repairs: { inFlight: 0, pending: 1 } });
    expect(body['lagMs']).toBeGreaterThan(30_000);
    const found = (await ask('GET', '/cutover/users/repairs')).body as { items: { id: number }[] };
    const [repair] = found.items;
    expect(repair).toMatchObject({ status: 'in-flight', process: 'dead-1' });
    const explained = await ask('GET', `/cutover/repairs/${repair?.id}`);
    expect(JSON.stringify(explained.body)).toMatch(/Process dead-1 is at it; the key is marked since .*died/);
    // One that lives, but does not get on, waits too.
    await dead.heartbeat('dead-1', 60_000);
    const slow = (await ask('GET', '/cutover/users')).body;
    expect(slow).toMatchObject({ repairs: { inFlight: 1, pending: 0 } });
    expect(slow['lagMs']).toBeGreaterThan(30_000);
    await dead.heartbeat('dead-1', 0);
    expect(await ask('POST', '/cutover/users/repairs/retry', { id: 999 })).toMatchObject({ status: 404 });
    expect((await ask('POST', '/cutover/users/repairs/retry', { id: repair?.id })).body).toEqual({
      repaired: 1,
      failed: 0,
    });
  });
});

describe('what is wrong with a request about cutovers', () => {
  it('is said so that it can be mended', async () => {
    const { ask } = await opened();
    expect(await ask('GET', '/cutover/configuration')).toMatchObject({
      status: 404,
      body: {
        code: 'CUTOVER_NOT_FOUND',
        detail: expect.stringMatching(/legacy\.configuration.*MARKITECT_LEGACY_CONFIGURATION/),
        remedy: expect.stringContaining('legacy.<component>'),
      },
    });
    expect(await ask('GET', '/cutover/zz')).toMatchObject({
      status: 404,
      body: { detail: expect.stringContaining('no component zz; there are users, configuration') },
    });
    expect(await ask('GET', '/cutover/log?component=zz')).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'query.component' }] },
    });
    expect(await ask('GET', '/cutover/log?component=analytics')).toMatchObject({ status: 200 });
    for (const step of ['start', 'reverse', 'backfill', 'switch-writes']) {
      expect(await ask('POST', `/cutover/users/${step}`)).toMatchObject({
        status: 400,
        body: { errors: [{ field: 'body.who' }, { field: 'body.why' }] },
      });
    }
    expect(await ask('POST', '/cutover/users/switch-reads', asked)).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'body.percent' }] },
    });
  });

  it('is not that nobody says who and why, when nothing is done', async () => {
    const { ask } = await opened();
    await ask('POST', '/cutover/users/start', asked);
    const dryRun = true;
    expect(await ask('POST', '/cutover/users/switch-reads', { percent: 5, dryRun })).toMatchObject({
      status: 200,
      body: { isDone: false, blockers: [{ gate: 'backfill' }, { gate: 'diff' }] },
    });
    expect(await ask('POST', '/cutover/users/switch-reads', { percent: 5, dryRun: false })).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'body.who' }, { field: 'body.why' }] },
    });
  });
});

describe('events of cutovers', () => {
  async function listening() {
    const api = await opened();
    await api.app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = api.app.server.address() as AddressInfo;
    closing.push(() => {
      api.app.server.closeAllConnections();
      return Promise.resolve();
    });
    const connect = async (query = '', headers: Record<string, string> = {}) => {
      const answer = await fetch(`http://127.0.0.1:${port}/v1/cutover/events${query}`, { headers });
      const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
      let text = '';
      const until = async (pattern: RegExp) => {
        while (!pattern.test(text)) {
          const part = await reader?.read();
          if (part === undefined || part.done) throw new Error(`ended: ${text}`);
          text += part.value;
        }
        return text;
      };
      return { answer, until };
    };
    return { ...api, connect };
  }

  it('are the lines of the log as they come, of one component or of all', async () => {
    const { application, connect } = await listening();
    // The first use of a component stands in the log as well.
    await application.cutover.status();
    const all = await connect();
    expect(all.answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const others = await connect('?component=analytics');
    const store = new SqliteCutoverStateStore(application.store);
    await application.cutover.start('users', asked);
    const place = { stage: 'legacy', percent: 0 } as const;
    await store.note({ component: 'analytics', action: 'limits', from: place, to: place, ...asked });
    const text = await all.until(/limits/);
    const events = [...text.matchAll(/^id: (\d+)\nevent: change\ndata: (.+)\n\n/gm)];
    expect(events.map(([, id = '', data = '']) => ({ id, ...(JSON.parse(data) as object) }))).toMatchObject([
      { component: 'users', action: 'start', to: { stage: 'mirror' }, why: 'a test' },
      { component: 'analytics', action: 'limits' },
    ]);
    expect(await others.until(/limits/)).not.toContain('users');
    const again = await connect('', { 'last-event-id': events[0]?.[1] ?? '' });
    expect(await again.until(/limits/)).not.toContain('"start"');
  });

  it('are asked for properly', async () => {
    const { connect } = await listening();
    expect((await connect('?component=zz')).answer.status).toBe(400);
    expect((await connect('', { 'last-event-id': 'x' })).answer.status).toBe(400);
  });
});
