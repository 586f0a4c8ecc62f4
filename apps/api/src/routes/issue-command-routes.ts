import { z } from 'zod';
import { refuseForeignPage } from '../http/foreign-page.js';
import { onVersion, tagIssue } from '../http/issue-versions.js';
import { markStale, maxAgeOf } from '../http/stale-answers.js';
import {
  blockerParams,
  commentBody,
  issueHeaders,
  issueParams,
  moveBody,
  noBody,
  readQuery,
  timelineQuery,
} from '../schemas/issue-requests.js';
import { comment, commentList, eventPage, issue, moved } from '../schemas/issue-schemas.js';
import { trackerProblems } from '../schemas/tracker-answers.js';
import type { ApiServer, ServedApplication } from './served-application.js';

const tags = ['issues'];

/** What belongs to an issue, and what is done with it. */
export function issueCommandRoutes(app: ApiServer, application: ServedApplication): void {
  app.get(
    '/issues/:number/comments',
    {
      schema: {
        tags,
        operationId: 'listComments',
        summary: 'What was said about an issue, the first first',
        params: issueParams,
        querystring: readQuery,
        response: {
          200: { description: 'All of them.', content: { 'application/json': { schema: commentList } } },
          ...trackerProblems(),
        },
      },
    },
    async ({ params, query }, reply) => {
      const answer = await application.issues.comments(params.number, maxAgeOf(query));
      return { items: answer.value, ...markStale(reply, answer) };
    },
  );

  app.post(
    '/issues/:number/comments',
    {
      schema: {
        tags,
        operationId: 'commentIssue',
        summary: 'Say something about an issue',
        params: issueParams,
        body: commentBody,
        response: {
          201: { description: 'Said.', content: { 'application/json': { schema: comment } } },
          ...trackerProblems(413, 415),
        },
      },
    },
    async ({ params, body }, reply) => {
      const said = await application.issues.comment(params.number, body.body);
      return reply.code(201).header('location', `/v1/issues/${params.number}/comments`).send(said);
    },
  );

  app.get(
    '/issues/:number/timeline',
    {
      schema: {
        tags,
        operationId: 'getTimeline',
        summary: 'What happened to an issue, the first first, a page at a time',
        params: issueParams,
        querystring: timelineQuery,
        response: {
          200: { description: 'A page.', content: { 'application/json': { schema: eventPage } } },
          ...trackerProblems(),
        },
      },
    },
    async ({ params, query: { maxAge, ...page } }, reply) => {
      const answer = await application.issues.timeline(
        params.number,
        page,
        maxAgeOf(maxAge === undefined ? {} : { maxAge }),
      );
      return { ...answer.value, ...markStale(reply, answer) };
    },
  );

  for (const command of ['close', 'reopen'] as const) {
    app.post(
      `/issues/:number/${command}`,
      {
        schema: {
          tags,
          operationId: `${command}Issue`,
          summary: command === 'close' ? 'Close an issue' : 'Open an issue again',
          params: issueParams,
          headers: issueHeaders,
          body: noBody,
          response: {
            200: {
              description: 'The issue as it is now, with its `ETag`.',
              content: { 'application/json': { schema: issue } },
            },
            ...trackerProblems(409, 412, 413, 415),
          },
        },
      },
      async ({ params: { number }, headers, body, raw }, reply) => {
        refuseForeignPage(raw.headers, body);
        const changed = await onVersion(application.issues, number, headers['if-match'], (version) =>
          application.issues[command](number, version),
        );
        tagIssue(reply, changed);
        return changed;
      },
    );
  }

  app.post(
    '/issues/:number/move',
    {
      schema: {
        tags,
        operationId: 'moveIssue',
        summary: 'Put an issue into a column of the board',
        description:
          'Changes what the column is made of: labels, milestone or state. Labels the tracker does not have yet are added to it.',
        params: issueParams,
        headers: issueHeaders,
        body: moveBody,
        response: {
          200: {
            description: 'Where it stands now, with its `ETag`.',
            content: { 'application/json': { schema: moved } },
          },
          ...trackerProblems(409, 412, 413, 415),
        },
      },
    },
    async ({ params: { number }, headers, body }, reply) => {
      const done = await onVersion(application.issues, number, headers['if-match'], (version) =>
        application.issues.move(number, body.column, version),
      );
      tagIssue(reply, done.issue);
      return done;
    },
  );

  app.put(
    '/issues/:number/blockers/:by',
    {
      schema: {
        tags,
        operationId: 'blockIssue',
        summary: 'Make an issue wait for another',
        params: blockerParams,
        response: {
          204: z.undefined().meta({ description: 'It waits, maybe already before.' }),
          ...trackerProblems(),
        },
      },
    },
    async ({ params: { number, by } }, reply) => {
      await application.issues.block(number, by);
      return reply.code(204).send();
    },
  );

  app.delete(
    '/issues/:number/blockers/:by',
    {
      schema: {
        tags,
        operationId: 'unblockIssue',
        summary: 'Make an issue wait for another no longer',
        params: blockerParams,
        response: {
          204: z.undefined().meta({ description: 'It does not wait, maybe did not before.' }),
          ...trackerProblems(),
        },
      },
    },
    async ({ params: { number, by } }, reply) => {
      await application.issues.unblock(number, by);
      return reply.code(204).send();
    },
  );
}
