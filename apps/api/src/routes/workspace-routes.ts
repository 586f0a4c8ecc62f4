import {
  type ChangeRequest,
  requireWorkspaceTag,
  type WorkspaceStatus,
  workspaceTag,
} from '@markitect/application';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { conditionally, etagHeader, isNotModified, matchPrecondition } from '../http/entity-tags.js';
import { markStale } from '../http/stale-answers.js';
import { problems } from '../schemas/answer-schemas.js';
import { pageOf } from '../schemas/document-schemas.js';
import { trackerProblems } from '../schemas/tracker-answers.js';
import {
  abandonBody,
  addQuery,
  commandHeaders,
  emptyBody,
  fileBody,
  restoreBody,
  startBody,
  workspace,
  workspaceFileParams,
  workspaceHeaders,
  workspaceParams,
  workspacesQuery,
  workspaceSummary,
} from '../schemas/workspace-schemas.js';
import type { ApiServer, ServedApplication } from './served-application.js';

const tags = ['workspaces'];

const answer = (description: string) => ({
  description,
  content: { 'application/json': { schema: workspace } },
});

/** Working folders: those of the server. */
export function workspaceRoutes(app: ApiServer, application: ServedApplication): void {
  app.get(
    '/workspaces',
    {
      schema: {
        tags,
        operationId: 'listWorkspaces',
        summary: 'List workspaces by slug, a page at a time',
        querystring: workspacesQuery,
        response: {
          200: {
            description: 'A page.',
            content: { 'application/json': { schema: pageOf(workspaceSummary) } },
          },
          ...problems(),
        },
      },
    },
    async ({ query }) => {
      const page = await application.workspaces.list(query);
      return { ...page, items: page.items.map((status) => presented(application, status)) };
    },
  );

  app.post(
    '/workspaces',
    {
      schema: {
        tags,
        operationId: 'startWorkspace',
        summary: 'Start a workspace: a folder with the files of a template',
        description:
          'With `issue` in place of `slug` it is one for that issue. When the tracker does not answer, what was last known of the issue will do; `Age` and `Warning` say so.',
        body: startBody,
        response: {
          201: answer('Started; with its `Location` and `ETag`.'),
          ...trackerProblems(409, 413, 415),
        },
      },
    },
    async ({ body: { slug, issue, ...request } }, reply) => {
      const seed = issue === undefined ? undefined : await application.issues.workspaceSeed(issue);
      if (seed !== undefined) markStale(reply, seed);
      const status = await application.workspaces.start(seed?.value.slug ?? slug ?? '', {
        ...seed?.value.request,
        ...request,
      });
      void reply.code(201).header('location', `/v1/workspaces/${status.slug}`);
      return tagged(reply, application, status);
    },
  );

  app.get(
    '/workspaces/:slug',
    {
      schema: {
        tags,
        operationId: 'getWorkspace',
        summary: 'The state of a workspace and what differs from its last save',
        params: workspaceParams,
        headers: workspaceHeaders,
        response: {
          200: answer('The workspace, with an `ETag` that changes with it and with its files.'),
          304: z.undefined().meta({ description: 'It still has a tag that `If-None-Match` names.' }),
          ...problems(404, 412),
        },
      },
    },
    async ({ params, headers }, reply) => {
      const status = await onMatch(headers, async ({ expected }) => {
        const found = await application.workspaces.status(params.slug);
        requireWorkspaceTag(found, expected);
        return found;
      });
      const body = tagged(reply, application, status);
      return isNotModified(headers['if-none-match'], workspaceTag(status))
        ? reply.code(304).send()
        : reply.send(body);
    },
  );

  app.post(
    '/workspaces/:slug/save',
    {
      schema: {
        tags,
        operationId: 'saveWorkspace',
        summary: 'Record the files of a workspace as they are',
        params: workspaceParams,
        headers: commandHeaders,
        body: emptyBody,
        response: { 200: answer('Saved.'), ...problems(404, 409, 412, 413, 415) },
      },
    },
    async ({ params, headers }, reply) =>
      command(reply, application, headers, (given) => application.workspaces.save(params.slug, given)),
  );

  app.post(
    '/workspaces/:slug/restore',
    {
      schema: {
        tags,
        operationId: 'restoreWorkspaceFile',
        summary: 'Give a file its saved content back',
        description: 'What it holds now is lost.',
        params: workspaceParams,
        headers: commandHeaders,
        body: restoreBody,
        response: { 200: answer('Restored.'), ...problems(404, 409, 412, 413, 415) },
      },
    },
    async ({ params, headers, body }, reply) =>
      command(reply, application, headers, (given) =>
        application.workspaces.restore(params.slug, body.path, given),
      ),
  );

  app.post(
    '/workspaces/:slug/finish',
    {
      schema: {
        tags,
        operationId: 'finishWorkspace',
        summary: 'Archive a workspace and remove its folder',
        params: workspaceParams,
        headers: commandHeaders,
        body: emptyBody,
        response: { 200: answer('Finished.'), ...problems(404, 409, 412, 413, 415) },
      },
    },
    async ({ params, headers }, reply) =>
      command(reply, application, headers, (given) => application.workspaces.finish(params.slug, given)),
  );

  app.post(
    '/workspaces/:slug/abandon',
    {
      schema: {
        tags,
        operationId: 'abandonWorkspace',
        summary: 'End a workspace and remove its folder; nothing is kept',
        params: workspaceParams,
        headers: commandHeaders,
        body: abandonBody,
        response: { 200: answer('Abandoned.'), ...problems(404, 409, 412, 413, 415) },
      },
    },
    async ({ params, headers, body }, reply) =>
      command(reply, application, headers, (given) =>
        application.workspaces.abandon(params.slug, { ...body, ...given }),
      ),
  );
}

/** Files as they come, of any type: they need a scope of their own, where nothing else reads bodies. */
export function workspaceFileRoutes(app: ApiServer, application: ServedApplication): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body);
  });
  app.put(
    '/workspaces/:slug/files/*',
    {
      schema: {
        tags,
        operationId: 'addWorkspaceFile',
        summary: 'Put a file into a workspace',
        description:
          'The body is the file, whatever its type. The last save does not know it. Tags are those of the workspace.',
        params: workspaceFileParams,
        headers: commandHeaders,
        querystring: addQuery,
        body: { content: { 'application/octet-stream': { schema: fileBody } } },
        response: { 200: answer('Added.'), ...problems(404, 409, 412, 413, 415) },
      },
    },
    async ({ params, headers, query, body }, reply) => {
      const content = body instanceof Uint8Array ? body : new Uint8Array();
      const request = { path: params['*'], content, replace: query.replace === 'true' };
      return command(reply, application, headers, (given) =>
        application.workspaces.add(params.slug, { ...request, ...given }),
      );
    },
  );
}

type MatchHeaders = z.infer<typeof commandHeaders>;

/** Runs a command whose answer is the workspace as it is then, with its tag. */
async function command(
  reply: FastifyReply,
  application: ServedApplication,
  headers: MatchHeaders,
  run: (given: ChangeRequest) => Promise<WorkspaceStatus>,
) {
  return tagged(reply, application, await onMatch(headers, run));
}

/** Runs what the client wants only of the state that it saw. Throws Conflict `PRECONDITION_FAILED` of another. */
async function onMatch<T>(
  { 'if-match': ifMatch }: MatchHeaders,
  run: (given: ChangeRequest) => Promise<T>,
): Promise<T> {
  if (ifMatch === undefined) return run({});
  return conditionally(run({ expected: matchPrecondition(ifMatch) }));
}

function tagged(reply: FastifyReply, application: ServedApplication, status: WorkspaceStatus) {
  void reply.header('etag', etagHeader(workspaceTag(status)));
  return { ...presented(application, status), files: status.baseline };
}

/** What of it goes out, the schemas of the answers say. */
function presented(application: ServedApplication, status: WorkspaceStatus) {
  const { end } = status;
  return { ...status, ...application.placesOf(status), ...(end === undefined ? {} : { endedAt: end.at }) };
}
