import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openApi, type OpenApi } from './open-api.js';

let api: OpenApi;
beforeAll(async () => void (api = await openApi()));
afterAll(() => api.close());

type Body = Readonly<Record<string, unknown>>;

async function ask(
  method: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE' | 'HEAD',
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
) {
  const answer = await api.app.inject({
    method,
    url: `/v1${path}`,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
  });
  return {
    status: answer.statusCode,
    headers: answer.headers,
    body: answer.payload === '' ? {} : answer.json<Body>(),
    etag: String(answer.headers.etag),
  };
}

describe.each(['users', 'configuration'])('/v1/%s', (kind) => {
  it('are written, read, changed, listed and removed', async () => {
    const key = 'team/ä b';
    const address = `/${kind}/${encodeURIComponent(key)}`;
    const made = await ask('PUT', address, { name: 'Ada', city: 'London' });
    expect(made).toMatchObject({
      status: 201,
      body: { key, value: { name: 'Ada', city: 'London' }, version: 1 },
    });
    expect(made.headers['location']).toBe(`/v1${address}`);
    expect(await ask('GET', address)).toMatchObject({ status: 200, body: made.body, etag: made.etag });
    const patched = await ask(
      'PATCH',
      address,
      { city: null, age: 36 },
      {
        'content-type': 'application/merge-patch+json',
      },
    );
    expect(patched).toMatchObject({ status: 200, body: { value: { name: 'Ada', age: 36 }, version: 2 } });
    expect((await ask('PATCH', address, { age: 37 })).body).toMatchObject({ version: 3 });
    expect(await ask('PUT', address, {})).toMatchObject({ status: 200, body: { value: {}, version: 4 } });
    await ask('PUT', `/${kind}/b`, {});
    expect((await ask('GET', `/${kind}?prefix=team%2F`)).body).toMatchObject({ items: [{ key }] });
    const page = (await ask('GET', `/${kind}?limit=1`)).body as { items: Body[]; nextCursor: string };
    expect(page.items).toMatchObject([{ key: 'b' }]);
    const next = await ask('GET', `/${kind}?limit=1&cursor=${page.nextCursor}`);
    expect(next.body).toMatchObject({ items: [{ key }] });
    expect((await ask('DELETE', address)).status).toBe(204);
    expect(await ask('GET', address)).toMatchObject({ status: 404, body: { code: 'RECORD_NOT_FOUND' } });
    expect((await ask('DELETE', address)).status).toBe(404);
    expect((await ask('PATCH', address, {})).status).toBe(404);
  });

  it('are changed only in the state that was seen', async () => {
    const address = `/${kind}/c`;
    const first = await ask('PUT', address, { a: 1 }, { 'if-none-match': '*' });
    expect(first.status).toBe(201);
    expect((await ask('GET', address, undefined, { 'if-none-match': first.etag })).status).toBe(304);
    const second = await ask('PUT', address, { a: 2 }, { 'if-match': first.etag });
    expect(second.status).toBe(200);
    for (const [method, headers] of [
      ['PUT', { 'if-match': first.etag }],
      ['PUT', { 'if-none-match': '*' }],
      ['PATCH', { 'if-match': `"x", ${first.etag}` }],
      ['PATCH', { 'if-match': `W/${second.etag}` }],
      ['DELETE', { 'if-match': first.etag }],
    ] as const) {
      const refused = await ask(method, address, method === 'DELETE' ? undefined : {}, headers);
      expect(refused).toMatchObject({
        status: 412,
        body: { code: 'PRECONDITION_FAILED', details: { version: 2 } },
      });
    }
    expect((await ask('GET', address, undefined, { 'if-none-match': first.etag })).status).toBe(200);
    expect((await ask('PATCH', address, { b: 1 }, { 'if-match': `"x", ${second.etag}` })).status).toBe(200);
    expect((await ask('PATCH', address, { b: 2 }, { 'if-match': '*' })).status).toBe(200);
    expect((await ask('PUT', `/${kind}/none`, {}, { 'if-match': '*' })).status).toBe(412);
    expect((await ask('DELETE', address, undefined, { 'if-match': '*' })).status).toBe(204);
  });

  it('get another tag when they are removed and stored again', async () => {
    const address = `/${kind}/d`;
    const { etag } = await ask('PUT', address, { a: 1 });
    await ask('DELETE', address);
    await new Promise((resolve) => setTimeout(resolve, 2));
    expect((await ask('PUT', address, { a: 2 })).etag).not.toBe(etag);
  });

  it('lose no patch when many come at the same time, each of any state', async () => {
    const address = `/${kind}/e`;
    await ask('PUT', address, {});
    const patches = Array.from({ length: 12 }, (_, n) =>
      ask('PATCH', address, { [`f${n}`]: n }, n % 2 === 0 ? { 'if-match': '*' } : {}),
    );
    expect((await Promise.all(patches)).map(({ status }) => status)).toEqual(patches.map(() => 200));
    const { body } = await ask('GET', address);
    expect(Object.keys(body['value'] as Body)).toHaveLength(12);
  });

  it.each<[string, number, string, Parameters<typeof ask>]>([
    ['a list', 400, 'REQUEST_INVALID', ['PUT', '/a', [1]]],
    ['null', 400, 'REQUEST_INVALID', ['PUT', '/a', null]],
    ['no body', 400, 'REQUEST_INVALID', ['PUT', '/a']],
    ['a patch that is a list', 400, 'REQUEST_INVALID', ['PATCH', '/a', [1]]],
    ['a patch that is a text', 400, 'REQUEST_INVALID', ['PATCH', '/a', 'x']],
    ['a key that is too long', 400, 'REQUEST_INVALID', ['PUT', `/${'x'.repeat(201)}`, {}]],
    ['a key with a control character', 400, 'REQUEST_INVALID', ['GET', '/a%0ab']],
    ['a limit of none', 400, 'REQUEST_INVALID', ['GET', '?limit=0']],
    ['a filter that is not known', 400, 'REQUEST_INVALID', ['GET', '?prefx=a']],
    ['a cursor that is none', 400, 'CURSOR_INVALID', ['GET', '?cursor=abc']],
    [
      'a type that is not read',
      415,
      'MEDIA_TYPE_UNSUPPORTED',
      ['PUT', '/a', {}, { 'content-type': 'text/csv' }],
    ],
    ['a tag that is none', 400, 'REQUEST_INVALID', ['PUT', '/a', {}, { 'if-match': '3' }]],
  ])('refuse %s', async (_, status, code, [method, path, ...rest]) => {
    expect(await ask(method, `/${kind}${path}`, ...rest)).toMatchObject({ status, body: { code } });
  });
});

describe('/v1/conversations', () => {
  it('are begun, spoken in, read and removed', async () => {
    const begun = await ask('POST', '/conversations', { id: 'c/1', userId: 'ada', title: 'Fridays' });
    expect(begun).toMatchObject({ status: 201, body: { id: 'c/1', messages: 0, metadata: {} } });
    expect(begun.headers['location']).toBe('/v1/conversations/c%2F1');
    expect(await ask('POST', '/conversations', { id: 'c/1', userId: 'ada' })).toMatchObject({
      status: 409,
      body: { code: 'CONVERSATION_EXISTS' },
    });
    const messages = [
      { role: 'user', content: 'May I?', at: '2026-11-21T08:00Z', id: 'm1' },
      { role: 'assistant', content: 'No.', metadata: { tokens: 2 } },
    ];
    const said = await ask('POST', '/conversations/c%2F1/messages', { messages });
    expect(said).toMatchObject({ status: 200, body: { messages: 2 } });
    const again = await ask('POST', '/conversations/c%2F1/messages', { messages: messages.slice(0, 1) });
    expect(again.body).toEqual(said.body);
    const page = (await ask('GET', '/conversations/c%2F1/messages?limit=1')).body as { nextCursor: string };
    expect(page).toMatchObject({
      items: [{ id: 'm1', position: 1, content: 'May I?', at: '2026-11-21T08:00:00.000Z' }],
    });
    const next = await ask('GET', `/conversations/c%2F1/messages?cursor=${page.nextCursor}`);
    expect(next.body).toMatchObject({ items: [{ position: 2, metadata: { tokens: 2 } }] });
    const own = await ask('POST', '/conversations', { userId: 'ben' });
    expect(own.body['id']).toMatch(/^[0-9a-f-]{36}$/);
    expect((await ask('GET', '/conversations?userId=ada')).body).toEqual({ items: [said.body] });
    expect((await ask('GET', '/conversations/c%2F1')).body).toEqual(said.body);
    expect((await ask('DELETE', '/conversations/c%2F1')).status).toBe(204);
    for (const [method, path, body] of [
      ['GET', '', undefined],
      ['GET', '/messages', undefined],
      ['POST', '/messages', { messages }],
      ['DELETE', '', undefined],
    ] as const) {
      const missing = await ask(method, `/conversations/c%2F1${path}`, body);
      expect(missing).toMatchObject({ status: 404, body: { code: 'CONVERSATION_NOT_FOUND' } });
    }
  });

  it.each<[string, unknown]>([
    ['', { id: 'c1' }],
    ['', { userId: 'a', extra: 1 }],
    ['', { userId: 'a', metadata: [] }],
    ['', { userId: 'a', createdAt: 'yesterday' }],
    ['/c1/messages', { messages: [] }],
    ['/c1/messages', { messages: [{ role: 'user' }] }],
    ['/c1/messages', { messages: [{ role: 'a\nb', content: '' }] }],
  ])('refuse what is wrong: %s %j', async (path, body) => {
    expect(await ask('POST', `/conversations${path}`, body)).toMatchObject({
      status: 400,
      body: { code: 'REQUEST_INVALID' },
    });
  });
});

describe('/v1/analytics', () => {
  it('keeps events once, lists and counts them', async () => {
    const events = [
      { id: 'e1', type: 'login', userId: 'ada', at: '2026-11-20T10:00:00Z', properties: { n: 1 } },
      { id: 'e2', type: 'login', userId: 'ben', at: '2026-11-21T10:00:00+02:00' },
      { type: 'logout', at: '2026-11-22' },
    ];
    expect(await ask('POST', '/analytics/events', { events })).toMatchObject({
      status: 200,
      body: { appended: 3, known: 0 },
    });
    expect((await ask('POST', '/analytics/events', { events: events.slice(0, 2) })).body).toEqual({
      appended: 0,
      known: 2,
    });
    const { body } = await ask('GET', '/analytics/events?type=login&since=2026-11-21');
    expect(body).toEqual({
      items: [{ id: 'e2', type: 'login', userId: 'ben', at: '2026-11-21T08:00:00.000Z', properties: {} }],
    });
    expect((await ask('GET', '/analytics/events?limit=2')).body).toHaveProperty('nextCursor');
    expect((await ask('GET', '/analytics/count')).body).toEqual({ count: 3 });
    expect((await ask('GET', '/analytics/count?userId=ada&until=2026-11-21')).body).toEqual({ count: 1 });
  });

  it('tells which event is wrong, and keeps none', async () => {
    const { body: before } = await ask('GET', '/analytics/count');
    const refused = await ask('POST', '/analytics/events', {
      events: [{ type: 'a' }, { type: 'b', at: 'never' }],
    });
    expect(refused).toMatchObject({ status: 400, body: { errors: [{ field: 'body.events.1.at' }] } });
    expect((await ask('GET', '/analytics/events?since=never')).status).toBe(400);
    expect((await ask('GET', '/analytics/count?limit=3')).status).toBe(400);
    expect((await ask('GET', '/analytics/count')).body).toEqual(before);
  });
});
