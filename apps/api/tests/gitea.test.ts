import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Issue } from '@markitect/domain';
import { describeWithService, type GiteaService, startGitea } from '@markitect/testing';
import { buildServer } from '../src/server/build-server.js';
import type { ApiServer } from '../src/routes/served-application.js';
import { type OpenApi, openApi } from './open-api.js';

interface Body {
  readonly code?: string;
  readonly status?: string | number;
  readonly stale?: { readonly ageSeconds: number; readonly code: string };
  readonly [field: string]: unknown;
}

/** What a server that does not answer comes to. */
const down = /^(?:HTTP_UNREACHABLE|HTTP_CIRCUIT_OPEN|DEADLINE_EXCEEDED)$/;

describeWithService('gitea', 'the issues of a Gitea', () => {
  let gitea: GiteaService;
  let api: OpenApi;
  let app: ApiServer;
  /** Everything that left the server: answers and log. */
  const said: string[] = [];

  async function ask(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    payload?: object,
    headers: Record<string, string> = {},
  ) {
    const answer = await app.inject({
      method,
      url: path.startsWith('/readyz') ? path : `/v1${path}`,
      headers,
      ...(payload === undefined ? {} : { payload }),
    });
    said.push(JSON.stringify(answer.headers), answer.body);
    const body = (answer.body === '' ? {} : answer.json<unknown>()) as Body;
    return { status: answer.statusCode, headers: answer.headers, body };
  }
  const get = (path: string) => ask('GET', path);
  const onServer = async (method: string, path: string, body: object) => {
    const answer = await fetch(`${gitea.url}/api/v1/repos/${gitea.owner}/${gitea.repository}${path}`, {
      method,
      headers: { authorization: `token ${gitea.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(await answer.text());
  };

  beforeAll(async () => {
    gitea = await startGitea();
    api = await openApi({
      gitea: {
        url: gitea.url,
        owner: gitea.owner,
        repository: gitea.repository,
        token: gitea.token,
        deadlineMs: 5_000,
      },
      // What the server has just said would be used again while it is down.
      cache: { issuesTtlMs: 0 },
    });
    app = await buildServer({
      application: api.application,
      config: api.config,
      logger: { level: 'trace', stream: { write: (line: string) => void said.push(line) } },
    });
  }, 60_000);
  afterAll(async () => {
    await app.close();
    await api.close();
    await gitea.stop();
  });

  // The tests below are steps of one story: each begins with what the one before has left.

  it('are not asked for before somebody wants one, and the server is ready without them', async () => {
    expect((await get('/connections')).body['items']).toEqual([
      expect.objectContaining({ kind: 'sql', status: 'up' }),
      expect.objectContaining({ name: 'gitea', kind: 'http', status: 'closed', open: false }),
    ]);
    expect((await get('/readyz')).status).toBe(200);
  });

  it('are added, read, changed and moved', async () => {
    expect((await ask('PUT', '/labels/bug', { color: 'd93f0b' })).status).toBe(200);
    expect((await ask('PUT', '/milestones/2.0', { dueOn: '2030-01-31' })).body).toMatchObject({
      title: '2.0',
      dueOn: '2030-01-31',
    });
    const made = await ask('POST', '/issues', {
      title: 'Users are logged out',
      body: 'After an hour.',
      labels: ['bug'],
      milestone: '2.0',
      assignees: [gitea.owner],
    });
    expect(made).toMatchObject({
      status: 201,
      headers: { location: '/v1/issues/1' },
      body: { number: 1, author: gitea.owner, labels: [{ name: 'bug' }], milestone: '2.0' },
    });
    await ask('POST', '/issues', { title: 'Second' });
    expect((await ask('POST', '/issues/1/comments', { body: 'Seen it.' })).status).toBe(201);
    expect((await ask('PUT', '/issues/1/blockers/2')).status).toBe(204);
    expect((await ask('POST', '/issues/1/move', { column: 'Doing' })).body).toMatchObject({
      column: 'Doing',
      changed: true,
    });
    const shown = await get('/issues/1');
    expect(shown.body).toMatchObject({
      issue: { number: 1, url: `${gitea.url}/${gitea.owner}/${gitea.repository}/issues/1` },
      column: 'Doing',
      comments: [{ body: 'Seen it.' }],
      conditions: { blockedBy: [2] },
      missing: [],
    });
    expect(shown.body).not.toHaveProperty('stale');
    expect((await get('/issues?label=bug&milestone=2.0')).body).toMatchObject({ items: [{ number: 1 }] });
    expect((await get('/issues/1/timeline')).status).toBe(200);
    expect(await ask('POST', '/issues', { title: 'x', labels: ['none'] })).toMatchObject({
      status: 400,
      body: { code: 'ISSUE_LABEL_UNKNOWN' },
    });
  });

  it('are changed only as what If-Match names, whoever was faster', async () => {
    const seen = await get('/issues/2');
    const given = { 'if-match': String(seen.headers.etag) };
    await onServer('PATCH', '/issues/2', { body: 'changed elsewhere' });
    const refused = await ask('PATCH', '/issues/2', { title: 'mine' }, given);
    const now = await get('/issues/2');
    expect(refused).toMatchObject({
      status: 412,
      body: {
        code: 'PRECONDITION_FAILED',
        details: { number: 2, version: (now.body['issue'] as Issue).version },
      },
    });
    const again = { 'if-match': String(now.headers.etag) };
    expect(await ask('PATCH', '/issues/2', { title: 'mine' }, again)).toMatchObject({
      status: 200,
      body: { title: 'mine', body: 'changed elsewhere' },
    });
  });

  it('are copied: all at first, then what has changed', async () => {
    expect((await get('/issues/sync')).body).toEqual({ running: false, resumable: false });
    const first = await ask('POST', '/issues/sync', {});
    expect(first).toMatchObject({
      status: 200,
      body: { kind: 'full', total: 2, removed: 0, resumed: false, interrupted: false },
    });
    await onServer('PATCH', '/issues/2', { body: 'wombats' });
    expect((await ask('POST', '/issues/sync', {})).body).toMatchObject({ kind: 'incremental', total: 2 });
    expect((await ask('POST', '/issues/sync', { full: true })).body).toMatchObject({ kind: 'full' });
    const progress = await get('/issues/sync');
    expect(progress.body).toMatchObject({ running: false, resumable: false });
    expect(Date.parse(String(progress.body['syncedAt']))).toBeGreaterThan(Date.now() - 60_000);
    expect((await get('/search?q=wombats&in=issues')).body).toMatchObject({
      issues: { items: [{ issue: { number: 2 } }] },
      issuesAsOf: progress.body['syncedAt'],
    });
  });

  it('are read from the copy while the server is down, and said to be old', async () => {
    await gitea.kill();
    const paths = [
      '/issues?label=bug',
      '/issues/1',
      '/issues/1/comments',
      '/labels',
      '/milestones',
      '/board',
    ];
    for (const path of paths) {
      const { status, headers, body } = await get(path);
      expect([path, status]).toEqual([path, 200]);
      const { ageSeconds = -1, code = '' } = body.stale ?? {};
      expect(ageSeconds).toBeGreaterThanOrEqual(1);
      expect(code).toMatch(down);
      expect(headers.age).toBe(String(ageSeconds));
      expect(headers['warning']).toBe(`110 - "Response is Stale: ${code}"`);
    }
    expect((await get('/issues?label=bug')).body).toMatchObject({ items: [{ number: 1 }] });
    expect((await get('/issues/1')).body).toMatchObject({
      issue: { title: 'Users are logged out' },
      column: 'Doing',
      comments: [{ body: 'Seen it.' }],
      conditions: { blockedBy: [2] },
    });
    // A copy can't know that there is none.
    const { status, body } = await get('/issues/9');
    expect([status, body.code]).toEqual([body.code === 'DEADLINE_EXCEEDED' ? 504 : 503, body.code]);
    expect(body.code).toMatch(down);
    expect((await get('/search?q=wombats')).status).toBe(200);
    const started = await ask('POST', '/workspaces', { issue: 1 });
    expect(started).toMatchObject({ status: 201, body: { slug: '1', title: 'Users are logged out' } });
    expect(started.headers['warning']).toMatch(/^110 - /);
  });

  it('are not read from a copy that is older than the request allows', async () => {
    for (const path of ['/issues', '/issues/1', '/issues/1/comments', '/labels', '/milestones', '/board']) {
      const { status, headers, body } = await get(`${path}?maxAge=0`);
      expect([path, status]).toEqual([path, body.code === 'DEADLINE_EXCEEDED' ? 504 : 503]);
      expect(body.code).toMatch(down);
      expect(Number(headers['retry-after'])).toBeGreaterThanOrEqual(1);
      expect(headers).not.toHaveProperty('warning');
    }
    expect((await get('/issues/1?maxAge=3600')).status).toBe(200);
  });

  it('are not written while the server is down', async () => {
    const requests = [
      ['POST', '/issues', { title: 'x' }],
      ['PATCH', '/issues/1', { title: 'x' }],
      ['PATCH', '/issues/1', { addLabels: ['bug'] }],
      ['POST', '/issues/1/close', {}],
      ['POST', '/issues/1/move', { column: 'Done' }],
      ['POST', '/issues/1/comments', { body: 'x' }],
      ['PUT', '/issues/1/blockers/2', undefined],
      ['DELETE', '/issues/1/blockers/2', undefined],
      ['PUT', '/labels/bug', { color: '000000' }],
      ['PUT', '/milestones/2.0', {}],
      ['POST', '/issues/sync', {}],
    ] as const;
    for (const [method, path, payload] of requests) {
      const { status, body } = await ask(method, path, payload);
      expect([path, status]).toEqual([path, body.code === 'DEADLINE_EXCEEDED' ? 504 : 503]);
      expect(body.code).toMatch(down);
    }
  });

  it('leave the server ready while they are down, which the connections tell', async () => {
    expect((await get('/readyz')).status).toBe(200);
    const { body } = await get('/connections');
    const [, connection] = body['items'] as Body[];
    expect(connection).toMatchObject({
      name: 'gitea',
      status: 'down',
      open: true,
      error: { code: expect.stringMatching(down) },
    });
  });

  it('are those of the server again when it is back', async () => {
    await gitea.restart();
    const deadline = Date.now() + 60_000;
    let answer = await get('/issues/1');
    while (answer.body.stale !== undefined && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      answer = await get('/issues/1');
    }
    expect(answer.body).not.toHaveProperty('stale');
    expect(answer.headers).not.toHaveProperty('age');
    expect((await ask('PATCH', '/issues/1', { title: 'Back' })).body).toMatchObject({ title: 'Back' });
  }, 90_000);

  it('are refused without a token that is good, as a coded error', async () => {
    const token = 'f'.repeat(40);
    const { url, owner, repository } = gitea;
    const other = await openApi({ gitea: { url, owner, repository, token } });
    const answer = await other.app.inject({ url: '/v1/issues' });
    said.push(answer.body);
    expect(answer.json()).toMatchObject({ status: 403, code: 'TRACKER_UNAUTHORIZED' });
    expect(answer.body).not.toContain(token);
    await other.close();
  });

  it('never show the token, in no answer and in no line of the log', () => {
    expect(said.length).toBeGreaterThan(100);
    expect(said.join('\n')).toMatch(/request failed.*HTTP_|HTTP_.*request failed/);
    expect(said.join('\n')).not.toContain(gitea.token);
  });
});
