import { problemOf } from '../problems/problem.js';
import { problems } from '../schemas/answer-schemas.js';
import { connectionList } from '../schemas/connection-schemas.js';
import type { ApiServer, ServedApplication } from './served-application.js';

/** The connections of the server to what it works with. */
export function connectionRoutes(app: ApiServer, application: ServedApplication): void {
  app.get(
    '/connections',
    {
      schema: {
        tags: ['operation'],
        operationId: 'listConnections',
        summary: 'Health and use of every connection, of every kind',
        description:
          'Asks each that is open at once. One that is down is told in its `error`; the answer is 200 all the same.',
        response: {
          200: { description: 'All of them.', content: { 'application/json': { schema: connectionList } } },
          ...problems(),
        },
      },
    },
    async () => {
      const health = await application.connections.health();
      return {
        items: Object.entries(application.connections.stats()).map(([name, stats]) => {
          const { error, ...rest } = health[name] ?? { status: 'closed' as const, latencyMs: 0 };
          return { name, ...stats, ...rest, ...(error === undefined ? {} : { error: problemOf(error) }) };
        }),
      };
    },
  );
}
