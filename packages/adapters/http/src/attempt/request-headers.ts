import type { HttpRequest } from '@markitect/connections';
import { Invalid } from '@markitect/domain';

/** Headers that are the connection's own: they decide where the request ends, who sends it and to whom. */
const reserved = new Set([
  'authorization',
  'connection',
  'content-length',
  'content-type',
  'expect',
  'host',
  'keep-alive',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'user-agent',
]);
const none: readonly string[] = [];
const json: readonly string[] = ['content-type', 'application/json'];

/**
 * The headers of one request beside those of the connection, names and values by turns. Throws Invalid
 * `REQUEST_INVALID` for one that is malformed or the connection's own.
 */
export function requestHeaders({
  headers,
  json: body,
}: Pick<HttpRequest, 'headers' | 'json'>): readonly string[] {
  const own = body === undefined ? none : json;
  if (headers === undefined) return own;
  const list = [...own];
  for (const [name, value] of Object.entries(headers)) {
    const lower = name.toLowerCase();
    if (
      !/^[\w!#$%&'*+\-.^`|~]+$/.test(name) ||
      !/^[\t\x20-\x7e\x80-\xff]*$/.test(value) ||
      reserved.has(lower)
    ) {
      throw new Invalid(
        'REQUEST_INVALID',
        `the header ${JSON.stringify(name)} of an HTTP request is not allowed`,
        {
          details: { field: 'headers' },
        },
      );
    }
    list.push(lower, value);
  }
  return list;
}
