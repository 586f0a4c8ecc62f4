import { Invalid } from '@markitect/domain';
import type { FastifyInstance } from 'fastify';

const methods = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'TRACE'] as const;

/**
 * Answers 405 with `Allow` where the address exists and the method does not; without it that would be a 404. Call it
 * before the routes; the function it answers with, after them.
 */
export function guardMethods(app: FastifyInstance): () => void {
  const known = new Map<string, Set<string>>();
  app.addHook('onRoute', ({ url, method }) => {
    const allowed = known.get(url) ?? new Set();
    for (const each of [method].flat()) allowed.add(each);
    known.set(url, allowed);
  });
  return () => {
    for (const [url, allowed] of [...known]) {
      const allow = [...allowed].sort().join(', ');
      app.route({
        method: methods.filter((method) => !allowed.has(method)),
        url: url.slice(app.prefix.length),
        schema: { hide: true },
        handler: (request, reply) => {
          void reply.header('allow', allow);
          throw new Invalid(
            'METHOD_NOT_ALLOWED',
            `${request.method} is not among the methods here: ${allow}`,
          );
        },
      });
    }
  };
}
