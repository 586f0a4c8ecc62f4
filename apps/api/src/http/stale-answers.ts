import type { StaleAllowed } from '@markitect/ports';
import type { FastifyReply } from 'fastify';

/** What an answer says of its age. */
export interface StaleField {
  readonly stale?: { readonly ageSeconds: number; readonly code: string };
}

/** Says in the headers of an answer that what it says is old (RFC 7234 §5.5.1), and gives the field that says so in its body. */
export function markStale(reply: FastifyReply, { stale }: Pick<StaleAllowed<unknown>, 'stale'>): StaleField {
  if (stale === undefined) return {};
  const ageSeconds = Math.ceil(stale.ageMs / 1000);
  void reply
    .header('age', String(ageSeconds))
    .header('warning', `110 - "Response is Stale: ${stale.cause.code}"`);
  return { stale: { ageSeconds, code: stale.cause.code } };
}

/** How a read may be answered, of the seconds that a request allows. */
export function maxAgeOf({ maxAge }: { readonly maxAge?: number }): { readonly maxAgeMs?: number } {
  return maxAge === undefined ? {} : { maxAgeMs: maxAge * 1000 };
}
