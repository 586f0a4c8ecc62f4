import type { ApiServer, ServedApplication } from '../routes/served-application.js';

/** The header that names the components of which the other store stands in. */
export const DEGRADED_HEADER = 'markitect-degraded';

/** How long what is known counts, in milliseconds. */
const MAX_AGE_MS = 1000;

/**
 * Says in the headers of every answer which components are degraded: their other store answers while the one that should
 * is down. It may be a second late; an answer does not wait for it.
 */
export function markDegraded(app: ApiServer, application: Pick<ServedApplication, 'cutover'>): void {
  let known: readonly string[] = [];
  let askedAt = Number.NEGATIVE_INFINITY;
  const ask = () => {
    askedAt = performance.now();
    application.cutover.degraded().then(
      (components) => (known = components),
      // The database is down as well: whoever asks is told by the answer itself.
      () => undefined,
    );
  };
  app.addHook('onSend', async (_request, reply) => {
    if (application.cutover.names.length > 0 && performance.now() - askedAt > MAX_AGE_MS) ask();
    if (known.length > 0) void reply.header(DEGRADED_HEADER, known.join(', '));
    return Promise.resolve();
  });
}
