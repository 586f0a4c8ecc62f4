import type { FastifyReply } from 'fastify';

/**
 * Answers with JSON that is text already, as it is. For large answers: taking them through the schema of the route would
 * hold up every other request.
 */
export function sendJson(reply: FastifyReply, json: string | Uint8Array): FastifyReply {
  return reply
    .type('application/json; charset=utf-8')
    .send(typeof json === 'string' ? json : Buffer.from(json.buffer, json.byteOffset, json.byteLength));
}
