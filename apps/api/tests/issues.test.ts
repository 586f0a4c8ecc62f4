import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Issue } from '@markitect/domain';
import { ask as send, type Method } from './ask.js';
import { type OpenApi, openApi, put } from './open-api.js';

let api: OpenApi;
beforeEach(async () => {
  api = await openApi();
});
afterEach(() => api.close());

const ask = (method: Method, path: string, payload?: object | string, headers?: Record<string, string>) =>
  send(api, method, path, payload, headers);
const get = (path: string) => ask('GET', path);
const create = async (draft: object) => {
  const { status, body } = await ask('POST', '/issues', draft);
  if (status !== 201) throw new Error(JSON.stringify(body));
  return body as unknown as Issue;
};
const label = (name: string, more: object = {}) =>
  ask('PUT', `/labels/${name}`, { color: '1f6feb', ...more });
const numbers = async (query: string) => {
  const { body } = await get(`/issues?${query}`);
  return (body['items'] as readonly Issue[]).map(({ number }) => number);
};

describe('an issue', () => {
  it('is added, read, changed, closed and opened again', async () => {
    await label('bug');
    await ask('PUT', '/milestones/2.0', { dueOn: '2030-01-01' });
    const made = await ask('POST', '/issues', {
      title: 'Users are logged out',
      body: 'After an hour.',
      labels: ['bug'],
      milestone: '2.0',
      assignees: ['ada'],
      dueOn: '2030-02-01',
    });
    expect(made).toMatchObject({
      status: 201,
      headers: { location: '/v1/issues/1', etag: `"${String(made.body['version'])}"` },
      body: {
        number: 1,
        title: 'Users are logged out',
        state: 'open',
        labels: [{ name: 'bug', color: '1f6feb', description: '', exclusive: false }],
        milestone: '2.0',
        assignees: ['ada'],
        author: 'ada',
        dueOn: '2030-02-01',
      },
    });

    const changed = await ask('PATCH', '/issues/1', { title: 'Logged out', milestone: null, dueOn: null });
    expect(changed).toMatchObject({ status: 200, body: { title: 'Logged out', body: 'After an hour.' } });
    expect(changed.body).not.toHaveProperty('milestone');
    expect(changed.body).not.toHaveProperty('dueOn');
    expect(changed.headers.etag).not.toBe(made.headers.etag);

    const closed = await ask('POST', '/issues/1/close', {});
    expect(closed).toMatchObject({ status: 200, body: { state: 'closed' } });
    expect(closed.body).toHaveProperty('closedAt');
    const reopened = await ask('POST', '/issues/1/reopen', {});
    expect(reopened).toMatchObject({ status: 200, body: { state: 'open' } });
    expect(reopened.headers.etag).toBe(`"${String(reopened.body['version'])}"`);

    const { body } = await get('/issues/1/timeline');
    expect((body['items'] as { type: string }[]).map(({ type }) => type)).toEqual(
      expect.arrayContaining(['change_title', 'close', 'reopen']),
    );
    const page = await get('/issues/1/timeline?limit=1');
    const next = await get(`/issues/1/timeline?limit=1&cursor=${String(page.body['nextCursor'])}`);
    expect(next.body['items']).not.toEqual(page.body['items']);
  });

  it('is shown with all that is known of it', async () => {
    await label('status/doing', { exclusive: true });
    await label('priority/high');
    await create({ title: 'First', labels: ['status/doing', 'priority/high'], dueOn: '2020-01-01' });
    await create({ title: 'Second' });
    await put(api.app, 'notes/a.md', '---\nissue: 1\n---\n# About it\n');
    expect((await ask('PUT', '/issues/1/blockers/2')).status).toBe(204);
    expect((await ask('POST', '/issues/1/comments', { body: 'Seen *it*.' })).body).toMatchObject({
      author: 'ada',
      body: 'Seen *it*.',
    });
    const started = await ask('POST', '/workspaces', { issue: 1 });
    expect(started).toMatchObject({ status: 201, body: { slug: '1', title: 'First' } });

    const shown = await get('/issues/1');
    expect(shown).toMatchObject({
      status: 200,
      body: {
        issue: { number: 1, comments: 1 },
        column: 'Doing',
        priority: 'priority/high',
        comments: [{ body: 'Seen *it*.' }],
        blockers: [{ number: 2 }],
        blocked: [],
        conditions: { blockedBy: [2], overdue: true, stale: false, idleDays: 0 },
        documents: [{ path: 'notes/a.md', title: 'About it' }],
        workspace: { slug: '1', title: 'First', phase: 'open', folder: started.body['folder'] },
        missing: [],
      },
    });
    expect(shown.headers.etag).toMatch(/^"[^~]+~[0-9a-f]{16}"$/);
    expect(shown.headers.etag).toContain(`"${(shown.body['issue'] as Issue).version}~`);
    expect(shown.body).not.toHaveProperty('stale');
    expect((await get('/issues/2')).body).toMatchObject({ blocked: [{ number: 1 }] });
    expect((await get('/issues/1/comments')).body).toMatchObject({ items: [{ body: 'Seen *it*.' }] });

    expect(await ask('POST', '/issues/1/close', {})).toMatchObject({
      status: 409,
      body: { code: 'ISSUE_BLOCKED' },
    });
    expect((await ask('DELETE', '/issues/1/blockers/2')).status).toBe(204);
    expect((await ask('DELETE', '/issues/1/blockers/2')).status).toBe(204);
    expect((await ask('POST', '/issues/1/close', {})).status).toBe(200);
  });

  it('is changed in what is named of its labels and assignees', async () => {
    for (const name of ['a', 'b', 'c']) await label(name);
    await create({ title: 'x', labels: ['a', 'b'], assignees: ['ada', 'ben'] });
    const { body } = await ask('PATCH', '/issues/1', {
      addLabels: ['c'],
      removeLabels: ['a'],
      assign: ['cy'],
      unassign: ['ben'],
    });
    expect(body).toMatchObject({ labels: [{ name: 'b' }, { name: 'c' }], assignees: ['ada', 'cy'] });
  });

  it('is changed only as what If-Match names, and the second of two is told the version there is', async () => {
    await create({ title: 'x' });
    const seen = String((await get('/issues/1')).headers.etag);
    const first = await ask('PATCH', '/issues/1', { title: 'first' }, { 'if-match': seen });
    expect(first.status).toBe(200);
    const now = String(first.headers.etag);
    const requests = [
      ['PATCH', '', { title: 'second' }],
      ['PATCH', '', { addLabels: ['none'] }],
      ['POST', '/close', {}],
      ['POST', '/reopen', {}],
      ['POST', '/move', { column: 'Done' }],
    ] as const;
    for (const [method, path, payload] of requests) {
      for (const tags of [seen, `W/${now}`, `"x", ${seen}`]) {
        expect(await ask(method, `/issues/1${path}`, payload, { 'if-match': tags })).toMatchObject({
          status: 412,
          body: { code: 'PRECONDITION_FAILED', details: { number: 1, version: now.slice(1, -1) } },
        });
      }
      expect(await ask(method, `/issues/1${path}`, payload, { 'if-match': 'bare' })).toMatchObject({
        status: 400,
        body: { code: 'REQUEST_INVALID', details: { field: 'header.if-match' } },
      });
    }
    expect((await get('/issues/1')).body).toMatchObject({ issue: { title: 'first', state: 'open' } });
    const given = { 'if-match': `"x", ${now}` };
    expect((await ask('PATCH', '/issues/1', { title: 'second' }, given)).status).toBe(200);
    expect((await ask('POST', '/issues/1/close', {}, { 'if-match': '*' })).status).toBe(200);
  });
});

describe('GET /v1/issues', () => {
  beforeEach(async () => {
    for (const name of ['bug', 'docs', 'old']) await label(name);
    await ask('PUT', '/milestones/1.0', {});
    await create({ title: 'One', body: 'The Session ends', labels: ['bug'], assignees: ['ada'] });
    await create({ title: 'Two', labels: ['bug', 'old'], milestone: '1.0' });
    await create({ title: 'Three', labels: ['docs'] });
    await ask('POST', '/issues/3/close', {});
    await ask('POST', '/issues/1/comments', { body: 'hm' });
  });

  it.each([
    ['', [3, 2, 1]],
    ['order=asc', [1, 2, 3]],
    ['state=open', [2, 1]],
    ['state=closed', [3]],
    ['label=bug', [2, 1]],
    ['label=bug&label=old', [2]],
    ['anyLabel=old&anyLabel=docs', [3, 2]],
    ['label=bug&notLabel=old', [1]],
    ['assignee=ada', [1]],
    ['assignee=none', [3, 2]],
    ['author=ada', [3, 2, 1]],
    ['author=ben', []],
    ['milestone=1.0', [2]],
    ['milestone=none', [3, 1]],
    ['text=SESSION%20one', [1]],
    ['updatedSince=2020-01-01T00:00:00Z', [3, 2, 1]],
    ['updatedSince=2099-01-01', []],
    ['updatedBefore=2099-01-01T00:00:00Z', [3, 2, 1]],
    ['updatedBefore=2020-01-01', []],
    ['sort=comments&order=desc', [1, 3, 2]],
    ['sort=createdAt&order=asc&maxAge=0', [1, 2, 3]],
  ])('lists with %s', async (query, expected) => {
    expect(await numbers(query)).toEqual(expected);
  });

  it('pages with cursors of the same query to the end', async () => {
    const first = await get('/issues?limit=2');
    expect(first.body['items']).toHaveLength(2);
    const cursor = String(first.body['nextCursor']);
    expect(await numbers(`limit=2&cursor=${cursor}`)).toEqual([1]);
    expect((await get(`/issues?limit=2&order=asc&cursor=${cursor}`)).body).toMatchObject({
      status: 400,
      code: 'CURSOR_INVALID',
    });
  });

  it.each([
    ['state=ajar', 'query.state'],
    ['label=', 'query.label'],
    ['assignee=', 'query.assignee'],
    ['milestone=', 'query.milestone'],
    ['author=a&author=b', 'query.author'],
    ['updatedSince=yesterday', 'query.updatedSince'],
    ['updatedBefore=2026-02-30', 'query.updatedBefore'],
    ['sort=title', 'query.sort'],
    ['order=up', 'query.order'],
    ['limit=0', 'query.limit'],
    ['maxAge=-1', 'query.maxAge'],
    ['maxAge=1h', 'query.maxAge'],
  ])('refuses %s and names the field', async (query, field) => {
    expect(await get(`/issues?${query}`)).toMatchObject({
      status: 400,
      body: { code: 'REQUEST_INVALID', errors: [{ field }] },
    });
  });
});

describe('labels, milestones and the board', () => {
  it('are saved whole, by names with slashes too', async () => {
    expect(await label('status/doing', { exclusive: true, description: 'now' })).toMatchObject({
      status: 200,
      body: { name: 'status/doing', color: '1f6feb', description: 'now', exclusive: true },
    });
    expect((await label('status%2Fdoing')).body).toMatchObject({ description: '', exclusive: false });
    expect((await get('/labels')).body).toEqual({
      items: [{ name: 'status/doing', color: '1f6feb', description: '', exclusive: false }],
    });
    await ask('PUT', '/milestones/a%20b%2Fc', { description: 'x', state: 'closed', dueOn: '2030-01-31' });
    expect((await get('/milestones')).body).toEqual({
      items: [{ title: 'a b/c', description: 'x', state: 'closed', dueOn: '2030-01-31' }],
    });
  });

  it('are moved on and shown by column', async () => {
    await create({ title: 'One' });
    await create({ title: 'Two' });
    const moved = await ask('POST', '/issues/1/move', { column: 'doing' });
    expect(moved).toMatchObject({
      status: 200,
      body: { column: 'Doing', changed: true, issue: { labels: [{ name: 'status/doing' }] } },
    });
    expect(String((await get('/issues/1')).headers.etag)).toContain(String(moved.headers.etag).slice(0, -1));
    expect((await ask('POST', '/issues/1/move', { column: 'Doing' })).body).toMatchObject({ changed: false });
    await ask('POST', '/issues/2/move', { column: 'Done' });
    for (const title of ['Three', 'Four']) await create({ title });

    const { body } = await get('/board?cards=1');
    expect(body).not.toHaveProperty('project');
    const columns = body['columns'] as { name: string; total: number; cards: { issue: Issue }[] }[];
    expect(
      columns.map(({ name, total, cards }) => [name, total, cards.map(({ issue }) => issue.number)]),
    ).toEqual([
      ['Backlog', 2, [4]],
      ['To do', 0, []],
      ['Doing', 1, [1]],
      ['Review', 0, []],
      ['Done', 1, [2]],
    ]);
    const filtered = await get('/board?label=status/doing');
    expect((filtered.body['columns'] as { total: number }[]).map(({ total }) => total)).toEqual([
      0, 0, 1, 0, 0,
    ]);
  });

  it.each([
    ['cards=0', 'query.cards'],
    ['cards=501', 'query.cards'],
    ['sort=number', 'query'],
  ])('refuse %s', async (query, field) => {
    expect(await get(`/board?${query}`)).toMatchObject({
      status: 400,
      body: { code: 'REQUEST_INVALID', errors: [{ field }] },
    });
  });
});

describe('POST /v1/workspaces with an issue', () => {
  it('takes what was said besides, and puts the issue into its files', async () => {
    await create({ title: 'Users are logged out', body: 'After an **hour**.' });
    const started = await ask('POST', '/workspaces', { issue: 1, title: 'Mine' });
    expect(started).toMatchObject({
      status: 201,
      headers: { location: '/v1/workspaces/1' },
      body: { slug: '1', title: 'Mine' },
    });
    const files = started.body['files'] as readonly { path: string }[];
    const texts = await Promise.all(
      files.map(({ path }) => readFile(join(String(started.body['folder']), path), 'utf8')),
    );
    expect(texts.join('\n')).toContain('After an **hour**.');
    expect(await ask('POST', '/workspaces', { issue: 1 })).toMatchObject({
      status: 409,
      body: { code: 'WORKSPACE_STATE_INVALID' },
    });
  });
});

describe('GET /v1/connections', () => {
  it('tells of every connection: health and use', async () => {
    const { status, body } = await get('/connections');
    expect(status).toBe(200);
    expect(body['items']).toEqual([
      expect.objectContaining({
        name: api.application.store.name,
        kind: 'sql',
        status: 'up',
        open: true,
        leases: expect.objectContaining({ writer: expect.objectContaining({ inUse: 0, waiting: 0 }) }),
      }),
    ]);
  });

  it('tells why one is down, and answers all the same', async () => {
    await api.application.store.close();
    const { status, body } = await get('/connections');
    expect(status).toBe(200);
    const [store] = body['items'] as { status: string; open: boolean }[];
    expect(store).toMatchObject({ open: false });
    expect(store?.status).not.toBe('up');
  });
});
