import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type OpenApi, openApi, put } from './open-api.js';

let api: OpenApi;
beforeAll(async () => {
  api = await openApi();
  await put(api.app, 'a/one.md', '---\ntags: [red]\n---\n# One\n\nsomething else\n');
  await put(api.app, 'a/two.md', '---\ntags: [red, blue]\n---\n# Two\n\nthe borrow checker\n');
  await put(api.app, 'b/three.md', '# Three\n\nborrow ownership\n');
  const { issues } = api.application;
  await issues.create({ title: 'Borrow it', body: 'first' });
  await issues.create({ title: 'Other' });
  await issues.comment(2, 'to borrow, too');
  await issues.close(2);
});
afterAll(() => api.close());

interface Found {
  readonly documents?: {
    readonly items: readonly { readonly path: string; readonly snippet: readonly { match: boolean }[] }[];
    readonly nextCursor?: string;
  };
  readonly issues?: {
    readonly items: readonly { readonly issue: { number: number; title: string } }[];
    readonly nextCursor?: string;
  };
}
const search = async (query: string) => {
  const answer = await api.app.inject({ url: `/v1/search?${query}` });
  const found = answer.json<Found & { code?: string; errors?: readonly { field: string }[] }>();
  return {
    ...found,
    status: answer.statusCode,
    paths: found.documents?.items.map(({ path }) => path),
    numbers: found.issues?.items.map(({ issue }) => issue.number),
  };
};

describe('GET /v1/search', () => {
  it('finds documents and issues, comments included, with snippets that mark the words', async () => {
    const found = await search('q=borrow');
    expect(found.paths?.toSorted()).toEqual(['a/two.md', 'b/three.md']);
    expect(found.numbers).toEqual([1, 2]);
    expect(found.issues?.items[0]?.issue).toMatchObject({ title: 'Borrow it', author: 'ada', state: 'open' });
    for (const { snippet } of found.documents?.items ?? []) {
      expect(snippet.some(({ match }) => match)).toBe(true);
    }
    expect(found).not.toHaveProperty('issuesAsOf');
  });

  it('looks only where it is told to', async () => {
    expect(await search('q=borrow&in=issues')).toMatchObject({ paths: undefined, numbers: [1, 2] });
    expect(await search('q=borrow&in=issues&state=closed')).toMatchObject({ numbers: [2] });
    expect(await search('q=borrow&state=open')).toMatchObject({ numbers: [1] });
    const inDocuments = await search('q=borrow&in=documents');
    expect(inDocuments.numbers).toBeUndefined();
    expect(inDocuments.paths).toHaveLength(2);
    const filtered = await search('q=%22borrow%20checker%22&in=documents&prefix=a/&tag=blue');
    expect(filtered).toMatchObject({ paths: ['a/two.md'], numbers: undefined });
  });

  it.each(['documents', 'issues'] as const)('pages through %s', async (place) => {
    const first = await search(`q=borrow&limit=1`);
    const { nextCursor } = first[place] ?? {};
    const second = await search(`q=borrow&limit=1&in=${place}&cursor=${String(nextCursor)}`);
    const both = [...(first[place]?.items ?? []), ...(second[place]?.items ?? [])];
    expect(new Set(both.map((each) => JSON.stringify(each))).size).toBe(2);
    expect(second[place]).not.toHaveProperty('nextCursor');
  });

  it('pages through documents with a filter', async () => {
    const first = await search('q=borrow&limit=1&in=documents&tag=red');
    expect(first.paths).toEqual(['a/two.md']);
    expect(first.documents).not.toHaveProperty('nextCursor');
  });

  it.each([
    ['', 'query.q'],
    ['q=a&cursor=x', 'query.cursor'],
    ['q=a&prefix=a/', 'query.prefix'],
    ['q=a&in=issues&tag=red', 'query.tag'],
    ['q=a&in=documents&state=open', 'query.state'],
    ['q=a&in=people', 'query.in'],
    ['q=a&limit=0', 'query.limit'],
  ])('refuses %s and names the field', async (query, field) => {
    expect(await search(query)).toMatchObject({ status: 400, code: 'REQUEST_INVALID', errors: [{ field }] });
  });

  it('refuses a forged cursor', async () => {
    for (const place of ['documents', 'issues']) {
      expect(await search(`q=a&in=${place}&cursor=forged`)).toMatchObject({
        status: 400,
        code: 'CURSOR_INVALID',
      });
    }
  });

  it.each(['%22', '*', '-', '', '%00', '((', 'NEAR', '%22%22%22'])(
    'never fails on the odd query %s',
    async (q) => {
      const { status, code } = await search(`q=${q}`);
      expect([200, 400]).toContain(status);
      if (status === 400) expect(code).toBe('SEARCH_QUERY_INVALID');
    },
  );
});
