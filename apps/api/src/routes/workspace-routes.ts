import { createHash } from 'node:crypto';
import type { WorkspaceStatus } from '@markitect/application';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { etagHeader, isNotModified } from '../http/entity-tags.js';
import { problems } from '../schemas/answer-schemas.js';
import { pageOf } from '../schemas/document-schemas.js';
import { readHeaders } from '../schemas/request-schemas.js';
import {
  abandonBody,
  addQuery,
  emptyBody,
  fileBody,
  restoreBody,
  startBody,
  workspace,
  workspaceFileParams,
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
        body: startBody,
        response: {
          201: answer('Started; with its `Location` and `ETag`.'),
          ...problems(404, 409, 413, 415),
        },
      },
    },
    async ({ body: { slug, ...request } }, reply) => {
      const status = await application.workspaces.start(slug, request);
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
        headers: readHeaders,
        response: {
          200: answer('The workspace, with an `ETag` that changes with it and with its files.'),
          304: z.undefined().meta({ description: 'It still has a tag that `If-None-Match` names.' }),
          ...problems(404),
        },
      },
    },
    async ({ params, headers }, reply) => {
      const status = await application.workspaces.status(params.slug);
      const body = tagged(reply, application, status);
      return isNotModified(headers['if-none-match'], tagOf(status))
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
        body: emptyBody,
        response: { 200: answer('Saved.'), ...problems(404, 409, 413, 415) },
      },
    },
    async ({ params }, reply) => tagged(reply, application, await application.workspaces.save(params.slug)),
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
        body: restoreBody,
        response: { 200: answer('Restored.'), ...problems(404, 409, 413, 415) },
      },
    },
    async ({ params, body }, reply) =>
      tagged(reply, application, await application.workspaces.restore(params.slug, body.path)),
  );

  app.post(
    '/workspaces/:slug/finish',
    {
      schema: {
        tags,
        operationId: 'finishWorkspace',
        summary: 'Archive a workspace and remove its folder',
        params: workspaceParams,
        body: emptyBody,
        response: { 200: answer('Finished.'), ...problems(404, 409, 413, 415) },
      },
    },
    async ({ params }, reply) => tagged(reply, application, await application.workspaces.finish(params.slug)),
  );

  app.post(
    '/workspaces/:slug/abandon',
    {
      schema: {
        tags,
        operationId: 'abandonWorkspace',
        summary: 'End a workspace and remove its folder; nothing is kept',
        params: workspaceParams,
        body: abandonBody,
        response: { 200: answer('Abandoned.'), ...problems(404, 409, 413, 415) },
      },
    },
    async ({ params, body }, reply) =>
      tagged(reply, application, await application.workspaces.abandon(params.slug, body)),
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
        description: 'The body is the file, whatever its type. The last save does not know it.',
        params: workspaceFileParams,
        querystring: addQuery,
        body: { content: { 'application/octet-stream': { schema: fileBody } } },
        response: { 200: answer('Added.'), ...problems(404, 409, 413) },
      },
    },
    async ({ params, query, body }, reply) => {
      const content = body instanceof Uint8Array ? body : new Uint8Array();
      const status = await application.workspaces.add(params.slug, {
        path: params['*'],
        content,
        replace: query.replace === 'true',
      });
      return tagged(reply, application, status);
    },
  );
}

function tagged(reply: FastifyReply, application: ServedApplication, status: WorkspaceStatus) {
  void reply.header('etag', etagHeader(tagOf(status)));
  return { ...presented(application, status), files: status.baseline };
}

/** What of it goes out, the schemas of the answers say. */
function presented(application: ServedApplication, status: WorkspaceStatus) {
  const { end } = status;
  return { ...status, ...application.placesOf(status), ...(end === undefined ? {} : { endedAt: end.at }) };
}

/** Files change without a command: the revision alone would not tell. */
function tagOf({ revision, state, changed, missing, unknown }: WorkspaceStatus): string {
  const seen = JSON.stringify([state, changed, missing, unknown]);
  return `${revision}-${createHash('sha256').update(seen).digest('hex').slice(0, 16)}`;
}
