import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ask as send, type Method } from './ask.js';
import { type OpenApi, openApi } from './open-api.js';

let api: OpenApi;
beforeAll(async () => {
  api = await openApi();
  await api.application.issues.create({ title: 'x' });
});
afterAll(() => api.close());

const ask = (method: Method, path: string, payload?: object | string, headers?: Record<string, string>) =>
  send(api, method, path, payload, headers);

describe('a request about issues that is wrong', () => {
  it.each([
    ['GET', '/issues/9', undefined, 404, 'ISSUE_NOT_FOUND'],
    ['GET', '/issues/9/comments', undefined, 404, 'ISSUE_NOT_FOUND'],
    ['GET', '/issues/9/timeline', undefined, 404, 'ISSUE_NOT_FOUND'],
    ['PATCH', '/issues/9', { title: 'x' }, 404, 'ISSUE_NOT_FOUND'],
    ['POST', '/issues/9/close', {}, 404, 'ISSUE_NOT_FOUND'],
    ['POST', '/issues/9/comments', { body: 'x' }, 404, 'ISSUE_NOT_FOUND'],
    ['POST', '/issues/9/move', { column: 'Done' }, 404, 'ISSUE_NOT_FOUND'],
    ['PUT', '/issues/1/blockers/9', undefined, 404, 'ISSUE_NOT_FOUND'],
    ['DELETE', '/issues/9/blockers/1', undefined, 404, 'ISSUE_NOT_FOUND'],
    ['POST', '/workspaces', { issue: 9 }, 404, 'ISSUE_NOT_FOUND'],
    ['POST', '/issues/1/move', { column: 'Nowhere' }, 404, 'BOARD_COLUMN_NOT_FOUND'],
    ['GET', '/issues/1/timeline?cursor=forged', undefined, 400, 'CURSOR_INVALID'],
    ['GET', '/issues?cursor=forged', undefined, 400, 'CURSOR_INVALID'],
    ['POST', '/issues', { title: 'x', labels: ['none'] }, 400, 'ISSUE_LABEL_UNKNOWN'],
    ['PATCH', '/issues/1', { milestone: 'none' }, 400, 'ISSUE_MILESTONE_UNKNOWN'],
    ['PUT', '/issues/1/blockers/1', undefined, 400, 'REQUEST_INVALID'],
    ['POST', '/issues', { title: ' ' }, 400, 'REQUEST_INVALID'],
    ['POST', '/issues', { title: 'x'.repeat(256) }, 400, 'REQUEST_INVALID'],
    ['POST', '/issues/1/comments', { body: ' ' }, 400, 'REQUEST_INVALID'],
    ['GET', '/issues/sync', undefined, 400, 'TRACKER_NOT_CONFIGURED'],
    ['POST', '/issues/sync', {}, 400, 'TRACKER_NOT_CONFIGURED'],
    ['DELETE', '/issues/1', undefined, 405, 'METHOD_NOT_ALLOWED'],
    ['PUT', '/issues/1/close', {}, 405, 'METHOD_NOT_ALLOWED'],
    ['GET', '/labels/bug', undefined, 405, 'METHOD_NOT_ALLOWED'],
    ['GET', '/issues/1/none', undefined, 404, 'ROUTE_NOT_FOUND'],
  ] as const)('is answered: %s %s %p with %d %s', async (method, path, payload, status, code) => {
    expect(await ask(method, path, payload)).toMatchObject({ status, body: { status, code } });
  });

  it.each([
    ['GET', '/issues/x', undefined, 'path.number'],
    ['GET', '/issues/0', undefined, 'path.number'],
    ['GET', '/issues/1e1', undefined, 'path.number'],
    ['GET', '/issues/99999999999', undefined, 'path.number'],
    ['GET', '/issues/1/comments?maxAge=x', undefined, 'query.maxAge'],
    ['PUT', '/issues/1/blockers/x', undefined, 'path.by'],
    ['POST', '/issues', {}, 'body.title'],
    ['POST', '/issues', { title: 7 }, 'body.title'],
    ['POST', '/issues', { title: 'x', dueOn: '2026-02-30' }, 'body.dueOn'],
    ['POST', '/issues', { title: 'x', labels: 'bug' }, 'body.labels'],
    ['PATCH', '/issues/1', { state: 'done' }, 'body.state'],
    ['PATCH', '/issues/1', { labels: [''] }, 'body.labels.0'],
    ['PATCH', '/issues/1', { title: null }, 'body.title'],
    ['POST', '/issues/1/comments', {}, 'body.body'],
    ['POST', '/issues/1/move', {}, 'body.column'],
    ['PUT', '/labels/x', { color: '#1f6feb' }, 'body.color'],
    ['PUT', '/labels/x', {}, 'body.color'],
    ['PUT', '/milestones/x', { state: 'done' }, 'body.state'],
    ['POST', '/workspaces', {}, 'body.slug'],
    ['POST', '/workspaces', { slug: 'x', issue: 1 }, 'body.slug'],
    ['POST', '/workspaces', { issue: '1' }, 'body.issue'],
  ] as const)('names the field: %s %s %p: %s', async (method, path, payload, field) => {
    expect(await ask(method, path, payload)).toMatchObject({
      status: 400,
      body: { code: 'REQUEST_INVALID', errors: [{ field }] },
    });
  });

  it.each([
    ['POST', '/issues', { title: 'x', colour: 1 }],
    ['PATCH', '/issues/1', { colour: 1 }],
    ['POST', '/issues/1/comments', { body: 'x', colour: 1 }],
    ['POST', '/issues/1/move', { column: 'Done', colour: 1 }],
    ['POST', '/issues/1/close', { colour: 1 }],
    ['PUT', '/labels/x', { color: '000000', colour: 1 }],
    ['PUT', '/milestones/x', { colour: 1 }],
    ['POST', '/issues/sync', { colour: 1 }],
    ['GET', '/issues?colour=1', undefined],
    ['GET', '/issues/1?colour=1', undefined],
    ['GET', '/board?colour=1', undefined],
    ['GET', '/labels?colour=1', undefined],
  ] as const)('names what it does not know: %s %s %p', async (method, path, payload) => {
    const { body } = await ask(method, path, payload);
    expect(body).toMatchObject({ status: 400, code: 'REQUEST_INVALID' });
    expect(body['detail']).toContain('colour');
  });

  it.each(['/issues', '/issues/1/close', '/issues/1/move', '/issues/1/comments', '/issues/sync'])(
    'is refused in a form that a page of another site can send: POST %s',
    async (path) => {
      const form = { 'content-type': 'application/x-www-form-urlencoded' };
      expect((await ask('POST', path, 'title=x&body=x&column=Done', form)).status).toBe(415);
      for (const headers of [
        { origin: 'https://evil.example' },
        { origin: 'null' },
        { 'sec-fetch-site': 'cross-site' },
      ]) {
        expect((await ask('POST', path, undefined, headers)).status).toBe(400);
      }
    },
  );
});
