import type { IncomingHttpHeaders } from 'node:http';
import { Invalid } from '@markitect/domain';
import type { FastifyInstance } from 'fastify';

/**
 * Refuses bodies that are compressed: nothing here unpacks them, and packed bytes must not be stored as text. The answer
 * says so in `Accept-Encoding`, as RFC 9110 asks.
 */
export function refuseEncodedBodies(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    const encoding = request.headers['content-encoding']?.trim().toLowerCase() ?? '';
    if (encoding === '' || encoding === 'identity' || !hasBody(request.headers)) return Promise.resolve();
    void reply.header('accept-encoding', 'identity');
    throw new Invalid('MEDIA_TYPE_UNSUPPORTED', 'the body is compressed; send it as it is', {
      details: { field: 'header.content-encoding' },
    });
  });
}

function hasBody(headers: IncomingHttpHeaders): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
