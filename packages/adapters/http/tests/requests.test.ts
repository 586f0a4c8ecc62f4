import type { LookupFunction } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { json, raw } from './misbehaving-server.js';
import { openBench, TOKEN } from './open-connection.js';

const bench = openBench();

describe('a request', () => {
  it('is sent below the base URL with token, query and JSON, and answered with the parsed body', async () => {
    const { server, open } = bench();
    server.will(json({ number: 7 }, 201, { 'x-total': '3', 'set-cookie': 'a=b' }));
    const http = await open();
    const response = await http.request({
      method: 'POST',
      path: 'repos/a/b/issues',
      query: { page: 2 },
      headers: { 'X-Gitea-OTP': '1' },
      json: { title: 'ä' },
    });
    expect(response).toMatchObject({ status: 201, body: { number: 7 }, headers: { 'x-total': '3' } });
    expect(server.seen).toMatchObject([
      {
        method: 'POST',
        url: '/api/v1/repos/a/b/issues?page=2',
        body: '{"title":"ä"}',
        headers: {
          authorization: `token ${TOKEN}`,
          'content-type': 'application/json',
          accept: 'application/json',
          'user-agent': 'markitect',
          'x-gitea-otp': '1',
        },
      },
    ]);
  });

  it.each([200, 204, 301, 304, 400, 401, 404, 409, 422])(
    'with the status %p is an answer',
    async (status) => {
      const { server, open } = bench();
      server.will(status === 204 || status === 304 ? raw('', {}, status) : json({ status }, status));
      const { body, status: answered } = await (await open()).request({ method: 'GET', path: 'x' });
      expect(answered).toBe(status);
      expect(body).toEqual(status === 204 || status === 304 ? undefined : { status });
    },
  );

  it('gives bytes as they were sent, of any type and packed or not', async () => {
    const { server, open } = bench();
    const bytes = Buffer.from([0x1f, 0x8b, 0, 0xff, 0x80]);
    const http = await open();
    const get = { method: 'GET', path: 'x', expect: 'bytes' } as const;
    server.will(raw(bytes, { 'content-type': 'text/html', 'content-encoding': 'gzip' }), raw('', {}, 404));
    expect(await http.request(get)).toMatchObject({ status: 200, body: undefined, bytes });
    expect(server.seen[0]?.headers.accept).toBe('*/*');
    expect(await http.request(get)).toMatchObject({ status: 404, body: undefined, bytes: Buffer.alloc(0) });
    server.will(json());
    expect(await http.request({ method: 'GET', path: 'x' })).not.toHaveProperty('bytes');
  });

  it('goes to the addresses that its own lookup gives, and nowhere when that gives an error', async () => {
    const { server, open } = bench();
    const asked: string[] = [];
    const lookup: LookupFunction = (hostname, options, callback) => {
      asked.push(hostname);
      if (hostname === 'refused.test')
        callback(Object.assign(new Error('no'), { code: 'NOT_ALLOWED' }), '', 0);
      else if (options.all === true) callback(null, [{ address: '127.0.0.1', family: 4 }]);
      else callback(null, '127.0.0.1', 4);
    };
    const named = await open({ baseUrl: `http://git.test:${server.port}`, lookup });
    expect(await named.request({ method: 'GET', path: 'x' })).toMatchObject({ body: { ok: true } });
    expect(server.seen[0]?.headers.host).toBe(`git.test:${server.port}`);
    const refused = await open({
      baseUrl: `http://refused.test:${server.port}`,
      lookup,
      retry: { attempts: 1 },
    });
    await expect(refused.request({ method: 'GET', path: 'x' })).rejects.toMatchObject({
      code: 'HTTP_UNREACHABLE',
      details: { vendorCode: 'NOT_ALLOWED' },
    });
    expect(asked).toEqual(['git.test', 'refused.test']);
    expect(server.seen).toHaveLength(1);
  });

  it('joins repeated headers with a comma', async () => {
    const { server, open } = bench();
    server.will((response) => {
      response.writeHead(
        200,
        [
          ['Link', '<a>'],
          ['Link', '<b>'],
          ['Content-Type', 'application/json'],
        ].flat(),
      );
      response.end('1');
    });
    const { headers } = await (await open()).request({ method: 'GET', path: 'x' });
    expect(headers['link']).toBe('<a>, <b>');
  });

  it('answers with text, with nothing, or with what stood in the way', async () => {
    const { server, open } = bench();
    const http = await open();
    server.will(
      raw('plain', { 'content-type': 'text/plain' }),
      raw('[1]', { 'content-type': 'application/json' }),
      raw('<h1>no</h1>', { 'content-type': 'text/html' }, 404),
    );
    const path = 'x';
    expect((await http.request({ method: 'GET', path, expect: 'text' })).body).toBe('plain');
    expect((await http.request({ method: 'GET', path, expect: 'none' })).body).toBeUndefined();
    expect((await http.request({ method: 'GET', path })).body).toBe('<h1>no</h1>');
    expect((await http.request({ method: 'HEAD', path })).body).toBeUndefined();
  });

  it('asks a token function before each attempt', async () => {
    const { server, open } = bench();
    let number = 0;
    const http = await open({ token: async () => `t${String((number += 1))}` });
    server.will(json({}, 502), json());
    await http.request({ method: 'GET', path: 'x' });
    expect(server.seen.map(({ headers }) => headers.authorization)).toEqual(['token t1', 'token t2']);
  });

  it('follows no redirect, and shows the token to nobody else', async () => {
    const { server, open } = bench();
    const other = bench().server;
    server.will(json({}, 302, { location: `http://localhost:${other.port}/elsewhere` }));
    const { status, headers } = await (await open()).request({ method: 'GET', path: 'x' });
    expect([status, headers['location']]).toEqual([302, `http://localhost:${other.port}/elsewhere`]);
    expect(server.seen).toHaveLength(1);
  });

  it('uses few sockets again and again', async () => {
    const { server, open } = bench();
    const http = await open({ connections: 2 });
    const sockets = new Set<unknown>();
    server.will((response, request) => {
      sockets.add(request.socket);
      json()(response, request) as undefined;
    });
    const requests = Array.from({ length: 40 }, (_, page) =>
      http.request({ method: 'GET', path: 'x', query: { page } }),
    );
    await new Promise((resolve) => setImmediate(resolve));
    const busy = http.stats().leases['requests'];
    await Promise.all(requests);
    expect(busy).toMatchObject({ inUse: 2, idle: 0, waiting: 38 });
    expect(sockets.size).toBeLessThanOrEqual(3);
    expect(http.stats().leases['requests']).toMatchObject({ inUse: 0, idle: 2, waiting: 0 });
    expect(http.stats().counters).toMatchObject({ requests: 40, attempts: 40, retries: 0, failures: 0 });
  });

  it.each([0, -1, Number.NaN, 2 ** 31])('refuses the deadline %p', async (deadlineMs) => {
    const http = await bench().open();
    await expect(http.request({ method: 'GET', path: 'x', deadlineMs })).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
    });
  });
});
