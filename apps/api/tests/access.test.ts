import { request } from 'node:http';
import { rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isLoopbackHostHeader, listensOnLoopbackOnly } from '../src/http/loopback.js';
import { serve } from '../src/index.js';
import { openApi, type OpenApi, temporaryConfig, temporaryFolder } from './open-api.js';

describe('a server with a token', () => {
  const token = 'correct-horse-battery-staple';
  let api: OpenApi;
  beforeAll(async () => {
    api = await openApi({ server: { token } });
  });
  afterAll(() => api.close());

  const get = (url: string, authorization?: string) =>
    api.app.inject({ url, ...(authorization === undefined ? {} : { headers: { authorization } }) });

  it.each([
    undefined,
    '',
    'Bearer',
    'Bearer ',
    `Basic ${token}`,
    token,
    'Bearer wrong',
    `Bearer ${token}x`,
    `Bearer ${token.slice(0, -1)}`,
  ])('refuses the authorization %p', async (authorization) => {
    const urls = ['/v1/documents', '/v1/documents/a.md', '/v1/search?q=x', '/%761/documents'];
    for (const url of [...urls, '/v1', '/v1/', '/v1/nope', '/v1/nope/x']) {
      const answer = await get(url, authorization);
      expect(answer.json()).toMatchObject({ status: 401, code: 'AUTHENTICATION_REQUIRED' });
      expect(answer.headers['www-authenticate']).toBe('Bearer realm="markitect"');
      expect(answer.body).not.toContain(token);
    }
  });

  it('refuses writes before it reads them', async () => {
    const answer = await api.app.inject({
      method: 'PUT',
      url: '/v1/documents/a.md',
      headers: { 'content-type': 'text/markdown' },
      payload: 'x',
    });
    expect(answer.statusCode).toBe(401);
    expect((await get('/v1/documents/a.md', `Bearer ${token}`)).statusCode).toBe(404);
  });

  it('tells those with the token what is not there', async () => {
    for (const url of ['/v1', '/v1/', '/v1/nope']) {
      expect((await get(url, `Bearer ${token}`)).json()).toMatchObject({
        status: 404,
        code: 'ROUTE_NOT_FOUND',
      });
    }
  });

  it('lets the token in, under any host name, whatever the case of the scheme', async () => {
    for (const scheme of ['Bearer', 'bearer']) {
      const answer = await api.app.inject({
        url: '/v1/documents',
        headers: { authorization: `${scheme} ${token}`, host: 'docs.example.com' },
      });
      expect(answer.statusCode).toBe(200);
    }
  });

  it.each(['/healthz', '/readyz', '/metrics', '/openapi.json', '/docs/'])(
    'needs no token at %s',
    async (url) => {
      expect((await get(url)).statusCode).toBe(200);
    },
  );
});

describe('a server without a token', () => {
  let api: OpenApi;
  beforeAll(async () => {
    api = await openApi();
  });
  afterAll(() => api.close());

  it('refuses names that a foreign web page could have', async () => {
    for (const host of ['evil.example', 'localhost.evil.example', '192.168.0.7:4780']) {
      const answer = await api.app.inject({ url: '/v1/documents', headers: { host } });
      expect(answer.json()).toMatchObject({ status: 403, code: 'HOST_NOT_ALLOWED' });
    }
    for (const host of ['localhost', 'LOCALHOST:4780', '127.0.0.1:4780', '[::1]:4780', 'app.localhost']) {
      expect((await api.app.inject({ url: '/v1/documents', headers: { host } })).statusCode).toBe(200);
    }
  });

  it('allows no other site to read its answers', async () => {
    const answer = await api.app.inject({
      url: '/v1/documents',
      headers: { origin: 'https://evil.example' },
    });
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  it.each(['0.0.0.0', '::', '192.0.2.1', ''])(
    'refuses to listen at "%s" before anything is opened',
    async (host) => {
      const folder = await temporaryFolder();
      const config = await temporaryConfig(folder, { server: { host } });
      await expect(serve(config, { env: { LOG_LEVEL: 'silent' } })).rejects.toMatchObject({
        code: 'SERVER_BIND_REFUSED',
      });
      await rm(folder, { recursive: true });
    },
  );
});

describe('a configuration that cannot be meant', () => {
  it('is refused when an ingest root is no folder, before anything is opened', async () => {
    const folder = await temporaryFolder();
    const file = join(folder, 'file');
    await writeFile(file, '');
    for (const root of [join(folder, 'nope'), file]) {
      const config = await temporaryConfig(folder, { ingest: { roots: [folder, root] } });
      await expect(serve(config, { env: { LOG_LEVEL: 'silent' } })).rejects.toMatchObject({
        code: 'CONFIG_INVALID',
        message: expect.stringContaining(root),
      });
      await expect(stat(config.dataDir)).rejects.toMatchObject({ code: 'ENOENT' });
    }
    await rm(folder, { recursive: true });
  });
});

describe('what is of this machine', () => {
  it.each(['127.0.0.1', '127.8.9.10', '::1', '0:0:0:0:0:0:0:1', '::ffff:127.0.0.1', 'localhost'])(
    '%s is',
    async (host) => {
      expect(await listensOnLoopbackOnly(host)).toBe(true);
    },
  );

  it.each(['0.0.0.0', '::', '128.0.0.1', '10.0.0.1', 'fe80::1', '::ffff:10.0.0.1', 'no-such-name.invalid'])(
    '%s is not',
    async (host) => {
      expect(await listensOnLoopbackOnly(host)).toBe(false);
    },
  );

  it('is told by the Host header, not by names that look like it', () => {
    expect(isLoopbackHostHeader('localhost.:80')).toBe(true);
    for (const header of ['127.0.0.1.nip.io', 'mylocalhost', '', '[::2]', 'localhost@evil.example']) {
      expect(isLoopbackHostHeader(header)).toBe(false);
    }
  });
});

describe('a listening server', () => {
  it('listens beyond this machine with a token, and says when the port is taken', async () => {
    const folder = await temporaryFolder();
    const config = await temporaryConfig(folder, { server: { host: '0.0.0.0', token: 'secret' } });
    const server = await serve(config, { env: { LOG_LEVEL: 'silent' } });
    const port = Number(new URL(server.url).port);
    const status = await new Promise((resolve, reject) => {
      request({ port, path: '/v1/documents', headers: { authorization: 'Bearer secret' } }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      })
        .on('error', reject)
        .end();
    });
    expect(status).toBe(200);
    const taken = { ...config, server: { ...config.server, port } };
    await expect(serve(taken, { env: { LOG_LEVEL: 'silent' } })).rejects.toMatchObject({
      code: 'SERVER_UNAVAILABLE',
    });
    await server.close();
    await rm(folder, { recursive: true });
  });
});
