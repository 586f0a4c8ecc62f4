import type { Socket } from 'node:net';
import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import { isMarkitectError, NotFound } from '@markitect/domain';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { problem, type Problem, PROBLEM_TYPE } from './problem.js';
import { requestProblem } from './request-fault.js';

/** Answers with an error. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const answer: Problem = { ...requestProblem(error), instance: `urn:uuid:${request.id}` };
  if (answer.status >= 500) request.log.error({ err: error, code: answer.code }, 'request failed');
  request.failure = answer.code;
  if (answer.status === 401) void reply.header('www-authenticate', 'Bearer realm="markitect"');
  const seconds = secondsToWait(error);
  if (seconds !== undefined) void reply.header('retry-after', String(seconds));
  return (
    reply
      .code(answer.status)
      .header('x-content-type-options', 'nosniff')
      .header('cache-control', 'no-store')
      .type(PROBLEM_TYPE)
      // As text: a problem is complete as it is, and goes out whatever answers the route has declared.
      .send(JSON.stringify(answer))
  );
}

/** When the same request may succeed, where that may be soon: what a tracker asked for, else a second. */
function secondsToWait(error: unknown): number | undefined {
  if (!isMarkitectError(error) || !error.retryable) return undefined;
  const { retryAfterMs } = error.details;
  return typeof retryAfterMs === 'number' ? Math.max(1, Math.ceil(retryAfterMs / 1000)) : 1;
}

/** Makes every error of every route, and every address without a route, a problem. */
export function answerWithProblems(app: FastifyInstance): void {
  app.decorateRequest('failure', undefined);
  app.setErrorHandler((error, request, reply) => sendProblem(error, request, reply));
  answerUnknownAddresses(app);
}

/**
 * Makes every address below the app's prefix that has no route a problem. The hooks of the app run before: an address
 * that wants a token does not say whether it exists.
 */
export function answerUnknownAddresses(app: FastifyInstance): void {
  app.setNotFoundHandler((request, reply) =>
    sendProblem(
      new NotFound(
        'ROUTE_NOT_FOUND',
        `there is nothing at ${request.method} ${request.url.split('?', 1)[0] ?? ''}`,
      ),
      request,
      reply,
    ),
  );
}

/** Answers what Node cannot read as HTTP at all: no request exists yet, only a socket. */
export function answerClientError(error: Error & { readonly code?: string }, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const { status, detail } = clientFaults[error.code ?? ''] ?? {
    status: 400,
    detail: 'the request is not valid HTTP',
  };
  const body = JSON.stringify({
    ...problem('REQUEST_INVALID', detail, { status }),
    instance: `urn:uuid:${randomUUID()}`,
  } satisfies Problem);
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
      'Connection: close',
      `Content-Type: ${PROBLEM_TYPE}`,
      `Content-Length: ${Buffer.byteLength(body)}`,
      'X-Content-Type-Options: nosniff',
      '',
      body,
    ].join('\r\n'),
  );
}

const clientFaults: Readonly<Record<string, { readonly status: number; readonly detail: string }>> = {
  HPE_HEADER_OVERFLOW: { status: 431, detail: 'the header of the request is too large' },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, detail: 'the request did not arrive in time' },
};

declare module 'fastify' {
  interface FastifyRequest {
    /** The code of the error the request ended in. */
    failure: string | undefined;
  }
}
