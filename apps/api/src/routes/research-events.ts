import { createHash } from 'node:crypto';
import {
  isSearchOver,
  type ResearchService,
  type ResearchStatus,
  researchView,
  withTicks,
} from '@markitect/application';
import { Unavailable } from '@markitect/domain';
import { z } from 'zod';
import { clientGone } from '../http/client-gone.js';
import { sendStream } from '../http/send-stream.js';
import { eventStreamHead, formatEvent, heartbeat } from '../http/event-stream.js';
import { problems } from '../schemas/answer-schemas.js';
import { eventsHeaders, researchParams } from '../schemas/research-schemas.js';
import type { ApiServer } from './served-application.js';

/** What is asked of researches here. */
type WatchedResearch = Pick<ResearchService, 'status' | 'watch'>;

export interface ResearchEventsOptions {
  /** Ends all streams: the server is shutting down. */
  readonly stopping: AbortSignal;
  /** How many clients may watch at the same time. */
  readonly maxWatchers: number;
  /** How long a stream may be silent, in milliseconds. Default 15 s. */
  readonly heartbeatMs?: number;
}

/** How far a research is, as it goes on: server-sent events. */
export function researchEventRoutes(
  app: ApiServer,
  application: { readonly research: WatchedResearch },
  { stopping, maxWatchers, heartbeatMs = 15_000 }: ResearchEventsOptions,
): void {
  let watchers = 0;

  app.get(
    '/research/:id/events',
    {
      schema: {
        tags: ['research'],
        operationId: 'watchResearch',
        summary: 'How far a research is, as it goes on',
        description:
          'Server-sent events: `status` with the research as `GET /v1/research/{id}` answers it, at once and after each change; `end` with the last of them, after which the stream ends. Comments in between keep the connection alive.',
        params: researchParams,
        headers: eventsHeaders,
        response: {
          200: {
            description: 'The events.',
            content: {
              'text/event-stream': {
                schema: z
                  .string()
                  .meta({ examples: ['id: 9f86d081884c7d65\nevent: status\ndata: {"id":7}\n\n'] }),
              },
            },
          },
          204: z
            .undefined()
            .meta({ description: 'The research is over, and `Last-Event-ID` was its last event.' }),
          ...problems(404),
        },
      },
    },
    async ({ params, headers }, reply) => {
      const last = headers['last-event-id'];
      const now = await application.research.status(params.id);
      if (isSearchOver(now.search) && last === eventId(now)) return reply.code(204).send();
      if (watchers >= maxWatchers) {
        throw new Unavailable('SERVER_BUSY', `${watchers} clients are watching already`, {
          details: { maximum: maxWatchers },
        });
      }
      watchers += 1;
      const gone = clientGone(reply.raw);
      void reply
        .type('text/event-stream; charset=utf-8')
        .header('cache-control', 'no-store')
        // Proxies of the kind of nginx would keep events back.
        .header('x-accel-buffering', 'no');
      const signal = AbortSignal.any([stopping, gone]);
      // Whatever ends it: the last event, the client, the server.
      return sendStream(reply, events(application.research, params.id, { last, heartbeatMs, signal }), () => {
        watchers -= 1;
      });
    },
  );
}

async function* events(
  research: WatchedResearch,
  id: number,
  {
    last,
    heartbeatMs,
    signal,
  }: { readonly last: string | undefined; readonly heartbeatMs: number; readonly signal: AbortSignal },
): AsyncGenerator<string> {
  yield eventStreamHead;
  for await (const status of withTicks(research.watch(id, signal), heartbeatMs)) {
    if (status === undefined) {
      yield heartbeat;
      continue;
    }
    const event = isSearchOver(status.search) ? 'end' : 'status';
    const eventIdNow = eventId(status);
    if (eventIdNow !== last) yield formatEvent({ id: eventIdNow, event, data: researchView(status) });
  }
}

/** The same for the same state, whichever server says it. */
function eventId(status: ResearchStatus): string {
  return createHash('sha256')
    .update(JSON.stringify(researchView(status)))
    .digest('hex')
    .slice(0, 16);
}
