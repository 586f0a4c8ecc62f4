import { withTicks } from '@markitect/application';
import { type CutoverLogEntry, Unavailable } from '@markitect/domain';
import { z } from 'zod';
import { clientGone } from '../http/client-gone.js';
import { eventStreamHead, formatEvent, heartbeat } from '../http/event-stream.js';
import { sendStream } from '../http/send-stream.js';
import { problems } from '../schemas/answer-schemas.js';
import { cutoverEventsHeaders, cutoverEventsQuery } from '../schemas/cutover-requests.js';
import type { ApiServer, ServedApplication } from './served-application.js';

/** How streams of events are kept. */
export interface CutoverEventsOptions {
  /** Ends all streams: the server is shutting down. */
  readonly stopping: AbortSignal;
  /** How many clients may watch at the same time. Default 100. */
  readonly maxWatchers?: number;
  /** How long a stream may be silent, in milliseconds. Default 15 s. */
  readonly heartbeatMs?: number;
}

/** The log of cutovers as it goes on: server-sent events. */
export function cutoverEventRoutes(
  app: ApiServer,
  application: { readonly cutover: Pick<ServedApplication['cutover'], 'follow' | 'log'> },
  { stopping, maxWatchers = 100, heartbeatMs = 15_000 }: CutoverEventsOptions,
): void {
  let watchers = 0;

  app.get(
    '/cutover/events',
    {
      schema: {
        tags: ['cutover'],
        operationId: 'watchCutovers',
        summary: 'What is changed, as it is',
        description:
          'Server-sent events: `change` for each line of the log as it comes, as `GET /v1/cutover/log` answers it. Comments in between keep the connection alive. It goes on until the client leaves.',
        querystring: cutoverEventsQuery,
        headers: cutoverEventsHeaders,
        response: {
          200: {
            description: 'The events.',
            content: {
              'text/event-stream': {
                schema: z
                  .string()
                  .meta({ examples: ['id: 7\nevent: change\ndata: {"id":7,"component":"users"}\n\n'] }),
              },
            },
          },
          ...problems(),
        },
      },
    },
    async ({ query, headers }, reply) => {
      const { cutover } = application;
      const known = headers['last-event-id'];
      // Before the answer begins: from then on the client misses nothing.
      const after =
        known === undefined ? ((await cutover.log({ limit: 1 })).items[0]?.id ?? 0) : Number(known);
      if (watchers >= maxWatchers) {
        throw new Unavailable('SERVER_BUSY', `${watchers} clients are watching already`, {
          details: { maximum: maxWatchers },
        });
      }
      watchers += 1;
      const signal = AbortSignal.any([stopping, clientGone(reply.raw)]);
      void reply
        .type('text/event-stream; charset=utf-8')
        .header('cache-control', 'no-store')
        // Proxies of the kind of nginx would keep events back.
        .header('x-accel-buffering', 'no');
      return sendStream(reply, events(cutover.follow({ ...query, after, signal }), heartbeatMs), () => {
        watchers -= 1;
      });
    },
  );
}

async function* events(log: AsyncIterable<CutoverLogEntry>, heartbeatMs: number): AsyncGenerator<string> {
  yield eventStreamHead;
  for await (const entry of withTicks(log, heartbeatMs)) {
    yield entry === undefined
      ? heartbeat
      : formatEvent({ id: String(entry.id), event: 'change', data: entry });
  }
}
