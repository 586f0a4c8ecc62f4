import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DocumentService } from '@markitect/application';
import { document } from '../src/schemas/document-schemas.js';
import { buildServer } from '../src/server/build-server.js';
import { type OpenApi, openApi, put } from './open-api.js';

let api: OpenApi;
beforeAll(async () => {
  api = await openApi({ server: { bodyLimitBytes: 20_000 }, ingest: { maxFileBytes: 10_000 } });
});
afterAll(() => api.close());

const markdown = { 'content-type': 'text/markdown' };

function write(path: string, content: string | Buffer, headers: Record<string, string> = {}) {
  return api.app.inject({
    method: 'PUT',
    url: `/v1/documents/${path}`,
    headers: { ...markdown, ...headers },
    payload: content,
  });
}

function read(path: string, headers: Record<string, string> = {}) {
  return api.app.inject({ url: `/v1/documents/${path}`, headers });
}

describe('PUT and GET /v1/documents/{path}', () => {
  it('creates with Location and ETag, then reads back what was written', async () => {
    const created = await write('guides/start.md', '---\ntags: [a]\n---\n# Start\n');
    expect(created.statusCode).toBe(201);
    expect(created.headers.location).toBe('/v1/documents/guides/start.md');
    expect(created.json()).toMatchObject({ path: 'guides/start.md', outcome: 'created', revision: 1 });

    const found = await read('guides/start.md');
    expect(found.statusCode).toBe(200);
    expect(found.headers.etag).toBe(created.headers.etag);
    expect(found.headers['cache-control']).toBe('private, no-cache');
    expect(found.headers['x-content-type-options']).toBe('nosniff');
    expect(found.json()).toMatchObject({
      title: 'Start',
      tags: ['a'],
      content: '---\ntags: [a]\n---\n# Start\n',
      headings: [{ depth: 1, text: 'Start', slug: 'start', line: 4 }],
    });
  });

  it('takes JSON as well, answers 200 for a change and says when nothing changed', async () => {
    const url = '/v1/documents/json.md';
    const first = await api.app.inject({ method: 'PUT', url, payload: { content: 'one' } });
    const second = await api.app.inject({ method: 'PUT', url, payload: { content: 'two' } });
    const third = await api.app.inject({ method: 'PUT', url, payload: { content: 'two' } });
    expect([first, second, third].map((each) => each.statusCode)).toEqual([201, 200, 200]);
    expect(third.json()).toMatchObject({ outcome: 'unchanged', revision: 2 });
    expect(third.headers.etag).toBe(second.headers.etag);
  });

  it('stores an empty document', async () => {
    expect((await write('empty.md', '')).statusCode).toBe(201);
    expect((await read('empty.md')).json()).toMatchObject({ content: '', bytes: 0 });
  });

  it('answers with the Markdown itself when that is what is accepted', async () => {
    await put(api.app, 'raw.md', '# Räw\n');
    const found = await read('raw.md', { accept: 'text/markdown, application/json;q=0.5' });
    expect(found.headers['content-type']).toBe('text/markdown; charset=utf-8');
    expect(found.headers['vary']).toBe('Accept');
    expect(found.body).toBe('# Räw\n');
    for (const accept of ['text/markdown', 'text/*', 'text/markdown, */*', '*/*, application/json;q=0.2']) {
      expect([accept, (await read('raw.md', { accept })).body]).toEqual([accept, '# Räw\n']);
    }
    for (const accept of ['*/*', '', 'application/json', 'text/markdown;q=0.1, application/json']) {
      expect((await read('raw.md', { accept })).headers['content-type']).toMatch(/^application\/json/);
    }
  });

  it.each(['image/png', 'application/json;q=0, text/html', 'text/*;q=0', '*/*;q=0'])(
    'answers 406 when only %s is accepted',
    async (accept) => {
      await put(api.app, 'typed.md', '# Typed\n');
      expect((await read('typed.md', { accept })).json()).toMatchObject({
        status: 406,
        code: 'MEDIA_TYPE_NOT_ACCEPTABLE',
        details: { types: ['application/json', 'text/markdown'] },
      });
    },
  );

  it('answers as its description says', async () => {
    await put(api.app, 'whole.md', '---\ntags: [a]\nnested: { b: [1, null] }\n---\n# Whole\n');
    const found = (await read('whole.md')).json<object>();
    expect(document.strict().parse(found)).toEqual(found);
  });

  it('hands documents on without walking through them again', async () => {
    const app = await buildServer({
      config: api.config,
      application: {
        ...api.application,
        documents: Object.assign(Object.create(api.application.documents) as DocumentService, {
          get: () => Promise.resolve({ path: 'x.md', revision: 1, hash: 'abc', asItIs: true }),
          treeJson: () => Promise.resolve(new TextEncoder().encode('{ "as": "it is" }')),
        }),
      },
    });
    expect((await app.inject({ url: '/v1/documents/x.md' })).json()).toMatchObject({ asItIs: true });
    const tree = await app.inject({ url: '/v1/ast/x.md' });
    expect(tree.body).toBe('{ "as": "it is" }');
    expect(tree.headers['content-type']).toBe('application/json; charset=utf-8');
    await app.close();
  });

  it('answers HEAD with the headers alone', async () => {
    const etag = await put(api.app, 'head.md', '# Head\n');
    const answer = await api.app.inject({ method: 'HEAD', url: '/v1/documents/head.md' });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers.etag).toBe(etag);
    expect(answer.body).toBe('');
  });

  it('says 404 where there is no document', async () => {
    const answer = await read('none.md');
    expect(answer.statusCode).toBe(404);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.json()).toMatchObject({
      type: 'urn:markitect:error:DOCUMENT_NOT_FOUND',
      title: 'No document is stored at this path.',
      status: 404,
      detail: 'there is no document at none.md',
      code: 'DOCUMENT_NOT_FOUND',
      instance: `urn:uuid:${String(answer.headers['x-request-id'])}`,
      details: { path: 'none.md' },
    });
  });

  it('takes paths with Unicode, spaces, percent signs, hashes and encoded slashes', async () => {
    const path = 'Überblick/日本 100%25 #1?.md';
    const created = await write(encodeURIComponent(path), 'x');
    expect(created.json()).toMatchObject({ path });
    const located = await api.app.inject({ url: String(created.headers.location) });
    expect(located.json()).toMatchObject({ path });
    const bySlash = await read(path.split('/').map(encodeURIComponent).join('/'));
    expect(bySlash.json()).toMatchObject({ path });
  });

  it('finds a path written in another Unicode form', async () => {
    await write(encodeURIComponent('caf\u00e9.md'), 'x');
    expect((await read(encodeURIComponent('cafe\u0301.md'))).statusCode).toBe(200);
  });

  it.each([
    ['a parent folder', '..%2Fsecret.md'],
    ['an empty part', 'a%2F%2Fb.md'],
    ['a backslash', 'a%5Cb.md'],
    ['a control character', 'a%00b.md'],
    ['an absolute path', '%2Fetc%2Fpasswd'],
    ['no path', ''],
    ['a path over the limit', 'x'.repeat(1025)],
  ])('refuses %s as a path', async (_name, path) => {
    const answer = await write(path, 'x');
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ code: 'DOCUMENT_PATH_INVALID' });
  });

  it.each([
    ['malformed JSON', { 'content-type': 'application/json' }, '{"content":', 400, 'REQUEST_INVALID'],
    ['JSON without the content', { 'content-type': 'application/json' }, '{}', 400, 'REQUEST_INVALID'],
    ['an empty JSON body', { 'content-type': 'application/json' }, '', 400, 'REQUEST_INVALID'],
    ['no body', {}, undefined, 400, 'REQUEST_INVALID'],
    ['another media type', { 'content-type': 'text/plain' }, 'x', 415, 'MEDIA_TYPE_UNSUPPORTED'],
    [
      'another charset',
      { 'content-type': 'text/markdown; charset=latin1' },
      'x',
      415,
      'MEDIA_TYPE_UNSUPPORTED',
    ],
    [
      'a compressed body',
      { ...markdown, 'content-encoding': 'gzip' },
      gzipSync('# x'),
      415,
      'MEDIA_TYPE_UNSUPPORTED',
    ],
    [
      'a body in several encodings',
      { ...markdown, 'content-encoding': 'identity, br' },
      'x',
      415,
      'MEDIA_TYPE_UNSUPPORTED',
    ],
    ['a body over the limit', markdown, 'x'.repeat(20_001), 413, 'PAYLOAD_TOO_LARGE'],
    ['a document over the limit', markdown, 'x'.repeat(10_001), 413, 'DOCUMENT_TOO_LARGE'],
    ['bytes that are not UTF-8', markdown, Buffer.from([0x61, 0xff]), 400, 'FILE_NOT_UTF8'],
    [
      'JSON that is not UTF-8',
      { 'content-type': 'application/json' },
      Buffer.from('{"content":"\xff"}', 'latin1'),
      400,
      'FILE_NOT_UTF8',
    ],
    ['NUL characters', markdown, 'a\0b', 400, 'FILE_BINARY'],
    ['front matter that is not YAML', markdown, '---\na: [\n---\n', 400, 'FRONT_MATTER_INVALID'],
  ])('refuses %s and stores nothing', async (_name, headers, payload, status, code) => {
    const answer = await api.app.inject({
      method: 'PUT',
      url: '/v1/documents/refused.md',
      headers: headers as Record<string, string>,
      ...(payload === undefined ? {} : { payload }),
    });
    expect({ status: answer.statusCode, code: answer.json<{ code: string }>().code }).toEqual({
      status,
      code,
    });
    expect(answer.json()).toHaveProperty('remedy');
    expect((await read('refused.md')).statusCode).toBe(404);
  });

  it('names the field that JSON lacks', async () => {
    const answer = await api.app.inject({ method: 'PUT', url: '/v1/documents/x.md', payload: { text: 'x' } });
    expect(answer.json()).toMatchObject({ errors: [{ field: 'body.content' }] });
  });
});

describe('ETags', () => {
  it('answers 304 while the document is as the client has it', async () => {
    const etag = await put(api.app, 'cached.md', 'one');
    for (const header of [etag, `W/${etag}`, `"other", ${etag}`, `"a,b" ,,\t${etag},`, '*']) {
      const answer = await read('cached.md', { 'if-none-match': header });
      expect([header, answer.statusCode, answer.body]).toEqual([header, 304, '']);
      expect(answer.headers.etag).toBe(etag);
    }
    await put(api.app, 'cached.md', 'two');
    expect((await read('cached.md', { 'if-none-match': etag })).statusCode).toBe(200);
  });

  it('does not let the second of two writers overwrite what the first has written', async () => {
    const etag = await put(api.app, 'shared.md', 'base');
    const [first, second] = await Promise.all([
      write('shared.md', 'first', { 'if-match': etag }),
      write('shared.md', 'second', { 'if-match': etag }),
    ]);
    expect([first.statusCode, second.statusCode].sort()).toEqual([200, 412]);
    const lost = first.statusCode === 412 ? first : second;
    const kept = first.statusCode === 412 ? 'second' : 'first';
    const now = await read('shared.md');
    expect(now.json()).toMatchObject({ content: kept, revision: 2 });
    expect(lost.json()).toMatchObject({
      code: 'PRECONDITION_FAILED',
      details: { current: String(now.headers.etag).slice(1, -1) },
    });
  });

  it('takes If-Match as a list and as *, and never matches weakly', async () => {
    const etag = await put(api.app, 'match.md', 'one');
    expect((await write('match.md', 'two', { 'if-match': `W/${etag}` })).statusCode).toBe(412);
    const second = await write('match.md', 'two', { 'if-match': `"x", ${etag}` });
    expect(second.statusCode).toBe(200);
    expect((await write('match.md', 'three', { 'if-match': '*' })).statusCode).toBe(200);
    expect((await write('absent.md', 'one', { 'if-match': '*' })).statusCode).toBe(412);
  });

  it('creates only, with If-None-Match: *', async () => {
    expect((await write('only.md', 'one', { 'if-none-match': '*' })).statusCode).toBe(201);
    expect((await write('only.md', 'two', { 'if-none-match': '*' })).json()).toMatchObject({
      status: 412,
      code: 'PRECONDITION_FAILED',
    });
    expect((await read('only.md')).json()).toMatchObject({ content: 'one' });
  });

  it.each([
    [{ 'if-match': 'bare' }],
    [{ 'if-match': '"a' }],
    [{ 'if-match': '"a""b"' }],
    [{ 'if-match': 'x"a"' }],
    [{ 'if-match': ' , ' }],
    [{ 'if-none-match': '"a"' }],
    [{ 'if-match': '*', 'if-none-match': '*' }],
  ])('refuses conditions it cannot keep: %j', async (headers) => {
    expect((await write('condition.md', 'x', headers as Record<string, string>)).json()).toMatchObject({
      status: 400,
      code: 'REQUEST_INVALID',
    });
  });

  it('answers only with the state that If-Match names', async () => {
    const old = await put(api.app, 'read.md', 'one');
    const etag = await put(api.app, 'read.md', 'two');
    for (const header of [etag, `${old}, ${etag}`, '*']) {
      expect((await read('read.md', { 'if-match': header })).statusCode).toBe(200);
    }
    expect((await read('read.md', { 'if-match': old })).json()).toMatchObject({
      status: 412,
      code: 'PRECONDITION_FAILED',
      details: { path: 'read.md', current: etag.slice(1, -1) },
    });
    expect((await read('read.md', { 'if-match': `W/${etag}` })).json()).toMatchObject({
      status: 412,
      detail: expect.stringMatching(/at a weak tag, which names no exact state$/),
    });
    expect((await read('read.md', { 'if-match': 'bare' })).statusCode).toBe(400);
  });

  it('does not remove what If-None-Match says must not exist', async () => {
    await put(api.app, 'kept.md', 'one');
    const remove = (url: string) =>
      api.app.inject({ method: 'DELETE', url, headers: { 'if-none-match': '*' } });
    expect((await remove('/v1/documents/kept.md')).statusCode).toBe(412);
    expect((await read('kept.md')).statusCode).toBe(200);
    expect((await remove('/v1/documents/never.md')).statusCode).toBe(404);
  });

  it('removes only what the client has seen', async () => {
    const old = await put(api.app, 'gone.md', 'one');
    const etag = await put(api.app, 'gone.md', 'two');
    const remove = (headers: Record<string, string>) =>
      api.app.inject({ method: 'DELETE', url: '/v1/documents/gone.md', headers });
    expect((await remove({ 'if-match': old })).statusCode).toBe(412);
    const removed = await remove({ 'if-match': etag });
    expect([removed.statusCode, removed.body]).toEqual([204, '']);
    expect((await remove({})).statusCode).toBe(404);
    expect((await read('gone.md')).statusCode).toBe(404);
  });
});
