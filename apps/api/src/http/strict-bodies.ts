import { Invalid } from '@markitect/domain';
import type { FastifyInstance } from 'fastify';

/** Reads `text/markdown` bodies, strictly as UTF-8: a lenient reading would store replacement characters. */
export function readMarkdownBodies(app: FastifyInstance): void {
  app.addContentTypeParser('text/markdown', { parseAs: 'buffer' }, (request, body, done) => {
    const charset = /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(request.headers['content-type'] ?? '')?.[1];
    if (charset !== undefined && !/^(?:utf-?8|us-ascii)$/i.test(charset)) {
      done(new Invalid('MEDIA_TYPE_UNSUPPORTED', `the body is in ${charset}; send it in UTF-8`));
      return;
    }
    try {
      done(null, new TextDecoder('utf-8', { fatal: true }).decode(body as Buffer));
    } catch (cause) {
      done(
        new Invalid('FILE_NOT_UTF8', 'the body is not valid UTF-8', { details: { field: 'body' }, cause }),
      );
    }
  });
}
