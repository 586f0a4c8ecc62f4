import { Invalid } from '@markitect/domain';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** A JSON merge patch (RFC 7396). */
export const MERGE_PATCH_TYPE = 'application/merge-patch+json';

/**
 * Reads `text/markdown` and `application/json` bodies, the latter also as merge patches, strictly as UTF-8: a lenient reading, Fastify's own, would
 * store replacement characters for what it cannot read.
 */
export function readStrictBodies(app: FastifyInstance): void {
  app.addContentTypeParser('text/markdown', { parseAs: 'buffer' }, (request, body, done) => {
    try {
      done(null, decode(request, body as Buffer));
    } catch (error) {
      done(error as Error);
    }
  });
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser(
    ['application/json', MERGE_PATCH_TYPE],
    { parseAs: 'buffer' },
    (request, body, done) => {
      try {
        void parseJson(request, decode(request, body as Buffer), done);
      } catch (error) {
        done(error as Error);
      }
    },
  );
}

function decode(request: FastifyRequest, body: Buffer): string {
  const charset = /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(request.headers['content-type'] ?? '')?.[1];
  if (charset !== undefined && !/^(?:utf-?8|us-ascii)$/i.test(charset)) {
    throw new Invalid('MEDIA_TYPE_UNSUPPORTED', `the body is in ${charset}; send it in UTF-8`);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch (cause) {
    throw new Invalid('FILE_NOT_UTF8', 'the body is not valid UTF-8', { details: { field: 'body' }, cause });
  }
}
