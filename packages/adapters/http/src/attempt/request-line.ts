import type { HttpRequest } from '@markitect/connections';
import { Invalid } from '@markitect/domain';

/** What RFC 3986 allows in a path. A query has a field of its own. */
const pathCharacters = /^[\w\-.~!$&'()*+,;=:@%/]*$/;
/** Parts that a server would resolve, and so leave what the base URL is. */
const dots = /(?:^|\/)(?:\.|%2e){1,2}(?:\/|$)/i;

/**
 * Path and query as they are sent: below the base path, whatever the request says. Throws Invalid `REQUEST_INVALID`.
 *
 * @param basePath ends with a slash
 */
export function requestLine(
  basePath: string,
  { path, query = {}, rawQuery = '' }: Pick<HttpRequest, 'path' | 'query' | 'rawQuery'>,
): string {
  if (path.startsWith('/') || !pathCharacters.test(path) || dots.test(path)) {
    throw invalid('path', 'must be an encoded relative path without a query');
  }
  let line = basePath + path;
  if (rawQuery !== '') {
    if (!/^[\x21\x22\x24-\x7e]*$/.test(rawQuery)) throw invalid('rawQuery', 'must be encoded');
    return `${line}?${rawQuery}`;
  }
  let separator = '?';
  for (const name of Object.keys(query)) {
    const value = query[name];
    if (value === undefined) continue;
    for (const each of Array.isArray(value) ? (value as readonly string[]) : [value]) {
      line += `${separator}${encode(name)}=${encode(String(each))}`;
      separator = '&';
    }
  }
  return line;
}

function encode(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    throw invalid('query', 'contains half a character');
  }
}

function invalid(field: string, rule: string): Invalid {
  return new Invalid('REQUEST_INVALID', `the ${field} of an HTTP request ${rule}`, { details: { field } });
}
