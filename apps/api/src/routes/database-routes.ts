import { refuseForeignPage } from '../http/foreign-page.js';
import { problems } from '../schemas/answer-schemas.js';
import { adviceQuery, databaseAdvice, databaseCheck, databaseStatus } from '../schemas/database-schemas.js';
import { noBody } from '../schemas/issue-requests.js';
import type { ApiServer, ServedApplication } from './served-application.js';

const tags = ['operation'];

/** The database, for operators. What changes its schema is left to the command line. */
export function databaseRoutes(app: ApiServer, application: ServedApplication): void {
  app.get(
    '/database/status',
    {
      schema: {
        tags,
        operationId: 'getDatabaseStatus',
        summary: 'Sizes, tables, migrations and settings of the database',
        description: 'Takes as long as reading the file once.',
        response: {
          200: { description: 'The database.', content: { 'application/json': { schema: databaseStatus } } },
          ...problems(),
        },
      },
    },
    // The schema leaves out where the file lies on the disk of the server, which is nobody's business.
    () => application.database.status(),
  );

  app.post(
    '/database/check',
    {
      schema: {
        tags,
        operationId: 'checkDatabase',
        summary: 'Compare the database, and what lies beside it, with itself',
        description:
          'Reads everything, and others who write wait while the full-text indexes are compared. What is wrong is told ' +
          'with status 200 and `isSound: false`. Changes nothing.',
        body: noBody,
        response: {
          200: { description: 'What was found.', content: { 'application/json': { schema: databaseCheck } } },
          ...problems(413, 415),
        },
      },
    },
    async ({ body, headers }) => {
      refuseForeignPage(headers, body);
      const { isSound, checks } = await application.database.check();
      return { isSound, checks };
    },
  );

  app.get(
    '/database/advice',
    {
      schema: {
        tags,
        operationId: 'getDatabaseAdvice',
        summary: 'Statements that cost more the more rows there are',
        description:
          'Explains every statement of this version, and those this server has prepared besides. The database is only read.',
        querystring: adviceQuery,
        response: {
          200: { description: 'The advice.', content: { 'application/json': { schema: databaseAdvice } } },
          ...problems(),
        },
      },
    },
    ({ query }) => application.database.advise(query),
  );
}
