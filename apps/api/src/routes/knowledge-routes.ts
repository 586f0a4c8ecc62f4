import { sendJson } from '../http/send-json.js';
import { problems } from '../schemas/answer-schemas.js';
import { documentLinks, markdownNode, nodeHit, pageOf } from '../schemas/document-schemas.js';
import { documentParams, nodesQuery } from '../schemas/request-schemas.js';
import type { ApiServer, ServedApplication } from './served-application.js';

const tags = ['knowledge'];

/** What is known about documents: links, trees. Beside `/documents/*`, whose `*` takes every path below it. */
export function knowledgeRoutes(app: ApiServer, application: ServedApplication): void {
  app.get(
    '/links/*',
    {
      schema: {
        tags,
        operationId: 'getLinks',
        summary: 'The links of a document and to it, and whether they arrive',
        params: documentParams,
        response: {
          200: { description: 'The links.', content: { 'application/json': { schema: documentLinks } } },
          ...problems(404),
        },
      },
    },
    async ({ params }) => ({
      path: params['*'].normalize('NFC'),
      ...(await application.documents.links(params['*'])),
    }),
  );

  app.get(
    '/ast/*',
    {
      schema: {
        tags,
        operationId: 'getTree',
        summary: 'The syntax tree of a document',
        params: documentParams,
        response: {
          200: { description: 'The root node.', content: { 'application/json': { schema: markdownNode } } },
          ...problems(404),
        },
      },
    },
    // Bytes go out as they are: a tree is twenty times as large as its Markdown.
    async ({ params }, reply) => sendJson(reply, await application.documents.treeJson(params['*'])),
  );

  app.get(
    '/nodes',
    {
      schema: {
        tags,
        operationId: 'selectNodes',
        summary: 'The nodes of one document, or of all, that a selector matches',
        querystring: nodesQuery,
        response: {
          200: {
            description: 'A page of nodes.',
            content: { 'application/json': { schema: pageOf(nodeHit) } },
          },
          ...problems(404),
        },
      },
    },
    ({ query: { selector, path, prefix, ...page } }) =>
      path === undefined
        ? application.documents.selectAll({ selector, page, ...(prefix === undefined ? {} : { prefix }) })
        : application.documents.select(path, selector, page),
  );
}
