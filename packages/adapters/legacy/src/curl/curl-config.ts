import type { HttpRequest } from '@markitect/connections';
import { Invalid } from '@markitect/domain';

/** What follows the answer on the standard error of the process. */
export const REPORT = '\nmarkitect %{http_code} %{size_header} %{time_pretransfer}\n';

/** One option of a configuration; `true` for a switch. */
export type CurlOption = readonly [name: string, value: string | true];

/** The configuration of a process, as it reads it. */
export function curlConfig(options: readonly CurlOption[]): string {
  return (
    options.map(([name, value]) => (value === true ? name : `${name} = ${quoted(value)}`)).join('\n') + '\n'
  );
}

/** Where a request goes. Throws Invalid `REQUEST_INVALID` for a path that would leave the base URL. */
export function requestUrl(
  base: URL,
  { path, query = {}, rawQuery }: Pick<HttpRequest, 'path' | 'query' | 'rawQuery'>,
): string {
  const isPath = /^(?!\/)[\w\-.~!$&'()*+,;=:@%/]*$/.test(path);
  if (!isPath || /(?:^|\/)(?:\.|%2e){1,2}(?:\/|$)/i.test(path)) {
    throw invalid('path', 'must be an encoded relative path without a query');
  }
  const url = base.href + path;
  if (rawQuery !== undefined) {
    if (/^[\x21\x22\x24-\x7e]*$/.test(rawQuery)) return rawQuery === '' ? url : `${url}?${rawQuery}`;
    throw invalid('rawQuery', 'must be encoded');
  }
  const parts = Object.entries(query).flatMap(([name, value]) => {
    const values: readonly unknown[] = Array.isArray(value) ? value : value === undefined ? [] : [value];
    return values.map((each) => `${encode(name)}=${encode(String(each))}`);
  });
  return parts.length === 0 ? url : `${url}?${parts.join('&')}`;
}

/** Throws Invalid `REQUEST_INVALID` for a header that is none, or would be more than one. */
export function headerLines(headers: HttpRequest['headers'] = {}): readonly string[] {
  return Object.entries(headers).map(([name, value]) => {
    if (/^[\w!#$%&'*+\-.^`|~]+$/.test(name) && /^[\t\x20-\x7e]*$/.test(value)) return `${name}: ${value}`;
    throw invalid('headers', `may not contain ${JSON.stringify(name)}`);
  });
}

function quoted(value: string): string {
  const text = value
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t');
  return `"${text}"`;
}

function encode(text: string): string {
  if (text.isWellFormed()) return encodeURIComponent(text);
  throw invalid('query', 'contains half a character');
}

function invalid(field: string, rule: string): Invalid {
  return new Invalid('REQUEST_INVALID', `the ${field} of an HTTP request ${rule}`, { details: { field } });
}
