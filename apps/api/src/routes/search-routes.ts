import { problems } from '../schemas/answer-schemas.js';
import { searchQuery } from '../schemas/request-schemas.js';
import { searchAnswer } from '../schemas/search-schemas.js';
import type { ApiServer, ServedApplication } from './served-application.js';

/** One search over documents and issues. */
export function searchRoutes(app: ApiServer, application: ServedApplication): void {
  app.get(
    '/search',
    {
      schema: {
        tags: ['knowledge'],
        operationId: 'search',
        summary: 'Search the text of all documents and issues, best first',
        description:
          'Answered from what is stored here. The issues of a Gitea are found as they were at the last `POST /v1/issues/sync`, which `issuesAsOf` tells.',
        querystring: searchQuery,
        response: {
          200: {
            description: 'What was found, by place: scores of different places cannot be compared.',
            content: { 'application/json': { schema: searchAnswer } },
          },
          ...problems(),
        },
      },
    },
    async ({ query: { q, in: place, cursor, prefix, tag, ...rest } }) => {
      if (prefix !== undefined || tag !== undefined) {
        const { limit } = rest;
        return {
          documents: await application.documents.search({
            query: q,
            ...(limit === undefined ? {} : { limit }),
            ...(cursor === undefined ? {} : { cursor }),
            ...(prefix === undefined ? {} : { prefix }),
            ...(tag === undefined ? {} : { tag }),
          }),
        };
      }
      return application.search.search({
        query: q,
        ...rest,
        ...(place === undefined ? {} : { in: [place] }),
        ...(place === undefined || cursor === undefined ? {} : { cursors: { [place]: cursor } }),
      });
    },
  );
}
