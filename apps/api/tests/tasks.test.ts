import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ask } from './ask.js';
import { openApi, type OpenApi } from './open-api.js';

let api: OpenApi;
const roots: string[] = [];

beforeAll(async () => {
  api = await openApi({ ingest: { roots } });
  const root = join(api.folder, 'handbook');
  await mkdir(root);
  await writeFile(join(root, 'a.md'), '# Alpha\n');
  roots.push(root);
});

afterAll(() => api.close());

/** Does what waits. */
const work = () => api.application.worker({ untilEmpty: true }).run(new AbortController().signal);

async function enqueue(body: object): Promise<number> {
  const { status, body: made } = await ask(api, 'POST', '/tasks', body);
  expect(status).toBe(201);
  return made['id'] as number;
}

describe('a task', () => {
  it('is added, done, and shown with its result', async () => {
    const added = await ask(api, 'POST', '/tasks', { type: 'documents.ingest', payload: { paths: ['.'] } });
    expect(added).toMatchObject({ status: 201, body: { isNew: true } });
    const address = String(added.headers['location']).replace('/v1', '');
    expect((await ask(api, 'GET', address)).body).toMatchObject({
      type: 'documents.ingest',
      status: 'waiting',
      payload: { paths: ['.'] },
      attempts: 0,
    });
    await work();
    expect((await ask(api, 'GET', address)).body).toMatchObject({
      status: 'completed',
      attempts: 1,
      result: { created: 1, failed: 0 },
    });
    expect((await ask(api, 'GET', '/documents/a.md')).status).toBe(200);
  });

  it('cannot reach outside the roots, whoever asks for it', async () => {
    const id = await enqueue({ type: 'documents.ingest', payload: { paths: ['/etc'] } });
    await work();
    expect((await ask(api, 'GET', `/tasks/${id}`)).body).toMatchObject({
      status: 'dead',
      attempts: 1,
      failure: { code: 'ROOT_NOT_ALLOWED' },
    });
  });

  it('of a key that is taken is that one', async () => {
    const draft = { type: 'issues.sync', uniqueKey: 'only', runAt: '2036-01-01T00:00:00Z' };
    const id = await enqueue(draft);
    expect(await ask(api, 'POST', '/tasks', draft)).toMatchObject({
      status: 200,
      body: { id, isNew: false },
    });
  });

  it('is cancelled, waits again, and cannot be cancelled twice', async () => {
    const id = await enqueue({ type: 'tasks.prune', runAt: '2036-01-01T00:00:00Z' });
    expect((await ask(api, 'POST', `/tasks/${id}/cancel`)).body).toMatchObject({ status: 'cancelled' });
    expect((await ask(api, 'POST', `/tasks/${id}/cancel`)).body).toMatchObject({
      status: 409,
      code: 'TASK_STATE_INVALID',
    });
    expect((await ask(api, 'POST', `/tasks/${id}/retry`)).body).toMatchObject({ status: 'waiting' });
    await work();
  });

  it.each([
    [{ type: 'unknown' }, 'TASK_TYPE_UNKNOWN'],
    [{ type: 'documents.ingest' }, 'TASK_PAYLOAD_INVALID'],
    [{ type: 'tasks.prune', priority: 5000 }, 'REQUEST_INVALID'],
    [{ type: 'tasks.prune', when: 'now' }, 'REQUEST_INVALID'],
    [{ type: 'tasks.prune', runAt: 'soon' }, 'REQUEST_INVALID'],
  ])('is refused: %j', async (body, code) => {
    expect((await ask(api, 'POST', '/tasks', body)).body).toMatchObject({ status: 400, code });
  });

  it.each(['/tasks/999999', '/tasks/999999/cancel', '/tasks/999999/retry'])(
    'is not at %s',
    async (address) => {
      const method = address.endsWith('9') ? 'GET' : 'POST';
      expect((await ask(api, method, address)).body).toMatchObject({ status: 404, code: 'TASK_NOT_FOUND' });
    },
  );
});

describe('many tasks', () => {
  it('are added in one request, listed, given up and tried again', async () => {
    const added = await ask(api, 'POST', '/tasks/bulk', {
      tasks: [{ type: 'other.a' }, { type: 'other.b', priority: 3 }],
      force: true,
    });
    expect(added.status).toBe(201);
    expect(added.body['items']).toHaveLength(2);
    await work();
    const dead = await ask(api, 'GET', '/tasks?status=dead&type=other.a');
    expect(dead.body['items']).toMatchObject([{ failure: { code: 'TASK_TYPE_UNKNOWN' } }]);
    const page = await ask(api, 'GET', '/tasks?limit=1');
    expect(page.body['items']).toHaveLength(1);
    expect((await ask(api, 'GET', `/tasks?limit=1&cursor=${String(page.body['nextCursor'])}`)).status).toBe(
      200,
    );
    expect((await ask(api, 'GET', '/tasks?cursor=x')).body).toMatchObject({ code: 'CURSOR_INVALID' });
    expect((await ask(api, 'POST', '/tasks/redrive', { type: 'other.a' })).body).toEqual({ count: 1 });
    await work();
    const { body } = await ask(api, 'GET', '/tasks/stats');
    expect(body['items']).toContainEqual(
      expect.objectContaining({
        type: 'other.a',
        counts: expect.objectContaining({ dead: 1 }),
        isPaused: false,
      }),
    );
    expect((await ask(api, 'POST', '/tasks/prune', { days: 0, dead: true })).body['count']).toBeGreaterThan(
      1,
    );
  });

  it('are added all or none', async () => {
    const tasks = [
      { type: 'tasks.prune', uniqueKey: 'x' },
      { type: 'documents.ingest', payload: 1 },
    ];
    expect((await ask(api, 'POST', '/tasks/bulk', { tasks })).status).toBe(400);
    expect((await ask(api, 'GET', '/tasks?type=tasks.prune')).body['items']).toEqual([]);
  });
});

describe('types, limits and pauses', () => {
  it('tells what can be enqueued', async () => {
    const { body } = await ask(api, 'GET', '/tasks/types');
    expect(body['items']).toContainEqual(
      expect.objectContaining({
        type: 'documents.ingest',
        payload: expect.objectContaining({ required: ['paths'] }),
        maxAttempts: 5,
      }),
    );
  });

  it('has a handler for every type', async () => {
    for (const { type } of api.application.tasks.types()) {
      await api.application.tasks
        .enqueue([{ type, payload: { paths: ['x'] } }], { force: true })
        .catch(() => undefined);
    }
    await work();
    const { items } = await api.application.tasks.list({ status: 'dead' });
    expect(items.map(({ failure }) => failure?.code)).not.toContain('TASK_TYPE_UNKNOWN');
  });

  it('pauses and resumes a type', async () => {
    expect((await ask(api, 'POST', '/tasks/types/tasks.prune/pause')).status).toBe(204);
    const id = await enqueue({ type: 'tasks.prune' });
    await work();
    expect((await ask(api, 'GET', `/tasks/${id}`)).body).toMatchObject({ status: 'waiting' });
    expect((await ask(api, 'POST', '/tasks/types/tasks.prune/resume')).status).toBe(204);
    await work();
    expect((await ask(api, 'GET', `/tasks/${id}`)).body).toMatchObject({ status: 'completed' });
    // A worker elsewhere may know it.
    expect((await ask(api, 'POST', '/tasks/types/nobody/pause')).status).toBe(204);
    expect((await ask(api, 'POST', '/tasks/types/no%20type/pause')).body).toMatchObject({
      code: 'REQUEST_INVALID',
    });
  });

  it('sets and removes limits', async () => {
    const limit = { concurrency: 2, perSecond: 0.5, burst: 3 };
    expect((await ask(api, 'PUT', '/tasks/limits/mail', limit)).body).toEqual({ key: 'mail', ...limit });
    expect((await ask(api, 'GET', '/tasks/limits')).body['items']).toEqual([{ key: 'mail', ...limit }]);
    expect((await ask(api, 'PUT', '/tasks/limits/mail', {})).body).toMatchObject({ code: 'REQUEST_INVALID' });
    expect((await ask(api, 'DELETE', '/tasks/limits/mail')).status).toBe(204);
    expect((await ask(api, 'DELETE', '/tasks/limits/mail')).body).toMatchObject({
      status: 404,
      code: 'RATE_LIMIT_NOT_FOUND',
    });
  });
});

describe('schedules', () => {
  const body = { cron: '0 3 * * 1-5', timeZone: 'Europe/Berlin', task: { type: 'tasks.prune' } };

  it('are saved, shown and removed', async () => {
    const saved = await ask(api, 'PUT', '/tasks/schedules/nightly', body);
    expect(saved).toMatchObject({ status: 200, body: { name: 'nightly', cron: '0 3 * * 1-5' } });
    expect((await ask(api, 'GET', '/tasks/schedules/nightly')).body).toEqual(saved.body);
    expect((await ask(api, 'GET', '/tasks/schedules')).body['items']).toEqual([saved.body]);
    expect((await ask(api, 'DELETE', '/tasks/schedules/nightly')).status).toBe(204);
    for (const method of ['GET', 'DELETE'] as const) {
      expect((await ask(api, method, '/tasks/schedules/nightly')).body).toMatchObject({
        status: 404,
        code: 'SCHEDULE_NOT_FOUND',
      });
    }
  });

  it.each([
    [{ cron: 'often' }, 'SCHEDULE_INVALID'],
    [{ timeZone: 'Mars/Olympus' }, 'SCHEDULE_INVALID'],
    [{ task: { type: 'nothing' } }, 'TASK_TYPE_UNKNOWN'],
    [{ task: { type: 'tasks.prune', runAt: '2036-01-01T00:00:00Z' } }, 'REQUEST_INVALID'],
  ])('refuse %j', async (wrong, code) => {
    expect((await ask(api, 'PUT', '/tasks/schedules/x', { ...body, ...wrong })).body).toMatchObject({
      status: 400,
      code,
    });
  });

  it('make their tasks', async () => {
    await ask(api, 'PUT', '/tasks/schedules/often', { cron: '* * * * * *', task: { type: 'tasks.prune' } });
    const stop = new AbortController();
    const scheduled = new Promise<void>((resolve) => {
      const worker = api.application.worker({
        onEvent: (event) => {
          if (event.kind === 'ended' && event.task.schedule === 'often') resolve();
        },
      });
      void worker.run(stop.signal);
    });
    await scheduled;
    stop.abort();
    expect((await ask(api, 'GET', '/tasks/schedules/often')).body['lastRunAt']).toBeDefined();
    await ask(api, 'DELETE', '/tasks/schedules/often');
  });
});

it('a payload that is nested too deep is refused by its name', async () => {
  for (const depth of [2_000, 8_000]) {
    const payload = `${'['.repeat(depth)}${']'.repeat(depth)}`;
    const body = `{"type":"elsewhere","force":true,"payload":${payload}}`;
    const refused = await ask(api, 'POST', '/tasks', body, { 'content-type': 'application/json' });
    expect(refused).toMatchObject({ status: 400, body: { code: 'REQUEST_INVALID' } });
    expect(JSON.stringify(refused.body)).toContain('payload');
  }
});

it('a page of another site cannot pause or cancel anything', async () => {
  const foreign = { origin: 'https://evil.example' };
  expect((await ask(api, 'POST', '/tasks/types/x/pause', undefined, foreign)).status).toBe(400);
  expect((await ask(api, 'POST', '/tasks/1/cancel', undefined, foreign)).status).toBe(400);
  expect((await ask(api, 'POST', '/tasks/types/x/pause')).status).toBe(204);
});
