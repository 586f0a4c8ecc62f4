import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ask as send, type Method } from './ask.js';
import { type OpenApi, openApi } from './open-api.js';

let api: OpenApi;
beforeEach(async () => {
  api = await openApi();
  await ask('POST', '/issues', { title: 'One' });
});
afterEach(() => api.close());

const ask = (method: Method, path: string, payload?: object | string, headers?: Record<string, string>) =>
  send(api, method, path, payload, headers);
const tagNow = async () => String((await ask('GET', '/issues/1')).headers.etag);

describe('the tag of an issue with all that belongs to it', () => {
  it('stays while nothing changes, and changes with whatever is shown', async () => {
    const changes: readonly (() => Promise<unknown>)[] = [
      () => ask('POST', '/issues/1/comments', { body: 'Seen it.' }),
      () => ask('POST', '/issues', { title: 'Two' }).then(() => ask('PUT', '/issues/1/blockers/2')),
      () => ask('PATCH', '/issues/2', { title: 'Another title of what it waits for' }),
      () => ask('PATCH', '/issues/1', { title: 'Uno' }),
      () => ask('POST', '/workspaces', { issue: 1 }),
    ];
    for (const change of changes) {
      const before = await tagNow();
      expect(await tagNow()).toBe(before);
      await change();
      expect(await tagNow()).not.toBe(before);
    }
  });

  it('spares who has it the answer', async () => {
    const tag = await tagNow();
    for (const tags of [tag, `W/${tag}`, `"x", ${tag}`, '*']) {
      const answer = await ask('GET', '/issues/1', undefined, { 'if-none-match': tags });
      expect([answer.status, answer.headers.etag, answer.body]).toEqual([304, tag, {}]);
    }
    await ask('POST', '/issues/1/comments', { body: 'Seen it.' });
    const changed = await ask('GET', '/issues/1', undefined, { 'if-none-match': tag });
    expect(changed).toMatchObject({ status: 200, body: { comments: [{ body: 'Seen it.' }] } });
    expect(await ask('GET', '/issues/1', undefined, { 'if-none-match': 'bare' })).toMatchObject({
      status: 400,
      body: { details: { field: 'header.if-none-match' } },
    });
  });

  it('guards the issue itself: a comment is no reason to refuse a change, another change is', async () => {
    const seen = await tagNow();
    await ask('POST', '/issues/1/comments', { body: 'Seen it.' });
    expect(await tagNow()).not.toBe(seen);
    const mine = await ask('PATCH', '/issues/1', { title: 'Mine' }, { 'if-match': seen });
    expect(mine).toMatchObject({ status: 200, body: { title: 'Mine' } });
    expect(await ask('PATCH', '/issues/1', { title: 'Theirs' }, { 'if-match': seen })).toMatchObject({
      status: 412,
      body: { code: 'PRECONDITION_FAILED', details: { version: mine.body['version'] } },
    });
    // The tag that a change is answered with is the version itself.
    const own = String(mine.headers.etag);
    expect(own).toBe(`"${String(mine.body['version'])}"`);
    expect((await ask('POST', '/issues/1/close', undefined, { 'if-match': own })).status).toBe(200);
    expect(
      (await ask('POST', '/issues/1/reopen', undefined, { 'if-match': `"x", ${await tagNow()}` })).status,
    ).toBe(200);
  });
});

describe('closing and opening again', () => {
  it.each(['close', 'reopen'])('needs no body: %s', async (command) => {
    const page = { origin: 'http://localhost:80', 'sec-fetch-site': 'same-origin' };
    expect((await ask('POST', `/issues/1/${command}`, undefined, page)).status).toBe(200);
    for (const payload of [undefined, {}]) {
      expect(await ask('POST', `/issues/1/${command}`, payload)).toMatchObject({
        status: 200,
        body: { state: command === 'close' ? 'closed' : 'open' },
      });
    }
    expect(await ask('POST', `/issues/1/${command}`, { state: 'open' })).toMatchObject({ status: 400 });
  });
});

describe('a time that there is not', () => {
  it.each(['2026-02-30', '2026-11-21T25:00Z', 'Nov 21 2026', '1'])('is refused: %s', async (time) => {
    for (const path of ['/issues', '/board']) {
      const answer = await ask('GET', `${path}?updatedSince=${encodeURIComponent(time)}`);
      expect(answer).toMatchObject({ status: 400, body: { errors: [{ field: 'query.updatedSince' }] } });
    }
  });

  it('is no day that there is', async () => {
    expect((await ask('GET', '/issues?updatedSince=2020-02-29')).body).toMatchObject({
      items: [{ number: 1 }],
    });
  });
});

it('cards on the board say what they wait for', async () => {
  await ask('POST', '/issues', { title: 'Two' });
  await ask('PUT', '/issues/1/blockers/2');
  const { body } = await ask('GET', '/board');
  const [backlog] = body['columns'] as { cards: { issue: { number: number }; blockedBy?: number[] }[] }[];
  const marks = (backlog?.cards ?? []).map(({ issue, blockedBy }) => [issue.number, blockedBy] as const);
  expect(new Map(marks)).toEqual(
    new Map([
      [1, [2]],
      [2, undefined],
    ]),
  );
});

it('titles with what steers a terminal are refused', async () => {
  expect(await ask('POST', '/issues', { title: 'a\u001b[31mb' })).toMatchObject({
    status: 400,
    body: { code: 'REQUEST_INVALID', details: { field: 'title' } },
  });
});
