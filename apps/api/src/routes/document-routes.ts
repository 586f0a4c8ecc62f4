import { entityTag, Invalid } from '@markitect/domain';
import { z } from 'zod';
import { acceptedType } from '../http/accepted-type.js';
import { clientGone } from '../http/client-gone.js';
import {
  conditionally,
  etagHeader,
  isNotModified,
  requireMatch,
  writePrecondition,
} from '../http/entity-tags.js';
import { sendJson } from '../http/send-json.js';
import { problems } from '../schemas/answer-schemas.js';
import {
  document,
  documentContent,
  documentSummary,
  pageOf,
  saveResult,
} from '../schemas/document-schemas.js';
import { documentParams, listQuery, readHeaders, writeHeaders } from '../schemas/request-schemas.js';
import type { ApiServer, ServedApplication } from './served-application.js';

const tags = ['documents'];

/** Reading and writing documents. */
export function documentRoutes(app: ApiServer, application: ServedApplication): void {
  app.get(
    '/documents',
    {
      schema: {
        tags,
        operationId: 'listDocuments',
        summary: 'List documents, a page at a time',
        querystring: listQuery,
        response: {
          200: {
            description: 'A page.',
            content: { 'application/json': { schema: pageOf(documentSummary) } },
          },
          ...problems(),
        },
      },
    },
    ({ query: { where, ...query } }) =>
      application.documents.list({
        ...query,
        ...(where === undefined ? {} : { frontMatter: frontMatterFilter([where].flat()) }),
      }),
  );

  app.get(
    '/documents/*',
    {
      schema: {
        tags,
        operationId: 'getDocument',
        summary: 'Read a document',
        description:
          'With `Accept: text/markdown` the answer is the Markdown as written, else the document as JSON. `HEAD` answers with the headers alone.',
        params: documentParams,
        headers: readHeaders,
        response: {
          200: {
            description: 'The document, with its `ETag`.',
            content: {
              'application/json': { schema: document },
              'text/markdown': { schema: z.string().meta({ examples: ['# Getting started\n'] }) },
            },
          },
          304: z
            .undefined()
            .meta({ description: 'The document still has a tag that `If-None-Match` names.' }),
          ...problems(404, 406, 412),
        },
      },
    },
    async (request, reply) => {
      const type = acceptedType(request.raw.headers.accept, ['application/json', 'text/markdown']);
      const found = await application.documents.get(request.params['*']);
      const tag = entityTag(found);
      requireMatch(request.headers['if-match'], found);
      void reply.header('etag', etagHeader(tag)).header('vary', 'Accept');
      if (isNotModified(request.headers['if-none-match'], tag)) return reply.code(304).send();
      if (type === 'text/markdown') return reply.type('text/markdown; charset=utf-8').send(found.content);
      return sendJson(reply, JSON.stringify(found));
    },
  );

  app.put(
    '/documents/*',
    {
      schema: {
        tags,
        operationId: 'putDocument',
        summary: 'Write a document',
        description:
          'Creates or replaces. To change what you have read without losing what others wrote meanwhile, send its `ETag` as `If-Match`; to create only, send `If-None-Match: *`.',
        params: documentParams,
        headers: writeHeaders,
        body: {
          content: {
            'text/markdown': { schema: z.string().meta({ examples: ['# Getting started\n'] }) },
            'application/json': { schema: documentContent },
          },
        },
        response: {
          200: {
            description: 'Replaced, or nothing to do; with the new `ETag`.',
            content: { 'application/json': { schema: saveResult } },
          },
          201: {
            description: 'Created; with its `ETag` and `Location`.',
            content: { 'application/json': { schema: saveResult } },
          },
          ...problems(409, 412, 413, 415),
        },
      },
    },
    async (request, reply) => {
      const expected = writePrecondition(request.headers);
      const content = contentOf(request.body);
      const signal = clientGone(reply.raw);
      const saved = await conditionally(
        application.documents.put(request.params['*'], content, expected, { signal }),
      );
      void reply.header('etag', etagHeader(entityTag(saved)));
      if (saved.outcome === 'created') {
        void reply
          .code(201)
          .header('location', `/v1/documents/${saved.path.split('/').map(encodeURIComponent).join('/')}`);
      }
      return reply.send(saved);
    },
  );

  app.delete(
    '/documents/*',
    {
      schema: {
        tags,
        operationId: 'removeDocument',
        summary: 'Remove a document',
        params: documentParams,
        headers: writeHeaders,
        response: { 204: z.undefined().meta({ description: 'Removed.' }), ...problems(404, 409, 412) },
      },
    },
    async (request, reply) => {
      const expected = writePrecondition(request.headers);
      await conditionally(application.documents.remove(request.params['*'], expected));
      return reply.code(204).send();
    },
  );
}

function contentOf(body: unknown): string {
  if (typeof body === 'string') return body;
  const parsed = documentContent.safeParse(body);
  if (parsed.success) return parsed.data.content;
  throw new Invalid('REQUEST_INVALID', 'the body is missing: send Markdown as text/markdown, or JSON', {
    details: { field: 'body' },
  });
}

function frontMatterFilter(where: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    where.map((each) => [each.slice(0, each.indexOf(':')), each.slice(each.indexOf(':') + 1)]),
  );
}
