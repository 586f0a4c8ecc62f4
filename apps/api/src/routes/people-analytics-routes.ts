import { problems } from '../schemas/answer-schemas.js';
import { pageOf } from '../schemas/document-schemas.js';
import {
  analyticsEvent,
  appendReport,
  countAnswer,
  countQuery,
  eventsBody,
  eventsQuery,
} from '../schemas/people-schemas.js';
import type { ApiServer, ServedApplication } from './served-application.js';

const tags = ['people'];

/** Events: reported in batches, listed and counted. */
export function peopleAnalyticsRoutes(app: ApiServer, { people }: ServedApplication): void {
  app.post(
    '/analytics/events',
    {
      schema: {
        tags,
        operationId: 'appendEvents',
        summary: 'Report events, many at once',
        description:
          'Events whose id is known are left out: with ids of your own you may report the same again.',
        body: eventsBody,
        response: {
          200: {
            description: 'Kept.',
            content: { 'application/json': { schema: appendReport } },
          },
          ...problems(413, 415),
        },
      },
    },
    ({ body }) => people.analytics.append(body.events),
  );

  app.get(
    '/analytics/events',
    {
      schema: {
        tags,
        operationId: 'listEvents',
        summary: 'List events by time, the first first, a page at a time',
        querystring: eventsQuery,
        response: {
          200: {
            description: 'A page.',
            content: { 'application/json': { schema: pageOf(analyticsEvent) } },
          },
          ...problems(),
        },
      },
    },
    ({ query }) => people.analytics.list(query),
  );

  app.get(
    '/analytics/count',
    {
      schema: {
        tags,
        operationId: 'countEvents',
        summary: 'Count events',
        querystring: countQuery,
        response: {
          200: { description: 'How many.', content: { 'application/json': { schema: countAnswer } } },
          ...problems(),
        },
      },
    },
    async ({ query }) => ({ count: await people.analytics.count(query) }),
  );
}
