import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type OpenApi, openApi } from './open-api.js';

let api: OpenApi;
beforeEach(async () => {
  api = await openApi({ server: { bodyLimitBytes: 20_000 } });
});
afterEach(() => api.close());

interface Workspace {
  readonly slug: string;
  readonly state: string;
  readonly folder?: string;
  readonly archive?: string;
  readonly revision: number;
  readonly changed: readonly string[];
  readonly missing: readonly string[];
  readonly unknown: readonly string[];
  readonly files: readonly { readonly path: string }[];
  readonly code?: string;
}

async function ask(
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  payload?: object | string | Buffer,
  headers: Record<string, string> = {},
) {
  const answer = await api.app.inject({
    method,
    url: `/v1/workspaces${path}`,
    headers,
    ...(payload === undefined ? {} : { payload }),
  });
  const body: Partial<Workspace> = answer.body === '' ? {} : answer.json<Workspace>();
  return { status: answer.statusCode, headers: answer.headers, body };
}

const start = (slug: string) => ask('POST', '', { slug, title: `Title of ${slug}` });

describe('/v1/workspaces', () => {
  it('goes from start to finish', async () => {
    const started = await start('42');
    expect(started.status).toBe(201);
    expect(started.headers.location).toBe('/v1/workspaces/42');
    expect(started.body).toMatchObject({ slug: '42', title: 'Title of 42', state: 'clean', revision: 1 });
    expect(started.body).not.toHaveProperty('baseline');
    const { folder = '' } = started.body;
    expect(folder).toBe(join(api.config.workspaces.root, '42'));

    await writeFile(join(folder, 'notes.md'), 'changed');
    await rm(join(folder, 'test-plan.md'));
    const bytes = Buffer.from([0, 255, 13, 10]);
    const added = await ask('PUT', '/42/files/attachments/a%20b.bin', bytes, { 'content-type': 'image/png' });
    expect(added.status).toBe(200);
    expect(added.body).toMatchObject({
      state: 'dirty',
      changed: ['notes.md'],
      missing: ['test-plan.md'],
      unknown: ['attachments/a b.bin'],
    });
    expect(await readFile(join(folder, 'attachments/a b.bin'))).toEqual(bytes);

    const restored = await ask('POST', '/42/restore', { path: 'test-plan.md' });
    expect(restored.body).toMatchObject({ state: 'dirty', missing: [] });
    const saved = await ask('POST', '/42/save', {});
    expect(saved.body).toMatchObject({ state: 'active', changed: [], unknown: [] });
    expect(saved.body.files?.map(({ path }) => path)).toContain('attachments/a b.bin');

    const finished = await ask('POST', '/42/finish', {});
    expect(finished.body).toMatchObject({ state: 'finished' });
    expect(finished.body).not.toHaveProperty('folder');
    const { stdout } = await promisify(execFile)('tar', ['-tzf', finished.body.archive ?? '']);
    expect(stdout.split('\n')).toContain('42/notes.md');
    await expect(readFile(join(folder, 'notes.md'))).rejects.toThrow('ENOENT');
  });

  it('lists a page at a time, by state', async () => {
    for (const slug of ['a', 'b', 'c']) await start(slug);
    await ask('POST', '/b/save', {});
    const list = async (query: string) => {
      const answer = await api.app.inject({ url: `/v1/workspaces${query}` });
      return answer.json<{ items: Workspace[]; nextCursor?: string }>();
    };
    expect((await list('')).items.map(({ slug, state }) => [slug, state])).toEqual([
      ['a', 'clean'],
      ['b', 'active'],
      ['c', 'clean'],
    ]);
    expect((await list('?state=active')).items.map(({ slug }) => slug)).toEqual(['b']);
    const { nextCursor = '' } = await list('?limit=2');
    expect((await list(`?limit=2&cursor=${nextCursor}`)).items.map(({ slug }) => slug)).toEqual(['c']);
    expect((await list('')).items[0]).not.toHaveProperty('files');
  });

  it('has an ETag that changes with the files as well', async () => {
    const { headers, body } = await start('42');
    const tag = String(headers.etag);
    expect((await ask('GET', '/42', undefined, { 'if-none-match': tag })).status).toBe(304);
    await writeFile(join(body.folder ?? '', 'new.txt'), '');
    const later = await ask('GET', '/42', undefined, { 'if-none-match': tag });
    expect(later.status).toBe(200);
    expect(later.body.unknown).toEqual(['new.txt']);
  });

  it('abandons what is not saved only when told that it may be lost', async () => {
    const { body } = await start('42');
    await writeFile(join(body.folder ?? '', 'new.txt'), '');
    const refused = await ask('POST', '/42/abandon', {});
    expect(refused).toMatchObject({ status: 409, body: { code: 'WORKSPACE_DIRTY' } });
    const abandoned = await ask('POST', '/42/abandon', { discard: true });
    expect(abandoned).toMatchObject({ status: 200, body: { state: 'abandoned' } });
    expect((await start('42')).body).toMatchObject({ state: 'clean' });
  });

  it('replaces a file only when told to', async () => {
    await start('42');
    expect((await ask('PUT', '/42/files/notes.md', 'x')).body.code).toBe('WORKSPACE_FILE_EXISTS');
    expect((await ask('PUT', '/42/files/notes.md?replace=true', 'x')).body.changed).toEqual(['notes.md']);
  });

  it.each([
    ['GET', '/none', undefined, 404, 'WORKSPACE_NOT_FOUND'],
    ['GET', '/No%20Slug', undefined, 400, 'WORKSPACE_SLUG_INVALID'],
    ['POST', '', { slug: '42' }, 409, 'WORKSPACE_STATE_INVALID'],
    ['POST', '', { slug: '43', template: 'none' }, 404, 'WORKSPACE_TEMPLATE_NOT_FOUND'],
    ['POST', '', { slug: '43', color: 'red' }, 400, 'REQUEST_INVALID'],
    ['POST', '/42/finish', {}, 409, 'WORKSPACE_STATE_INVALID'],
    ['PUT', '/42/files/..%2F..%2Fx', 'x', 400, 'FILE_PATH_INVALID'],
    ['PUT', '/42/files/large', Buffer.alloc(30_000), 413, 'PAYLOAD_TOO_LARGE'],
    // A page of another site can send these without being asked.
    ['POST', '/42/abandon', undefined, 400, 'REQUEST_INVALID'],
    ['POST', '/42/save', undefined, 400, 'REQUEST_INVALID'],
  ] as const)('answers %s %s %p with %d %s', async (method, path, payload, status, code) => {
    await start('42');
    expect(await ask(method, path, payload)).toMatchObject({ status, body: { code } });
  });

  it('refuses a command in a form that a page of another site can send', async () => {
    await start('42');
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await ask('POST', '/42/abandon', 'discard=true', headers)).status).toBe(415);
  });
});

describe('/readyz', () => {
  it('says nothing of pending changes where there are none', async () => {
    expect((await api.app.inject({ url: '/readyz' })).json()).toEqual({ status: 'ok' });
  });
});
