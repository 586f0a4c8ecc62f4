import type { ApiServer, ServedApplication } from '../routes/served-application.js';

/** The header that names the components of which the other store stands in. */
export const DEGRADED_HEADER = 'markitect-degraded';

/** How long what is known counts, in milliseconds. */
const MAX_AGE_MS = 1000;

/**
 * Says in the headers of every answer which components are degraded: their other store answers while the one that should
 * is down. It is at most a second late; once in a second an answer waits for a look at the database.
 */
export function markDegraded(app: ApiServer, application: Pick<ServedApplication, 'cutover'>): void {
  let known: Promise<readonly string[]> = Promise.resolve([]);
  let askedAt = Number.NEGATIVE_INFINITY;
  app.addHook('onSend', async (_request, reply) => {
    if (application.cutover.names.length === 0) return;
    if (performance.now() - askedAt > MAX_AGE_MS) {
      askedAt = performance.now();
      known = application.cutover.degraded();
    }
    const components = await known;
    if (components.length > 0) void reply.header(DEGRADED_HEADER, components.join(', '));
  });
}
