import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { HttpConnection, type HttpOptions } from '../src/index.js';
import { type Behaviour, cutShort, json, raw, reset, silence } from './misbehaving-server.js';
import { failureOf, openBench, TOKEN } from './open-connection.js';

const bench = openBench();

/** Everything of a value that a log, a crash or a serializer can show. */
function shown(value: unknown): string {
  const seen = new Set<object>();
  const own: string[] = [];
  const collect = (each: unknown): void => {
    if (typeof each !== 'object' || each === null || seen.has(each)) return;
    seen.add(each);
    for (const key of Reflect.ownKeys(each)) {
      const property = Object.getOwnPropertyDescriptor(each, key)?.value as unknown;
      own.push(`${String(key)}=${typeof property === 'string' ? property : ''}`);
      collect(property);
    }
  };
  collect(value);
  return [
    inspect(value, {
      depth: Infinity,
      showHidden: true,
      getters: true,
      maxStringLength: null,
      maxArrayLength: null,
    }),
    String(value),
    value instanceof Error ? `${value.stack ?? ''} ${value.message}` : '',
    JSON.stringify(value, seenOnce()),
    ...own,
  ].join('\n');
}

function seenOnce() {
  const seen = new Set<unknown>();
  return (_key: string, value: unknown): unknown => {
    if (typeof value === 'object' && value !== null) {
      if (seen.has(value)) return undefined;
      seen.add(value);
    }
    return value;
  };
}

/** Tells the token back in every way a server can. */
const echo: Behaviour = (response, request) => {
  const { authorization = '' } = request.headers;
  response.writeHead(500, `failed for ${authorization}`, {
    'content-type': 'application/json',
    'x-echo': authorization,
  });
  response.end(JSON.stringify({ message: authorization }));
};
const brokenEcho: Behaviour = (response, request) =>
  void response.socket?.write(
    `HTTP/1.1 200 OK\r\nx: ${String(request.headers.authorization)}\u0000\r\nbroken\r\n\r\n`,
  );
const invalidEcho: Behaviour = (response, request) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(`${String(request.headers.authorization)} is no JSON`);
};

const quick: Partial<HttpOptions> = { headersTimeoutMs: 40, retry: { attempts: 2 } };
const failures: [string, Behaviour, Partial<HttpOptions>][] = [
  ['a reset', reset, {}],
  ['an echo in a 500', echo, {}],
  ['an echo that is no HTTP', brokenEcho, {}],
  ['an echo that is no JSON', invalidEcho, {}],
  ['429', json({}, 429), {}],
  ['429 with a long Retry-After', json({}, 429, { 'retry-after': '9999' }), {}],
  ['a cut answer', cutShort, {}],
  ['the wrong type', raw('x', { 'content-type': 'text/html' }), {}],
  ['too much', json('x'.repeat(1000)), { maxResponseBytes: 100 }],
  ['silence', silence, {}],
  ['a deadline', silence, { deadlineMs: 30 }],
  ['an open breaker', reset, { breaker: { minimumAttempts: 1 } }],
  ['no waiting room', silence, { connections: 1, maxWaiting: 0 }],
  ['a rate limit', json(), { rateLimit: { perSecond: 0.001, burst: 1 } }],
  ['an unknown host', json(), { baseUrl: 'http://host.invalid/' }],
  ['a refused connection', json(), { baseUrl: 'http://127.0.0.1:1/' }],
  ['plain text where TLS is spoken', json(), { baseUrl: 'https://127.0.0.1:1/' }],
  ['a refusing proxy', json(), { proxy: `http://me:${TOKEN}@127.0.0.1:1/` }],
  ['a token that cannot be had', json(), { token: () => Promise.reject(new Error(`no file, not ${TOKEN}`)) }],
  ['a token that cannot be sent', json(), { token: async () => `${TOKEN}\r\nx: y` }],
];

describe('the token', () => {
  it.each(failures)('is in no error after %s', async (_name, behaviour, options) => {
    const { server, open } = bench();
    const http = await open({ ...quick, ...options });
    server.will(behaviour);
    const post = { method: 'POST', path: 'x', json: {} } as const;
    const errors = await Promise.all([
      failureOf(
        http
          .request({ method: 'GET', path: 'x', query: { page: 1 } })
          .then(() => http.request({ method: 'GET', path: 'x', deadlineMs: 10 })),
      ),
      failureOf(http.request(post).then(() => http.request(post))),
      failureOf(
        http
          .request({ ...post, repeat: { carriedOut: () => http.request(post) } })
          .then(() => http.request(post)),
      ),
    ]);
    for (const error of errors) {
      expect(error.code).toMatch(/^(HTTP_|DEADLINE_|CONFIG_INVALID|UNEXPECTED)/);
      expect(shown(error)).not.toContain('hunter2');
    }
    expect(shown(await http.health())).not.toContain('hunter2');
    expect(shown(http)).not.toContain('hunter2');
    expect(shown(http.stats())).not.toContain('hunter2');
  });

  it('is found by the search when it is there', () => {
    const leaky = new Error('x', { cause: { config: { headers: { a: `token ${TOKEN}` } } } });
    expect(shown(leaky)).toContain('hunter2');
    expect(shown(Object.defineProperty({}, 'hidden', { value: { [Symbol('s')]: TOKEN } }))).toContain(
      'hunter2',
    );
  });

  it('is not in the error of a connection that could not be made', async () => {
    const wrong: Partial<HttpOptions>[] = [
      { tls: { caFile: '/nowhere/ca.pem' } },
      { connections: -1 },
      { token: `${TOKEN}\n` },
    ];
    for (const options of wrong) {
      const error = await failureOf(
        (async () =>
          new HttpConnection({
            name: 'x',
            baseUrl: 'https://git.example',
            token: TOKEN,
            ...options,
          }).open())(),
      );
      expect(error.code).toBe('CONFIG_INVALID');
      expect(shown(error)).not.toContain('hunter2');
    }
  });

  it('is not sent along to where an answer leads', async () => {
    const { server, open } = bench();
    const paths = ['repos/x', 'repos/y'];
    server.will(
      json({}, 307, { location: 'http://evil.example/' }),
      json({}, 308, { location: '//evil.example/' }),
    );
    const http = await open();
    for (const path of paths) {
      const { status } = await http.request({ method: 'GET', path });
      expect([307, 308]).toContain(status);
    }
    expect(server.seen.map(({ headers }) => headers.host)).toEqual(Array(2).fill(`127.0.0.1:${server.port}`));
  });
});
