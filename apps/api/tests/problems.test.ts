import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  Corrupt,
  type ErrorCode,
  errorCodes,
  Invalid,
  type MarkitectError,
  RateLimited,
  Timeout,
  Unavailable,
} from '@markitect/domain';
import { statusOf } from '../src/problems/problem.js';
import { buildServer } from '../src/server/build-server.js';
import { type OpenApi, openApi } from './open-api.js';

let api: OpenApi;
let port: number;
beforeAll(async () => {
  api = await openApi();
  await api.app.listen({ host: '127.0.0.1', port: 0 });
  port = (api.app.server.address() as AddressInfo).port;
});
afterAll(() => api.close());

/** Sends bytes as they are and answers with all that comes back. */
function raw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('close', () => resolve(Buffer.concat(chunks).toString()));
    socket.on('error', reject);
  });
}

const problemIn = (answer: string) => JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4)) as object;

const failures: readonly { error: MarkitectError; status: number; wait: string | undefined }[] = [
  {
    error: new RateLimited('HTTP_RATE_LIMITED', 'too many', { details: { retryAfterMs: 2_100 } }),
    status: 429,
    wait: '3',
  },
  { error: new RateLimited('HTTP_RATE_LIMITED', 'too many'), status: 429, wait: '1' },
  {
    error: new Unavailable('HTTP_CIRCUIT_OPEN', 'down', { details: { retryAfterMs: 0 } }),
    status: 503,
    wait: '1',
  },
  { error: new Unavailable('HTTP_SERVER_FAILED', '500'), status: 502, wait: '1' },
  { error: new Timeout('HTTP_TIMEOUT', 'too slow'), status: 504, wait: '1' },
  // Sent again it might be done twice.
  {
    error: new Unavailable('HTTP_OUTCOME_UNKNOWN', 'maybe', { retryable: false }),
    status: 502,
    wait: undefined,
  },
  { error: new Corrupt('HTTP_RESPONSE_INVALID', 'no JSON'), status: 502, wait: undefined },
  { error: new Invalid('REQUEST_INVALID', 'wrong'), status: 400, wait: undefined },
];

describe('errors', () => {
  it('says what is not there', async () => {
    const answer = await api.app.inject({ url: '/v2/nothing?secret=1' });
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.json()).toMatchObject({
      status: 404,
      code: 'ROUTE_NOT_FOUND',
      detail: 'there is nothing at GET /v2/nothing',
    });
  });

  it.each([
    ['PATCH', '/v1/documents/a.md', 'DELETE, GET, HEAD, PUT'],
    ['POST', '/v1/documents', 'GET, HEAD'],
    ['DELETE', '/v1/search', 'GET, HEAD'],
    ['POST', '/healthz', 'GET, HEAD'],
    ['POST', '/openapi.json', 'GET, HEAD'],
    ['DELETE', '/docs', 'GET, HEAD'],
    ['PUT', '/docs/', 'GET, HEAD'],
    ['POST', '/docs/static/index.html', 'GET, HEAD'],
    ['OPTIONS', '/v1/nodes', 'GET, HEAD'],
  ] as const)('answers %s %s with the methods that are allowed', async (method, url, allow) => {
    const answer = await api.app.inject({ method, url });
    expect(answer.json()).toMatchObject({ status: 405, code: 'METHOD_NOT_ALLOWED' });
    expect(answer.headers.allow).toBe(allow);
  });

  it('answers an address with broken percent-encoding', async () => {
    const answer = await raw(
      'GET /v1/documents/%ff HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(problemIn(answer)).toMatchObject({
      status: 400,
      code: 'REQUEST_INVALID',
      errors: [{ field: 'url' }],
    });
  });

  it('keeps ".." out, whatever the client sends', async () => {
    const answer = await raw(
      'GET /v1/documents/../../etc/passwd HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
    );
    expect(problemIn(answer)).toMatchObject({ code: 'DOCUMENT_PATH_INVALID' });
  });

  it.each([
    ['what is not HTTP', 'nonsense\r\n\r\n', 400],
    [
      'a header that is too large',
      `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
      431,
    ],
  ])('answers %s before there is a request', async (_name, text, status) => {
    const answer = await raw(text);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer).toContain('Content-Type: application/problem+json');
    expect(problemIn(answer)).toMatchObject({ status, code: 'REQUEST_INVALID' });
  });

  it('shows nothing of an error nobody foresaw, and logs it with the request', async () => {
    const lines: string[] = [];
    const app = await buildServer({
      config: api.config,
      logger: { level: 'error', stream: { write: (line: string) => void lines.push(line) } },
      application: {
        ...api.application,
        get documents(): never {
          throw new TypeError('password=hunter2 at /home/someone');
        },
      },
    });
    const answer = await app.inject({ url: '/v1/documents/a.md' });
    expect(answer.json()).toMatchObject({ status: 500, code: 'UNEXPECTED' });
    expect(answer.body).not.toContain('hunter2');
    expect(answer.body).not.toContain('/home/someone');
    const { instance } = answer.json<{ instance: string }>();
    expect(lines.join('')).toContain('hunter2');
    expect(lines.join('')).toContain(instance.replace('urn:uuid:', ''));
    await app.close();
  });

  it('does not show the cause of our own errors, and says when to try again', async () => {
    const app = await buildServer({
      config: api.config,
      application: {
        ...api.application,
        get documents(): never {
          throw new Unavailable('DATABASE_BUSY', 'the database is busy', { cause: new Error('vendor text') });
        },
      },
    });
    const answer = await app.inject({ url: '/v1/documents/a.md' });
    expect(answer.json()).toMatchObject({
      status: 503,
      code: 'DATABASE_BUSY',
      detail: 'the database is busy',
    });
    expect(answer.headers['retry-after']).toBe('1');
    expect(answer.body).not.toContain('vendor text');
    await app.close();
  });

  it.each(failures)(
    'says after $error.code whether to send the same request again, and when: $wait',
    async ({ error, status, wait }) => {
      const app = await buildServer({
        config: api.config,
        application: {
          ...api.application,
          get issues(): never {
            throw error;
          },
        },
      });
      const answer = await app.inject({ url: '/v1/labels' });
      expect(answer.json()).toMatchObject({ status, code: error.code });
      expect(answer.headers['retry-after']).toBe(wait);
      await app.close();
    },
  );

  it('names the code the system gave to what caused an error, and no more of it', async () => {
    const cause = Object.assign(new Error('no space left, write /srv/secret'), { code: 'ENOSPC' });
    const app = await buildServer({
      config: api.config,
      application: {
        ...api.application,
        get documents(): never {
          throw new Unavailable('FILE_SYSTEM_FAILED', 'a file could not be written', { cause });
        },
      },
    });
    const answer = await app.inject({ url: '/v1/documents/a.md' });
    expect(answer.json()).toMatchObject({ code: 'FILE_SYSTEM_FAILED', details: { cause: 'ENOSPC' } });
    expect(answer.body).not.toContain('/srv');
    await app.close();
  });

  it('has an HTTP error status for every code', () => {
    for (const code of Object.keys(errorCodes) as ErrorCode[]) {
      expect(statusOf(code)).toBeGreaterThanOrEqual(400);
      expect(statusOf(code)).toBeLessThan(600);
    }
  });
});
