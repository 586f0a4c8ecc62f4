import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type OpenApi, openApi, put } from './open-api.js';

let api: OpenApi;
beforeAll(async () => {
  api = await openApi();
  await put(
    api.app,
    'a/one.md',
    '---\ntags: [Red]\nstatus: draft\nnested: {k: 1}\n---\n# One\n\n[two](two.md#zwei) [gone](gone.md) [x](https://x.test)\n',
  );
  await put(
    api.app,
    'a/two.md',
    '---\ntags: [red, blue]\nstatus: done\n---\n# Two\n\n## Zwei\n\nthe borrow checker\n',
  );
  await put(api.app, 'b/three.md', '# Three\n\nborrow ownership\n\n## Drei\n');
});
afterAll(() => api.close());

const get = (url: string) => api.app.inject({ url });
interface Listing {
  readonly items: readonly { readonly path: string }[];
  readonly nextCursor?: string;
}
const paths = (page: Listing) => page.items.map((item) => item.path);

describe('GET /v1/documents', () => {
  it.each([
    ['', ['a/one.md', 'a/two.md', 'b/three.md']],
    ['?order=desc', ['b/three.md', 'a/two.md', 'a/one.md']],
    ['?sort=title', ['a/one.md', 'b/three.md', 'a/two.md']],
    ['?prefix=a/', ['a/one.md', 'a/two.md']],
    ['?tag=RED', ['a/one.md', 'a/two.md']],
    ['?where=status:draft', ['a/one.md']],
    ['?where=status:draft&where=nested.k:1', ['a/one.md']],
    ['?where=status:draft&where=nested.k:2', []],
  ])('lists with %s', async (query, expected) => {
    expect(paths((await get(`/v1/documents${query}`)).json<Listing>())).toEqual(expected);
  });

  it('pages with cursors to the end', async () => {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const url = `/v1/documents?limit=1&sort=updatedAt&order=desc${cursor === undefined ? '' : `&cursor=${cursor}`}`;
      const page: Listing = (await get(url)).json<Listing>();
      seen.push(...paths(page));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(seen).toHaveLength(3);
    expect(new Set(seen).size).toBe(3);
  });

  it('does not show content in listings', async () => {
    expect((await get('/v1/documents?limit=1')).json<{ items: object[] }>().items[0]).not.toHaveProperty(
      'content',
    );
  });

  it.each([
    ['limit=-1', 'query.limit'],
    ['limit=0', 'query.limit'],
    ['limit=501', 'query.limit'],
    ['limit=1.5', 'query.limit'],
    ['limit=ten', 'query.limit'],
    ['limit=0x10', 'query.limit'],
    ['limit=1e2', 'query.limit'],
    ['limit=%205', 'query.limit'],
    ['limit=%2B5', 'query.limit'],
    ['limit=5.0', 'query.limit'],
    ['limit=', 'query.limit'],
    ['limit=1&limit=2', 'query.limit'],
    ['sort=size', 'query.sort'],
    ['order=up', 'query.order'],
    ['where=status', 'query.where'],
    ['where=a:1&where=a:2', 'query.where'],
  ])('refuses %s and names the field', async (query, field) => {
    const answer = await get(`/v1/documents?${query}`);
    expect(answer.json()).toMatchObject({ status: 400, code: 'REQUEST_INVALID', errors: [{ field }] });
  });

  it('refuses a parameter it does not know', async () => {
    const problem = (await get('/v1/documents?limt=1')).json<{ detail: string }>();
    expect(problem).toMatchObject({ status: 400, code: 'REQUEST_INVALID' });
    expect(problem.detail).toContain('limt');
  });

  it.each(['forged', 'WyJ4Il0', 'W10', '%00', Buffer.from('["x","y"]').toString('base64url')])(
    'refuses the forged cursor %s',
    async (cursor) => {
      const answer = await get(`/v1/documents?cursor=${cursor}`);
      expect(answer.json()).toMatchObject({ status: 400, code: 'CURSOR_INVALID' });
    },
  );

  it('refuses a cursor of another query', async () => {
    const { nextCursor } = (await get('/v1/documents?limit=1')).json<Listing>();
    const answer = await get(`/v1/documents?limit=1&order=desc&cursor=${String(nextCursor)}`);
    expect(answer.json()).toMatchObject({ status: 400, code: 'CURSOR_INVALID' });
  });
});

describe('GET /v1/links/{path}', () => {
  it('judges the links of a document and shows those to it', async () => {
    const links = (await get('/v1/links/a/one.md')).json<{ outgoing: { href: string; state: string }[] }>();
    expect(links).toMatchObject({ path: 'a/one.md' });
    expect(links.outgoing.map((link) => [link.href, link.state])).toEqual([
      ['two.md#zwei', 'ok'],
      ['gone.md', 'missing-document'],
      ['https://x.test', 'unchecked'],
    ]);
    expect((await get('/v1/links/a/two.md')).json()).toMatchObject({ incoming: [{ path: 'a/one.md' }] });
  });

  it('says 404 where there is no document', async () => {
    expect((await get('/v1/links/none.md')).json()).toMatchObject({
      status: 404,
      code: 'DOCUMENT_NOT_FOUND',
    });
  });
});

describe('GET /v1/ast/{path} and /v1/nodes', () => {
  it('answers with the tree', async () => {
    expect((await get('/v1/ast/b/three.md')).json()).toMatchObject({
      type: 'root',
      children: [{ type: 'heading', depth: 1 }, { type: 'paragraph' }, { type: 'heading', depth: 2 }],
    });
    expect((await get('/v1/ast/none.md')).statusCode).toBe(404);
  });

  it('selects in one document, below a prefix and in all, page by page', async () => {
    const selector = encodeURIComponent('heading[depth=2]');
    const texts = ({ body }: { readonly body: string }) =>
      (JSON.parse(body) as { items: { text: string }[] }).items.map((item) => item.text);
    expect(texts(await get(`/v1/nodes?selector=${selector}`))).toEqual(['Zwei', 'Drei']);
    expect(texts(await get(`/v1/nodes?selector=${selector}&prefix=b/`))).toEqual(['Drei']);
    expect(texts(await get(`/v1/nodes?selector=${selector}&path=a/two.md`))).toEqual(['Zwei']);
    const first = await get(`/v1/nodes?selector=${selector}&limit=1`);
    const { nextCursor } = first.json<Listing>();
    expect(texts(await get(`/v1/nodes?selector=${selector}&limit=1&cursor=${String(nextCursor)}`))).toEqual([
      'Drei',
    ]);
  });

  it.each([
    ['selector=heading%5B', 400, 'SELECTOR_INVALID'],
    ['', 400, 'REQUEST_INVALID'],
    ['selector=link&path=a/one.md&prefix=a', 400, 'REQUEST_INVALID'],
    ['selector=link&path=none.md', 404, 'DOCUMENT_NOT_FOUND'],
    ['selector=link&cursor=forged', 400, 'CURSOR_INVALID'],
  ])('refuses %s', async (query, status, code) => {
    expect((await get(`/v1/nodes?${query}`)).json()).toMatchObject({ status, code });
  });
});
