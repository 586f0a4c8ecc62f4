import type { IncomingHttpHeaders } from 'node:http';
import { Invalid } from '@markitect/domain';

/**
 * Refuses a request without a body that a page of another site has made a browser send, which browsers do without
 * asking the server first. They say so: every request of theirs that may change something has an `Origin`. A body of
 * JSON is never sent so. Throws Invalid `REQUEST_INVALID`.
 */
export function refuseForeignPage(headers: IncomingHttpHeaders, body: unknown): void {
  if (body !== undefined && body !== null) return;
  const { origin, host, 'sec-fetch-site': site } = headers;
  const isOwn = origin === undefined || isOf(origin, host ?? '');
  const isSame = site === undefined || site === 'same-origin' || site === 'none';
  if (isOwn && isSame) return;
  throw new Invalid('REQUEST_INVALID', 'a page of another site has to send {} as application/json', {
    details: { field: 'body' },
  });
}

/** Whether an origin is that of a host, whether or not either names the usual port. */
function isOf(origin: string, host: string): boolean {
  if (!URL.canParse(origin)) return false;
  const { protocol, host: its } = new URL(origin);
  return URL.canParse(`${protocol}//${host}`) && new URL(`${protocol}//${host}`).host === its;
}
