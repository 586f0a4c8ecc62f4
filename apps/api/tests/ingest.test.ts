import { once } from 'node:events';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { IngestReport, IngestRun } from '@markitect/application';
import { buildServer } from '../src/server/build-server.js';
import { type OpenApi, openApi } from './open-api.js';

let top: string;
let root: string;
let second: string;
let api: OpenApi;

beforeAll(async () => {
  top = await realpath(await mkdtemp(join(tmpdir(), 'markitect-roots-')));
  root = join(top, 'root');
  second = join(top, 'second');
  await mkdir(join(root, 'guides'), { recursive: true });
  await mkdir(second);
  await writeFile(join(root, 'guides', 'start.md'), '# Start\n');
  await writeFile(join(root, 'guides', 'broken.md'), '---\na: [\n---\n');
  await writeFile(join(second, 'other.md'), '# Other\n');
  await writeFile(join(top, 'secret.md'), '# Secret\n');
  await symlink(top, join(root, 'way-out'));
  await symlink(join(top, 'secret.md'), join(root, 'leak.md'));
  api = await openApi({ ingest: { roots: [root, second] } });
});
afterAll(async () => {
  await api.close();
  await rm(top, { recursive: true, force: true });
});

const ingest = (payload: object) => api.app.inject({ method: 'POST', url: '/v1/documents/ingest', payload });

describe('POST /v1/documents/ingest', () => {
  it('takes in what it can and reports the rest as problems', async () => {
    const answer = await ingest({ paths: ['guides'] });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({
      created: 1,
      failed: 1,
      interrupted: false,
      failures: [
        {
          source: join(root, 'guides', 'broken.md'),
          type: 'urn:markitect:error:FRONT_MATTER_INVALID',
          status: 400,
          code: 'FRONT_MATTER_INVALID',
        },
      ],
    });
    expect((await ingest({ paths: ['guides'] })).json()).toMatchObject({ created: 0, unchanged: 1 });
    expect((await api.app.inject({ url: '/v1/documents/guides/start.md' })).statusCode).toBe(200);
  });

  it('takes in files of every root, under the prefix asked for', async () => {
    expect((await ingest({ paths: [second], as: 'two' })).json()).toMatchObject({ created: 1, failed: 0 });
    expect((await api.app.inject({ url: '/v1/documents/two/other.md' })).statusCode).toBe(200);
  });

  it('prunes what is gone', async () => {
    await writeFile(join(root, 'guides', 'brief.md'), 'x');
    await ingest({ paths: ['guides'] });
    await rm(join(root, 'guides', 'brief.md'));
    expect((await ingest({ paths: ['guides'], prune: true })).json()).toMatchObject({ removed: 1 });
    expect((await api.app.inject({ url: '/v1/documents/guides/brief.md' })).statusCode).toBe(404);
  });

  it.each([
    ['an absolute path outside', () => [join(top, 'secret.md')]],
    ['a path that climbs out', () => ['../secret.md']],
    ['a path that goes in and climbs out', () => ['guides/../../secret.md']],
    ['a link that leads out', () => ['way-out']],
    ['a file behind a link that leads out', () => ['way-out/secret.md']],
    ['a linked file outside', () => ['leak.md']],
    ['one such path among good ones', () => ['guides', '../secret.md']],
  ])('does not reach %s', async (_name, paths) => {
    const answer = await ingest({ paths: paths() });
    expect(answer.json()).toMatchObject({ status: 403, code: 'ROOT_NOT_ALLOWED' });
    const all = await api.app.inject({ url: '/v1/documents?limit=500' });
    expect(all.body).not.toContain('Secret');
  });

  it('does not follow a link out of a root while it walks', async () => {
    await ingest({ paths: ['.'] });
    const all = await api.app.inject({ url: '/v1/documents?limit=500' });
    expect(all.body).not.toContain('Secret');
  });

  it.each([
    ['a path that is not there', { paths: ['none'] }, 404, 'SOURCE_NOT_FOUND'],
    ['no paths', { paths: [] }, 400, 'REQUEST_INVALID'],
    ['a field it does not know', { paths: ['.'], prun: true }, 400, 'REQUEST_INVALID'],
    ['a text for a switch', { paths: ['.'], prune: 'yes' }, 400, 'REQUEST_INVALID'],
  ])('refuses %s', async (_name, payload, status, code) => {
    expect((await ingest(payload)).json()).toMatchObject({ status, code });
  });

  it('refuses bodies that are not JSON', async () => {
    const send = (type: string, payload: string) =>
      api.app.inject({
        method: 'POST',
        url: '/v1/documents/ingest',
        headers: { 'content-type': type },
        payload,
      });
    expect((await send('application/json', '{"paths":')).json()).toMatchObject({ status: 400 });
    expect((await send('text/plain', '{"paths":["."]}')).json()).toMatchObject({ status: 415 });
    expect((await send('text/markdown', '{"paths":["."]}')).json()).toMatchObject({ status: 400 });
    const bodiless = await api.app.inject({ method: 'POST', url: '/v1/documents/ingest' });
    expect(bodiless.json()).toMatchObject({ status: 400, code: 'REQUEST_INVALID' });
  });

  it('says how to configure roots when there are none', async () => {
    const bare = await openApi();
    const answer = await bare.app.inject({
      method: 'POST',
      url: '/v1/documents/ingest',
      payload: { paths: ['.'] },
    });
    expect(answer.json()).toMatchObject({ status: 403, code: 'ROOT_NOT_ALLOWED' });
    expect(answer.json<{ detail: string }>().detail).toContain('ingest.roots');
    await bare.close();
  });

  it('ends when the client leaves', async () => {
    let run: IngestRun | undefined;
    const entered = new Promise<void>((resolve) => {
      slow.ingest = (_request: unknown, hooks: IngestRun) => {
        run = hooks;
        resolve();
        return new Promise<IngestReport>((_resolve, reject) => {
          hooks.signal?.addEventListener('abort', () => reject(new Error('left')));
        });
      };
    });
    const app = await buildServer({
      application: { ...api.application, ingest: slow as unknown as typeof api.application.ingest },
      config: api.config,
    });
    await app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = app.server.address() as AddressInfo;
    const sent = request({
      port,
      host: '127.0.0.1',
      method: 'POST',
      path: '/v1/documents/ingest',
      headers: { 'content-type': 'application/json' },
    });
    sent.on('error', () => undefined);
    sent.end('{"paths":["."]}');
    await entered;
    expect(run?.signal?.aborted).toBe(false);
    sent.destroy();
    await once(run?.signal as AbortSignal, 'abort');
    await app.close();
  });
});

const slow: { ingest: unknown } = { ingest: undefined };
