import type { IssueDetails } from '@markitect/application';
import { workspacePhase } from '@markitect/domain';
import { z } from 'zod';
import { etagHeader, isNotModified } from '../http/entity-tags.js';
import { detailsTag, onVersion, tagIssue } from '../http/issue-versions.js';
import { markStale, maxAgeOf } from '../http/stale-answers.js';
import { problemOf } from '../problems/problem.js';
import {
  changeBody,
  draftBody,
  issueHeaders,
  issueParams,
  issueReadHeaders,
  issuesQuery,
  readQuery,
} from '../schemas/issue-requests.js';
import { issue, issueDetails, issuePage } from '../schemas/issue-schemas.js';
import { trackerProblems } from '../schemas/tracker-answers.js';
import { filterOf } from './issue-filter.js';
import type { ApiServer, ServedApplication } from './served-application.js';

const tags = ['issues'];

/** Listing, adding, reading and changing issues. */
export function issueRoutes(app: ApiServer, application: ServedApplication): void {
  app.get(
    '/issues',
    {
      schema: {
        tags,
        operationId: 'listIssues',
        summary: 'List issues, the latest first, a page at a time',
        querystring: issuesQuery,
        response: {
          200: { description: 'A page.', content: { 'application/json': { schema: issuePage } } },
          ...trackerProblems(),
        },
      },
    },
    async ({ query }, reply) => {
      const { sort, order, limit, cursor } = query;
      const answer = await application.issues.list(
        {
          ...filterOf(query),
          ...(sort === undefined ? {} : { sort }),
          ...(order === undefined ? {} : { order }),
        },
        { ...(limit === undefined ? {} : { limit }), ...(cursor === undefined ? {} : { cursor }) },
        maxAgeOf(query),
      );
      return { ...answer.value, ...markStale(reply, answer) };
    },
  );

  app.post(
    '/issues',
    {
      schema: {
        tags,
        operationId: 'createIssue',
        summary: 'Add an issue',
        body: draftBody,
        response: {
          201: {
            description: 'Added; with its `Location` and `ETag`.',
            content: { 'application/json': { schema: issue } },
          },
          ...trackerProblems(413, 415),
        },
      },
    },
    async ({ body }, reply) => {
      const made = await application.issues.create(body);
      tagIssue(reply, made);
      return reply.code(201).header('location', `/v1/issues/${made.number}`).send(made);
    },
  );

  app.get(
    '/issues/:number',
    {
      schema: {
        tags,
        operationId: 'getIssue',
        summary: 'An issue with everything that is known of it',
        description:
          'Its column, comments, what it waits for, documents and workspace. The `ETag` changes with any of it, for `If-None-Match`. As `If-Match` of a change it stands for the version of the issue itself: that somebody has commented meanwhile does not refuse the change. Of an answer that is old, the board that the tracker keeps is not known.',
        params: issueParams,
        headers: issueReadHeaders,
        querystring: readQuery,
        response: {
          200: {
            description: 'The issue, with its `ETag`.',
            content: { 'application/json': { schema: issueDetails } },
          },
          304: z.undefined().meta({ description: 'It still has a tag that `If-None-Match` names.' }),
          ...trackerProblems(),
        },
      },
    },
    async ({ params, query, headers }, reply) => {
      const answer = await application.issues.show(params.number, maxAgeOf(query));
      const details = presented(application, answer.value);
      const stale = markStale(reply, answer);
      // How old it is changes all the time, and the headers say so.
      const tag = detailsTag(answer.value.issue, details);
      void reply.header('etag', etagHeader(tag));
      if (isNotModified(headers['if-none-match'], tag)) return reply.code(304).send();
      return { ...details, ...stale };
    },
  );

  app.patch(
    '/issues/:number',
    {
      schema: {
        tags,
        operationId: 'editIssue',
        summary: 'Change an issue',
        description:
          'To change exactly what you have read, send its `ETag` as `If-Match`: that of any answer about the issue. Without it the last to change it wins; `addLabels`, `removeLabels`, `assign` and `unassign` keep what others do meanwhile.',
        params: issueParams,
        headers: issueHeaders,
        body: changeBody,
        response: {
          200: {
            description: 'The issue as it is now, with its new `ETag`.',
            content: { 'application/json': { schema: issue } },
          },
          ...trackerProblems(409, 412, 413, 415),
        },
      },
    },
    async ({ params: { number }, headers, body }, reply) => {
      const changed = await onVersion(application.issues, number, headers['if-match'], (version) =>
        application.issues.edit(number, body, version),
      );
      tagIssue(reply, changed);
      return changed;
    },
  );
}

/** What of it goes out, the schema of the answer says. */
function presented(application: ServedApplication, { workspace, missing, ...details }: IssueDetails) {
  return {
    ...details,
    ...(workspace === undefined
      ? {}
      : {
          workspace: {
            ...workspace,
            phase: workspacePhase(workspace),
            ...application.placesOf(workspace),
          },
        }),
    missing: missing.map(({ part, error }) => ({ part, ...problemOf(error) })),
  };
}
