import { describe, expect, it } from '@jest/globals';
import type { JsonValue } from '@markitect/domain';
import { giteaFailure } from './gitea-errors.js';

const failure = (status: number, body: JsonValue | undefined, issue?: number) =>
  giteaFailure({ status, headers: {}, body }, { what: 'try it', ...(issue === undefined ? {} : { issue }) });
const said = (message: string) => ({ message, url: 'https://git.example/api/swagger' });

describe("the translation of the server's refusals", () => {
  it.each<[number, JsonValue | undefined, number | undefined, string, string | undefined]>([
    [301, undefined, undefined, 'TRACKER_NOT_FOUND', undefined],
    [400, said('The due_date cannot be empty'), 7, 'REQUEST_INVALID', 'dueOn'],
    [401, said('invalid username, password or token'), undefined, 'TRACKER_UNAUTHORIZED', undefined],
    [401, undefined, 7, 'TRACKER_UNAUTHORIZED', undefined],
    [403, said('write permission is required'), 7, 'TRACKER_FORBIDDEN', undefined],
    [403, undefined, 7, 'TRACKER_FORBIDDEN', undefined],
    [404, said('not found'), 7, 'ISSUE_NOT_FOUND', undefined],
    [404, said('not found'), undefined, 'TRACKER_NOT_FOUND', undefined],
    [404, '404 page not found\n', undefined, 'TRACKER_NOT_FOUND', undefined],
    [405, undefined, 7, 'HTTP_RESPONSE_INVALID', undefined],
    [409, said('the issue is already changed'), 7, 'ISSUE_CHANGED', undefined],
    [409, said('exists'), undefined, 'REQUEST_INVALID', undefined],
    [
      412,
      said('cannot close this issue because it still has open dependencies'),
      7,
      'ISSUE_BLOCKED',
      undefined,
    ],
    [412, said('unknown state: weird'), 7, 'REQUEST_INVALID', 'state'],
    [413, '', undefined, 'REQUEST_INVALID', undefined],
    [418, { teapot: true }, undefined, 'HTTP_RESPONSE_INVALID', undefined],
    [422, said('[Title]: Required'), undefined, 'REQUEST_INVALID', 'title'],
    [422, said('[Body]: Required'), 7, 'REQUEST_INVALID', 'body'],
    [422, said('Assignee does not exist: [name: x]'), undefined, 'ISSUE_ASSIGNEE_UNKNOWN', 'assignees'],
    [
      422,
      said('user does not have access to repo [id: 3, repo_name: work]'),
      undefined,
      'ISSUE_ASSIGNEE_UNKNOWN',
      'assignees',
    ],
    [422, said('invalid color'), undefined, 'REQUEST_INVALID', 'color'],
    [422, said('parsing time "x" as "2006"'), undefined, 'REQUEST_INVALID', 'updatedSince'],
    [422, [], undefined, 'REQUEST_INVALID', undefined],
    [423, said('repo is archived'), 7, 'TRACKER_ARCHIVED', undefined],
  ])('%i %j about issue %s is %s', (status, body, issue, code, field) => {
    const error = failure(status, body, issue);
    expect(error.code).toBe(code);
    expect(error.details.field).toBe(field);
    expect(error.retryable).toBe(false);
    expect(error.message).not.toMatch(/[\n\r]|undefined/);
  });

  it('quotes long and strange messages short and on one line', () => {
    const { message } = failure(422, said(`a\u0000b\r\n${'x'.repeat(5000)}`));
    expect(message.length).toBeLessThan(300);
    expect(message).toContain('a b xxx');
  });
});
