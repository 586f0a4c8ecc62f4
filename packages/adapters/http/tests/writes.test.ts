import { describe, expect, it, jest } from '@jest/globals';
import type { HttpResponse } from '@markitect/connections';
import { type Behaviour, cutShort, json, raw, reset, silence } from './misbehaving-server.js';
import { failureOf, openBench } from './open-connection.js';

const bench = openBench();
const post = { method: 'POST', path: 'issues', json: { title: 'one' } } as const;
const ambiguous: [string, Behaviour, string][] = [
  ['a reset', reset, 'HTTP_UNREACHABLE'],
  ['500', json({}, 500), 'HTTP_SERVER_FAILED'],
  ['502', json({}, 502), 'HTTP_SERVER_FAILED'],
  ['503 without Retry-After', json({}, 503), 'HTTP_SERVER_FAILED'],
  ['an answer cut short', cutShort, 'HTTP_RESPONSE_INVALID'],
  ['an answer of the wrong type', raw('hi', { 'content-type': 'text/html' }), 'HTTP_RESPONSE_INVALID'],
  ['silence', silence, 'HTTP_TIMEOUT'],
];
const quick = { headersTimeoutMs: 60, connections: 4 };

describe('a write that is not to be made twice', () => {
  it.each(ambiguous)('is not repeated after %s: its outcome is unknown', async (_name, behaviour, reason) => {
    const { server, open } = bench();
    const http = await open(quick);
    server.will(behaviour);
    const error = await failureOf(http.request(post));
    expect(error).toMatchObject({
      code: 'HTTP_OUTCOME_UNKNOWN',
      retryable: false,
      details: { reason, method: 'POST', path: 'issues', attempts: 1 },
    });
    expect(server.seen).toHaveLength(1);
  });

  it.each<[string, Behaviour]>([
    ['429', json({}, 429)],
    ['503 with Retry-After', json({}, 503, { 'retry-after': '0' })],
  ])('is repeated after %s: it was not carried out', async (_name, behaviour) => {
    const { server, open } = bench();
    server.will(behaviour, json({ number: 1 }, 201));
    await expect((await open()).request(post)).resolves.toMatchObject({ status: 201 });
    expect(server.seen.map(({ body }) => body)).toEqual(['{"title":"one"}', '{"title":"one"}']);
  });

  it('is repeated when the connection was refused, and fails as unreachable', async () => {
    const { server, open } = bench();
    const http = await open({ retry: { attempts: 3 } });
    await server.stop();
    const error = await failureOf(http.request(post));
    expect(error).toMatchObject({ code: 'HTTP_UNREACHABLE', retryable: true, details: { attempts: 3 } });
  });

  it('is not sent again when the server closes a kept socket under it', async () => {
    const { server, open } = bench();
    const http = await open({ connections: 1 });
    await http.request({ method: 'GET', path: 'x' });
    server.will(reset, json());
    await expect(failureOf(http.request(post))).resolves.toMatchObject({ code: 'HTTP_OUTCOME_UNKNOWN' });
    expect(server.seen.filter(({ method }) => method === 'POST')).toHaveLength(1);
  });

  it.each([
    ['PUT', true],
    ['DELETE', true],
    ['PATCH', false],
  ] as const)('%s is taken for repeatable: %p', async (method, isRepeated) => {
    const { server, open } = bench();
    server.will(reset, json());
    const outcome = (await open()).request({ method, path: 'x' }).then(
      () => 'done',
      (error: unknown) => (error as { code: string }).code,
    );
    await expect(outcome).resolves.toBe(isRepeated ? 'done' : 'HTTP_OUTCOME_UNKNOWN');
  });

  it.each<[string, Behaviour, string, boolean]>([
    ['sent', silence, 'unknown', false],
    ['told to wait', json({}, 429, { 'retry-after': '1' }), 'not-carried-out', true],
  ])('whose deadline passes when it is %s says so', async (_name, behaviour, outcome, retryable) => {
    const { server, open } = bench();
    const http = await open({ headersTimeoutMs: 20_000 });
    const sent = new Promise<void>((resolve) => {
      server.will((response, request) => {
        resolve();
        return behaviour(response, request);
      });
    });
    const stop = new AbortController();
    const failure = failureOf(http.request({ ...post, signal: stop.signal }));
    await sent;
    await new Promise((resolve) => setTimeout(resolve, 50));
    stop.abort();
    await expect(failure).resolves.toMatchObject({
      code: 'DEADLINE_EXCEEDED',
      retryable,
      details: { outcome },
    });
    expect(server.seen).toHaveLength(1);
  });
});

describe('a guarded write', () => {
  const created: HttpResponse = { status: 201, headers: {}, body: { number: 7 } };

  it.each(ambiguous)(
    'that was carried out before %s is answered and not repeated',
    async (_name, behaviour) => {
      const { server, open } = bench();
      const http = await open(quick);
      server.will(behaviour);
      const carriedOut = jest.fn(async () => created);
      await expect(http.request({ ...post, repeat: { carriedOut } })).resolves.toEqual(created);
      expect(carriedOut).toHaveBeenCalledTimes(1);
      expect(server.seen).toHaveLength(1);
    },
  );

  const answered = ambiguous.filter(([name]) => name !== 'silence');

  it('has an unknown outcome after silence, when it cannot be seen: the server may still be at it', async () => {
    const { server, open } = bench();
    const http = await open(quick);
    server.will(silence);
    const carriedOut = jest.fn(async () => undefined);
    const error = await failureOf(http.request({ ...post, repeat: { carriedOut } }));
    expect(error).toMatchObject({ code: 'HTTP_OUTCOME_UNKNOWN', details: { reason: 'HTTP_TIMEOUT' } });
    expect(server.seen).toHaveLength(1);
  });

  it.each(answered)('that was not carried out is repeated after %s', async (_name, behaviour) => {
    const { server, open } = bench();
    const http = await open(quick);
    server.will(behaviour, behaviour, json({ number: 8 }, 201));
    const carriedOut = jest.fn(async () => undefined);
    await expect(http.request({ ...post, repeat: { carriedOut } })).resolves.toMatchObject({
      body: { number: 8 },
    });
    expect(carriedOut).toHaveBeenCalledTimes(2);
    expect(server.seen).toHaveLength(3);
  });

  it('is asked about before the caller is told that it failed', async () => {
    const { server, open } = bench();
    const http = await open({ retry: { attempts: 2 } });
    server.will(json({}, 500));
    const answers = [undefined, created];
    const carriedOut = jest.fn(async () => answers.shift());
    await expect(http.request({ ...post, repeat: { carriedOut } })).resolves.toEqual(created);
    const surelyNot = await failureOf(
      http.request({ ...post, repeat: { carriedOut: async () => undefined } }),
    );
    expect(surelyNot).toMatchObject({ code: 'HTTP_SERVER_FAILED', retryable: true });
    expect(server.seen).toHaveLength(4);
  });

  it('has an unknown outcome when asking fails', async () => {
    const { server, open } = bench();
    const http = await open();
    server.will(json({}, 500));
    const carriedOut = jest.fn(() => Promise.reject(new Error('no idea')));
    const error = await failureOf(http.request({ ...post, repeat: { carriedOut } }));
    expect(error).toMatchObject({ code: 'HTTP_OUTCOME_UNKNOWN', retryable: false });
    expect(carriedOut).toHaveBeenCalledTimes(1);
    expect(server.seen).toHaveLength(1);
  });

  it('asks over the same connection without waiting for its own socket, even while it closes', async () => {
    const { server, open } = bench();
    const http = await open({ connections: 1 });
    let closing: Promise<void> | undefined;
    server.will(
      (response) => {
        closing = http.close();
        response.destroy();
      },
      json([{ number: 9 }]),
    );
    const carriedOut = (signal: AbortSignal) => http.request({ method: 'GET', path: 'issues', signal });
    await expect(http.request({ ...post, repeat: { carriedOut } })).resolves.toMatchObject({
      body: [{ number: 9 }],
    });
    await closing;
  });

  it('is not told what a read began before it saw', async () => {
    const { server, open } = bench();
    const http = await open();
    let answerOld!: () => void;
    server.will(
      (response, request) => {
        answerOld = () => void json([])(response, request);
      },
      reset,
      json([{ number: 9 }]),
    );
    const old = http.request({ method: 'GET', path: 'issues' });
    while (server.seen.length < 1) await new Promise((resolve) => setImmediate(resolve));
    const carriedOut = (signal: AbortSignal) => http.request({ method: 'GET', path: 'issues', signal });
    const written = http.request({ ...post, repeat: { carriedOut } });
    await expect(written).resolves.toMatchObject({ body: [{ number: 9 }] });
    answerOld();
    await expect(old).resolves.toMatchObject({ body: [] });
  });

  it('leaves half of its time for asking when the server is silent', async () => {
    const { server, open } = bench();
    const http = await open({ headersTimeoutMs: 60_000 });
    server.will(silence);
    const request = { ...post, deadlineMs: 2000, repeat: { carriedOut: async () => created } };
    await expect(http.request(request)).resolves.toEqual(created);
  });
});
