import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';

/**
 * Answers with text as it comes, as fast as the client takes it. Failures after the first part cut the answer off; when
 * the client leaves, `parts` is ended. `onEnd` is called once, however it ends.
 */
export function sendStream(
  reply: FastifyReply,
  parts: AsyncIterable<string>,
  onEnd: () => void = () => undefined,
): FastifyReply {
  return reply.send(Readable.from(parts).once('close', onEnd));
}
