import { Invalid } from '@markitect/domain';
import type { FastifyInstance } from 'fastify';

const methods = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'TRACE'] as const;

/**
 * Answers 405 with `Allow` where the address exists and the method does not; without it that would be a 404. Call it
 * before the routes; the function it answers with, after them.
 */
export function guardMethods(app: FastifyInstance): () => void {
  const known = new Set<string>();
  app.addHook('onRoute', ({ url }) => {
    known.add(url);
  });
  return () => {
    for (const url of [...known]) {
      // Asked and not counted: of an address with and without a `/` at its end the hook hears in part only.
      const allowed = methods.filter((method) => app.hasRoute({ method, url }));
      const allow = allowed.join(', ');
      app.route({
        method: methods.filter((method) => !allowed.includes(method)),
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
