import { Unavailable } from '@markitect/domain';
import { z } from 'zod';
import { onlyProblems } from '../schemas/answer-schemas.js';
import type { ApiServer, ServedApplication } from './served-application.js';

/** What the routes for operators need besides the application. */
export interface OperationRouteOptions {
  readonly scrape?: (() => Promise<string>) | undefined;
}

const tags = ['operation'];
const alive = z.object({ status: z.literal('ok') }).meta({ examples: [{ status: 'ok' }] });
const ready = z
  .object({
    status: z.literal('ok'),
    pending: z
      .object({
        count: z.number().int(),
        since: z.string().exactOptional().meta({ description: 'RFC 3339, UTC.' }),
      })
      .exactOptional()
      .meta({
        description:
          'Changes that are committed and could not be put in place yet, e.g. because a disk is full. They are tried again with every commit, and by `markitect recover`.',
      }),
  })
  .meta({ examples: [{ status: 'ok' }] });

/** Health and measurements. They need no token and say nothing of the documents. */
export function operationRoutes(
  app: ApiServer,
  application: ServedApplication,
  { scrape }: OperationRouteOptions,
): void {
  app.get(
    '/healthz',
    {
      schema: {
        tags,
        security: [],
        operationId: 'isAlive',
        summary: 'Whether the process is alive',
        response: {
          200: { description: 'It is.', content: { 'application/json': { schema: alive } } },
          ...onlyProblems(403),
        },
      },
    },
    () => ({ status: 'ok' as const }),
  );

  app.get(
    '/readyz',
    {
      schema: {
        tags,
        security: [],
        operationId: 'isReady',
        summary: 'Whether requests can be served now',
        description:
          'An issue tracker or a Redis that is down does not make it unready: `GET /v1/connections` tells of that.',
        response: {
          200: { description: 'Yes.', content: { 'application/json': { schema: ready } } },
          ...onlyProblems(403, 500, 503),
        },
      },
    },
    async () => {
      const kinds = application.connections.stats();
      // A tracker or a cache elsewhere is opened when it is first needed, and its being down keeps nobody from the rest.
      const down = Object.entries(await application.connections.health()).filter(
        ([name, each]) => each.status !== 'up' && kinds[name]?.kind === 'sql',
      );
      if (down.length > 0) {
        const states = Object.fromEntries(down.map(([name, each]) => [name, each.status]));
        throw new Unavailable('DATABASE_UNAVAILABLE', `not ready: ${Object.keys(states).join(', ')}`, {
          details: { connections: states },
        });
      }
      const { count, since } = await application.pending();
      return {
        status: 'ok' as const,
        ...(count === 0 ? {} : { pending: { count, ...(since === undefined ? {} : { since }) } }),
      };
    },
  );

  app.get(
    '/metrics',
    {
      schema: {
        tags,
        security: [],
        operationId: 'getMetrics',
        summary: 'Measurements for Prometheus',
        response: {
          200: {
            description: 'Prometheus text; empty with `OTEL_SDK_DISABLED=true`.',
            content: { 'text/plain': { schema: z.string() } },
          },
          ...onlyProblems(403, 500, 503),
        },
      },
    },
    async (_request, reply) =>
      reply.type('text/plain; version=0.0.4; charset=utf-8').send(scrape === undefined ? '' : await scrape()),
  );
}
