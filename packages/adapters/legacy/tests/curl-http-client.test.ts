import { readFile, readdir } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CurlHttpClient, type CurlHttpOptions } from '../src/index.js';

const token = 'secret-token-1';

describe('CurlHttpClient', () => {
  let server: Server;
  let answer: (request: IncomingMessage, response: ServerResponse, body: string) => void;
  let asked: string[] = [];
  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`;
  const client = (options: Partial<CurlHttpOptions> = {}) =>
    new CurlHttpClient({ baseUrl: url(), token, ...options });
  const json = (response: ServerResponse, status: number, body: unknown, headers = {}) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };

  beforeAll(async () => {
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        asked.push(`${request.method ?? ''} ${request.url ?? ''}`);
        answer(request, response, Buffer.concat(chunks).toString());
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  beforeEach(() => {
    asked = [];
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it('sends a request and gives back the answer', async () => {
    answer = ({ headers }, response, body) =>
      json(
        response,
        201,
        { token: headers.authorization, type: headers['content-type'], body },
        { 'x-total-count': '3' },
      );
    const response = await client().request({
      method: 'POST',
      path: 'repos/a%2Fb',
      query: { q: 'ä&b', list: ['1', '2'], no: undefined },
      headers: { 'x-note': 'n' },
      json: { text: '"\\\n\t€' },
    });
    expect(response).toMatchObject({
      status: 201,
      body: { token: `token ${token}`, type: 'application/json', body: '{"text":"\\"\\\\\\n\\t€"}' },
    });
    expect(response.headers).toMatchObject({ 'x-total-count': '3', 'content-type': 'application/json' });
    expect(asked).toEqual(['POST /api/repos/a%2Fb?q=%C3%A4%26b&list=1&list=2']);
  });

  it('gives the body as it is asked for, and refusals as they are', async () => {
    answer = (_, response) => json(response, 200, { a: 1 });
    expect((await client().request({ method: 'GET', path: 'x', expect: 'text' })).body).toBe('{"a":1}');
    expect((await client().request({ method: 'GET', path: 'x', expect: 'none' })).body).toBeUndefined();
    const { bytes } = await client().request({ method: 'GET', path: 'x', expect: 'bytes' });
    expect(Buffer.from(bytes ?? []).toString()).toBe('{"a":1}');
    expect(await client().request({ method: 'HEAD', path: 'x' })).toMatchObject({
      status: 200,
      body: undefined,
    });
    answer = (_, response) => response.writeHead(404, { 'content-type': 'text/html' }).end('<b>no</b>');
    expect(await client().request({ method: 'GET', path: 'x' })).toMatchObject({
      status: 404,
      body: '<b>no</b>',
    });
    answer = (_, response) => response.writeHead(302, { location: '/elsewhere' }).end();
    expect(await client().request({ method: 'GET', path: 'x' })).toMatchObject({ status: 302 });
    expect(asked).not.toContain('GET /elsewhere');
  });

  it('has no secret among the arguments of a process', async () => {
    let seen = '';
    answer = (_, response) => {
      void commandLines().then((lines) => {
        seen = lines.filter((line) => line.startsWith('curl')).join('\n');
        json(response, 200, {});
      });
    };
    await client().request({ method: 'POST', path: 'x', json: { password: token } });
    expect(seen).toContain('--config');
    expect(seen).not.toContain(token);
  });

  it.each<[string, (response: ServerResponse) => void, object]>([
    [
      'a failing server',
      (response) => json(response, 502, {}),
      { code: 'HTTP_SERVER_FAILED', details: { status: 502 } },
    ],
    [
      'too many requests',
      (response) => json(response, 429, {}, { 'retry-after': '2' }),
      { code: 'HTTP_RATE_LIMITED', details: { retryAfterMs: 2000 } },
    ],
    ['a broken connection', (response) => response.destroy(), { code: 'HTTP_UNREACHABLE' }],
    [
      'half a body',
      (response) => {
        response.writeHead(200, { 'content-length': '99', 'content-type': 'application/json' });
        response.write('{');
        setTimeout(() => response.destroy(), 50);
      },
      { code: 'HTTP_RESPONSE_INVALID' },
    ],
    [
      'no JSON',
      (response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{'),
      { code: 'HTTP_RESPONSE_INVALID' },
    ],
    [
      'another type',
      (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('{}'),
      { code: 'HTTP_RESPONSE_INVALID' },
    ],
    ['too much', (response) => json(response, 200, 'x'.repeat(20_000)), { code: 'HTTP_RESPONSE_TOO_LARGE' }],
    ['silence', () => undefined, { code: 'DEADLINE_EXCEEDED', retryable: true }],
  ])('says of a read what is wrong: %s', async (_, respond, error) => {
    answer = (__, response) => respond(response);
    const request = client({ maxResponseBytes: 10_000, deadlineMs: 500 }).request({
      method: 'GET',
      path: 'x',
    });
    await expect(request).rejects.toMatchObject(error);
    expect(asked).toHaveLength(1);
  });

  it('says that nobody knows whether a write was carried out, unless it may be made again', async () => {
    answer = (_, response) => response.destroy();
    const post = { method: 'POST', path: 'x', json: {} } as const;
    await expect(client().request(post)).rejects.toMatchObject({
      code: 'HTTP_OUTCOME_UNKNOWN',
      retryable: false,
      details: { reason: 'HTTP_UNREACHABLE' },
    });
    await expect(client().request({ ...post, repeat: 'idempotent' })).rejects.toMatchObject({
      code: 'HTTP_UNREACHABLE',
    });
    await expect(client().request({ method: 'PUT', path: 'x', json: {} })).rejects.toMatchObject({
      code: 'HTTP_UNREACHABLE',
    });
    const none = { carriedOut: () => Promise.resolve(undefined) };
    await expect(client().request({ ...post, repeat: none })).rejects.toMatchObject({
      code: 'HTTP_OUTCOME_UNKNOWN',
    });
    const done = { status: 201, headers: {}, body: { found: true } };
    expect(await client().request({ ...post, repeat: { carriedOut: () => Promise.resolve(done) } })).toEqual(
      done,
    );
    answer = (_, response) => json(response, 500, {});
    await expect(client().request(post)).rejects.toMatchObject({ code: 'HTTP_OUTCOME_UNKNOWN' });
    await expect(client().request({ ...post, repeat: none })).rejects.toMatchObject({
      code: 'HTTP_SERVER_FAILED',
    });
    const late = client({ deadlineMs: 300 });
    answer = () => undefined;
    await expect(late.request(post)).rejects.toMatchObject({
      code: 'DEADLINE_EXCEEDED',
      retryable: false,
      details: { outcome: 'unknown' },
    });
  });

  it('knows that nothing was sent when there is no server, no program or no time', async () => {
    const post = { method: 'POST', path: 'x', json: {} } as const;
    await expect(client({ baseUrl: 'http://127.0.0.1:1' }).request(post)).rejects.toMatchObject({
      code: 'HTTP_UNREACHABLE',
      retryable: true,
    });
    await expect(client({ command: '/nowhere/curl' }).request(post)).rejects.toMatchObject({
      code: 'HTTP_UNREACHABLE',
    });
    answer = () => undefined;
    const busy = client({ processes: 1, deadlineMs: 400 });
    const [first, second] = await Promise.allSettled([
      busy.request(post),
      busy.request({ ...post, deadlineMs: 100 }),
    ]);
    expect(first).toMatchObject({ reason: { code: 'DEADLINE_EXCEEDED', details: { outcome: 'unknown' } } });
    expect(second).toMatchObject({
      reason: { code: 'DEADLINE_EXCEEDED', details: { outcome: 'not carried out' } },
    });
  });

  it('ends with its signal', async () => {
    answer = () => undefined;
    const signal = AbortSignal.timeout(200);
    await expect(client().request({ method: 'GET', path: 'x', signal })).rejects.toMatchObject({
      code: 'DEADLINE_EXCEEDED',
    });
    await expect(client().request({ method: 'GET', path: 'x', signal })).rejects.toMatchObject({
      code: 'DEADLINE_EXCEEDED',
    });
  });

  it.each([
    [{ path: '/x' }],
    [{ path: 'a/../x' }],
    [{ path: 'a?b' }],
    [{ path: 'x', rawQuery: 'a b' }],
    [{ path: 'x', query: { a: '\ud800' } }],
    [{ path: 'x', headers: { 'a\nb': 'c' } }],
    [{ path: 'x', headers: { a: 'b\r\nc: d' } }],
  ])('refuses %j', async (request) => {
    await expect(client().request({ method: 'GET', ...request })).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
    });
    expect(asked).toEqual([]);
  });

  it('refuses wrong options', () => {
    for (const options of [
      { baseUrl: 'ftp://x' },
      { baseUrl: 'http://u@x' },
      { token: 'a b' },
      { processes: 0 },
    ]) {
      expect(() => client(options)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
    }
  });
});

/** Of all processes, as everybody can see them. */
async function commandLines(): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
  );
  return lines.map((line) => line.replaceAll('\0', ' '));
}
