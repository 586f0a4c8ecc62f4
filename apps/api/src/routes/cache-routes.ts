import { Invalid } from '@markitect/domain';
import { z } from 'zod';
import { problems } from '../schemas/answer-schemas.js';
import { cacheEntry, cacheKeyParams, cacheOverview, invalidateBody } from '../schemas/cache-schemas.js';
import type { ApiServer, ServedApplication } from './served-application.js';

const tags = ['operation'];
const binds = 'Binds every process that shares the data directory, or Redis, before it is answered.';

/** The cache, for operators. */
export function cacheRoutes(app: ApiServer, application: ServedApplication): void {
  app.get(
    '/cache',
    {
      schema: {
        tags,
        operationId: 'getCache',
        summary: 'What the cache holds, and how well it serves',
        response: {
          200: { description: 'Its numbers.', content: { 'application/json': { schema: cacheOverview } } },
          ...problems(),
        },
      },
    },
    () => application.cache.stats(),
  );

  app.delete(
    '/cache',
    {
      schema: {
        tags,
        operationId: 'clearCache',
        summary: 'Make everything cached invalid',
        description: `${binds} Also empties this server's memory, the disk and what is in Redis.`,
        response: { 204: z.undefined().meta({ description: 'Done.' }), ...problems() },
      },
    },
    async (_request, reply) => {
      await application.cache.clear();
      return reply.code(204).send();
    },
  );

  app.post(
    '/cache/invalidate',
    {
      schema: {
        tags,
        operationId: 'invalidateCache',
        summary: 'Make keys and tags invalid',
        description: `${binds} What is not cached is no error.`,
        body: invalidateBody,
        response: { 204: z.undefined().meta({ description: 'Done.' }), ...problems(413, 415) },
      },
    },
    async ({ body: { keys = [], tags: named = [] } }, reply) => {
      if (keys.length + named.length === 0) {
        throw new Invalid('REQUEST_INVALID', 'name keys or tags to invalidate', {
          details: { field: 'body.keys' },
        });
      }
      await application.cache.invalidate(keys, named);
      return reply.code(204).send();
    },
  );

  app.get(
    '/cache/entries/:key',
    {
      schema: {
        tags,
        operationId: 'inspectCacheEntry',
        summary: 'What is cached under a key',
        params: cacheKeyParams,
        response: {
          200: { description: 'The entry.', content: { 'application/json': { schema: cacheEntry } } },
          ...problems(404),
        },
      },
    },
    ({ params: { key } }) => application.cache.inspect(key),
  );

  app.delete(
    '/cache/entries/:key',
    {
      schema: {
        tags,
        operationId: 'invalidateCacheEntry',
        summary: 'Make a key invalid',
        description: `${binds} What is not cached is no error.`,
        params: cacheKeyParams,
        response: { 204: z.undefined().meta({ description: 'Done.' }), ...problems() },
      },
    },
    async ({ params: { key } }, reply) => {
      await application.cache.invalidate([key], []);
      return reply.code(204).send();
    },
  );
}
