import { createHash, timingSafeEqual } from 'node:crypto';
import { Forbidden } from '@markitect/domain';
import type { FastifyInstance, onRequestAsyncHookHandler } from 'fastify';
import { isLoopbackHostHeader } from '../http/loopback.js';

/** Refuses requests without the token. The comparison takes the same time wherever the texts differ. */
export function requireToken(token: string): onRequestAsyncHookHandler {
  const wanted = digest(token);
  return async (request) => {
    const given = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1];
    if (given === undefined) {
      throw new Forbidden('AUTHENTICATION_REQUIRED', 'the request carries no bearer token');
    }
    if (!timingSafeEqual(digest(given), wanted)) {
      throw new Forbidden('AUTHENTICATION_REQUIRED', 'the token is not the one of this server');
    }
    return Promise.resolve();
  };
}

/** Texts of any length become the same length, as the comparison needs it. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/**
 * Refuses requests whose `Host` is not of this machine. For servers without a token: without this, a web page whose
 * own name has been rebound to 127.0.0.1 could read every document in its visitor's store.
 */
export function requireLoopbackHost(app: FastifyInstance): void {
  app.addHook('onRequest', async (request) => {
    const { host } = request.headers;
    // Only HTTP/1.0 may leave it out, and no browser speaks that.
    if (host === undefined || isLoopbackHostHeader(host)) return Promise.resolve();
    throw new Forbidden(
      'HOST_NOT_ALLOWED',
      `a server without a token answers only as localhost or a loopback address, not as ${host}`,
    );
  });
}
