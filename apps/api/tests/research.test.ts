import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ask, type Method } from './ask.js';
import { type OpenApi, openApi, put } from './open-api.js';

let api: OpenApi;
beforeEach(async () => {
  api = await openApi();
  await put(
    api.app,
    'guides/borrowing.md',
    '# Borrowing\n\nThe borrow checker refuses <b>what</b> outlives.\n',
  );
  await put(api.app, 'guides/other.md', '# Other\n\nNothing to see.\n');
  await api.application.issues.create({ title: 'The borrow checker', body: 'It is *strict*.' });
});
afterEach(() => api.close());

const call = (method: Method, path: string, payload?: object) =>
  ask(api, method, `/research${path}`, payload);
const question = 'How does the borrow checker work?';
const start = (sources = ['docs', 'issues']) => call('POST', '', { question, sources });
const work = () => api.application.worker({ untilEmpty: true }).run(new AbortController().signal);

describe('/v1/research', () => {
  it('goes from a question to a document', async () => {
    const started = await start();
    expect(started).toMatchObject({
      status: 201,
      headers: { location: '/v1/research/1' },
      body: { id: 1, question, sources: ['docs', 'issues'], status: 'pending', found: 0, maxResults: 20 },
    });
    await work();
    const { body } = await call('GET', '/1');
    expect(body).toMatchObject({
      status: 'completed',
      found: 2,
      jobs: [
        { source: 'docs', status: 'completed', found: 1, problemCount: 0 },
        { source: 'issues', status: 'completed', found: 1 },
      ],
    });
    expect(JSON.stringify(body)).not.toContain('checkpoint');
    const results = await call('GET', '/1/results?limit=1');
    expect(results.body).toMatchObject({ total: 2, items: [{ rank: 1, source: expect.any(String) }] });
    const next = await call('GET', `/1/results?limit=1&cursor=${String(results.body['nextCursor'])}`);
    expect(next.body).toMatchObject({ items: [{ rank: 2 }] });
    expect((await call('GET', '/1/results?source=docs')).body).toMatchObject({
      total: 1,
      items: [{ reference: 'docs:guides/borrowing.md', title: 'Borrowing' }],
    });

    const path = 'research/how-does-the-borrow-checker-work.md';
    expect((await call('POST', '/1/save', {})).body).toEqual({ path, outcome: 'created' });
    expect((await call('GET', '/1')).body).toMatchObject({ document: path });
    const links = await ask(api, 'GET', `/links/${path}`);
    // What was found is linked, and nothing in it is a link, a heading or HTML of its own.
    expect(links.body).toMatchObject({
      outgoing: [{ kind: 'document', path: 'guides/borrowing.md', state: 'ok' }],
    });
    // What was saved is no answer to the same question.
    await call('POST', '/1/rerun', {});
    await work();
    expect((await call('GET', '/2/results')).body).toMatchObject({ total: 2 });

    await put(api.app, path, '# Mine\n');
    expect(await call('POST', '/1/save', {})).toMatchObject({
      status: 409,
      body: { code: 'DOCUMENT_CHANGED' },
    });
    expect((await call('POST', '/1/save', { replace: true })).body).toMatchObject({ outcome: 'updated' });
  });

  it('is exported as Markdown, CSV and JSON', async () => {
    await start();
    await work();
    const get = (query: string) => api.app.inject({ method: 'GET', url: `/v1/research/1/export?${query}` });
    const csv = await get('format=csv&source=docs');
    expect(csv.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8; header=present',
      'content-disposition': 'attachment; filename="research-1.csv"',
    });
    expect(csv.body.split('\r\n')).toHaveLength(3);
    expect((await get('format=json')).json()).toMatchObject({ id: 1, results: [{ rank: 1 }, { rank: 2 }] });
    expect((await get('format=md')).body).toContain('# How does the borrow checker work?');
    expect((await get('format=pdf')).statusCode).toBe(400);
    expect((await api.app.inject({ method: 'GET', url: '/v1/research/9/export?format=md' })).statusCode).toBe(
      404,
    );
  });

  it('can be cancelled, repeated and removed', async () => {
    await start();
    expect(await call('POST', '/1/rerun', {})).toMatchObject({
      status: 409,
      body: { code: 'SEARCH_STATE_INVALID' },
    });
    expect((await call('POST', '/1/cancel', {})).body).toMatchObject({ status: 'cancelled' });
    expect((await call('POST', '/1/cancel', {})).status).toBe(409);
    expect(await call('POST', '/1/rerun', {})).toMatchObject({
      status: 201,
      headers: { location: '/v1/research/2' },
      body: { rerunOf: 1, status: 'pending' },
    });
    expect((await call('GET', '?status=cancelled')).body).toMatchObject({ items: [{ id: 1 }] });
    expect((await call('DELETE', '/2')).status).toBe(204);
    expect((await call('DELETE', '/2')).status).toBe(404);
    expect((await call('GET', '')).body).toMatchObject({ items: [{ id: 1, sources: ['docs', 'issues'] }] });
  });

  it('keeps what was made of a result', async () => {
    await start(['docs']);
    await work();
    const { body } = await call('GET', '/1/results');
    const [{ id = 0 } = {}] = body['items'] as { id?: number }[];
    const analysed = await call('PUT', `/1/results/${id}/analysis`, { analysis: { summary: 'good' } });
    expect(analysed.body).toMatchObject({ id, analysis: { summary: 'good' } });
    expect((await call('PUT', '/1/results/99/analysis', { analysis: 1 })).status).toBe(404);
    expect((await call('PUT', `/1/results/${id}/analysis`, {})).status).toBe(400);
  });

  it.each([
    [{ sources: ['docs'] }, 'REQUEST_INVALID'],
    [{ question, sources: [] }, 'REQUEST_INVALID'],
    [{ question, sources: ['docs'], more: 1 }, 'REQUEST_INVALID'],
    [{ question, sources: ['nothing'] }, 'SEARCH_SOURCE_INVALID'],
    [{ question, sources: ['web'] }, 'SEARCH_SOURCE_INVALID'],
    [{ question, sources: ['web:http://127.0.0.1/'] }, undefined],
    [{ question: '...', sources: ['docs'] }, 'SEARCH_QUERY_INVALID'],
  ])('answers %j with a problem', async (body, code) => {
    const answer = await call('POST', '', body);
    if (code === undefined) {
      // Where an address leads is known when it is looked up: then the job fails.
      expect(answer.status).toBe(201);
      await work();
      expect((await call('GET', '/1')).body).toMatchObject({
        status: 'failed',
        jobs: [{ failure: { code: 'WEB_ADDRESS_REFUSED' } }],
      });
      return;
    }
    expect(answer).toMatchObject({ status: 400, body: { code } });
  });

  it.each(['/0', '/x', '/1e3', '/9', '/9/results', '/9/events'])('knows no research %s', async (path) => {
    expect([400, 404]).toContain((await call('GET', path)).status);
  });
});

it('commands need no body, unless a page of another site sends them', async () => {
  await start(['docs']);
  const foreign = { origin: 'https://evil.example' };
  for (const path of ['cancel', 'save', 'rerun']) {
    expect((await ask(api, 'POST', `/research/1/${path}`, undefined, foreign)).status).toBe(400);
  }
  expect(await call('POST', '/1/cancel')).toMatchObject({ status: 200, body: { status: 'cancelled' } });
  expect(await call('POST', '/1/save')).toMatchObject({ status: 200, body: { outcome: 'created' } });
  expect(await call('POST', '/1/rerun')).toMatchObject({ status: 201 });
});

it('a question with control characters is refused by its name', async () => {
  const refused = await call('POST', '', { question: 'borrow\0 checker\u001b[31m', sources: ['docs'] });
  expect(refused).toMatchObject({ status: 400, body: { code: 'REQUEST_INVALID' } });
  expect(JSON.stringify(refused.body)).toContain('question');
});
