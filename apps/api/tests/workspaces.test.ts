import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { composeApplication } from '../src/composition/application.js';
import { buildServer } from '../src/server/build-server.js';
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

  it('changes only what If-Match names, and says otherwise what is there', async () => {
    const { headers, body } = await start('42');
    const seen = String(headers.etag);
    await writeFile(join(body.folder ?? '', 'new.txt'), '');
    const now = String((await ask('GET', '/42')).headers.etag);
    const requests = [
      ['PUT', '/42/files/a.txt', 'a'],
      ['POST', '/42/restore', { path: 'notes.md' }],
      ['POST', '/42/save', {}],
      ['POST', '/42/abandon', { discard: true }],
      ['POST', '/42/finish', {}],
      ['GET', '/42', undefined],
    ] as const;
    for (const [method, path, payload] of requests) {
      const refused = await ask(method, path, payload, { 'if-match': seen });
      expect(refused).toMatchObject({
        status: 412,
        body: { code: 'PRECONDITION_FAILED', details: { slug: '42', current: now.slice(1, -1) } },
      });
      expect((await ask(method, path, payload, { 'if-match': `W/${now}` })).status).toBe(412);
      expect(await ask(method, path, payload, { 'if-match': 'bare' })).toMatchObject({
        status: 400,
        body: { code: 'REQUEST_INVALID' },
      });
    }
    const added = await ask('PUT', '/42/files/a.txt', 'a', { 'if-match': `"x", ${now}` });
    expect(added).toMatchObject({ status: 200, body: { revision: 2 } });
    const saved = await ask('POST', '/42/save', {}, { 'if-match': String(added.headers.etag) });
    expect(saved).toMatchObject({ status: 200, body: { state: 'active' } });
    expect(saved.headers.etag).toBe((await ask('GET', '/42')).headers.etag);
    expect((await ask('POST', '/42/finish', {}, { 'if-match': '*' })).status).toBe(200);
    expect((await ask('POST', '/none/save', {}, { 'if-match': '*' })).status).toBe(404);
  });

  it('lets one of two that saw the same through', async () => {
    const { headers } = await start('42');
    const given = { 'if-match': String(headers.etag) };
    const first = await ask('POST', '/42/save', {}, given);
    const second = await ask('POST', '/42/save', {}, given);
    expect([first.status, second.status]).toEqual([200, 412]);
  });

  it('names every answer to a file in its description', async () => {
    await start('42');
    const answer = await ask('PUT', '/42/files/a.txt', 'a', { 'content-type': 'nonsense' });
    const { paths } = (await api.app.inject({ url: '/openapi.json' })).json<{
      paths: Record<string, Record<string, { responses: object; parameters: { name: string }[] }>>;
    }>();
    const put = paths['/v1/workspaces/{slug}/files/{path}']?.['put'];
    expect(answer.status).toBe(415);
    expect(Object.keys(put?.responses ?? {})).toEqual(expect.arrayContaining(['412', '415']));
    expect(put?.parameters.map(({ name }) => name)).toContain('if-match');
  });

  it('tells of files with odd names, and saves, archives and removes nothing until they are renamed', async () => {
    const { body } = await start('42');
    const names = ['back\\slash.txt', 'e\u0301.txt', 'line\nbreak.txt'];
    for (const name of names) await writeFile(join(body.folder ?? '', name), 'odd');
    expect((await ask('GET', '/42')).body).toMatchObject({ state: 'dirty', unknown: names });
    expect((await ask('GET', '')).status).toBe(200);
    expect((await ask('PUT', '/42/files/a.txt', 'a')).status).toBe(200);
    for (const name of names) {
      for (const [command, payload] of [
        ['save', {}],
        ['finish', {}],
        ['abandon', { discard: true }],
      ] as const) {
        const refused = await ask('POST', `/42/${command}`, payload);
        expect(refused).toMatchObject({ status: 400, body: { code: 'FILE_PATH_INVALID' } });
      }
      await rm(join(body.folder ?? '', name));
    }
    expect((await ask('POST', '/42/finish', {})).status).toBe(200);
  });

  it('leaves no empty folders behind, and does not end a workspace with links in it', async () => {
    const { body } = await start('42');
    const folder = body.folder ?? '';
    await mkdir(join(folder, 'empty/deep'), { recursive: true });
    await mkdir(join(folder, 'links'));
    await writeFile(join(folder, 'notes.md'), 'changed');
    await symlink(api.folder, join(folder, 'links/out'));
    for (const [command, payload] of [
      ['finish', {}],
      ['abandon', { discard: true }],
    ] as const) {
      expect(await ask('POST', `/42/${command}`, payload)).toMatchObject({
        status: 403,
        body: { code: 'FILE_ESCAPES_ROOT', details: { paths: ['links/out'] } },
      });
    }
    expect((await ask('GET', '/42')).body).toMatchObject({ state: 'dirty', changed: ['notes.md'] });
    await rm(join(folder, 'links/out'));
    expect((await ask('POST', '/42/finish', {})).body).toMatchObject({ state: 'finished' });
    await expect(stat(folder)).rejects.toThrow('ENOENT');
    expect(await readdir(api.config.workspaces.root)).not.toContain('42');
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

  it('counts what is committed and cannot be put in place, which keeps no application from opening', async () => {
    const { root } = api.config.workspaces;
    const blocked = join(root, 'notes');
    await mkdir(join(blocked, 'in-its-way'), { recursive: true });
    await mkdir(join(root, '.markitect-staged'), { recursive: true });
    await writeFile(join(root, '.markitect-staged', 'left-1'), 'content');
    // As a process leaves it that is killed between its commit and putting its file in place.
    const since = '2026-11-21T12:00:00.000Z';
    const writer = await api.application.store.writer();
    await writer.transaction((transaction) =>
      transaction.run(
        `INSERT INTO outbox(unit, kind, root, target, target_key, payload, created_at)
         VALUES ('left', 'file-replace', 'workspaces', 'notes', 'notes', '"left-1"', ?)`,
        [since],
      ),
    );
    await api.application.close();

    const again = composeApplication(api.config);
    await again.open();
    const server = await buildServer({ application: again, config: api.config });
    try {
      expect(await again.pending()).toEqual({ count: 1, since });
      expect((await server.inject({ url: '/readyz' })).json()).toEqual({
        status: 'ok',
        pending: { count: 1, since },
      });
      await expect(again.recover()).rejects.toMatchObject({ code: 'COMMIT_NOT_APPLIED' });
      await rm(blocked, { recursive: true });
      expect(await again.recover()).toMatchObject({ applied: 1 });
      expect(await readFile(blocked, 'utf8')).toBe('content');
      expect((await server.inject({ url: '/readyz' })).json()).toEqual({ status: 'ok' });
    } finally {
      await server.close();
      await again.close();
    }
  });
});
