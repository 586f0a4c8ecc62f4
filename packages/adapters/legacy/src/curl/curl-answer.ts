import { isUtf8 } from 'node:buffer';
import type { HttpRequest, HttpResponse } from '@markitect/connections';
import type { JsonValue } from '@markitect/domain';
import { CurlFailure } from './curl-errors.js';

/** What the process reports of an exchange. */
export interface CurlReport {
  readonly status: number;
  readonly headerBytes: number;
  readonly wasSent: boolean;
  /** What it says itself, on one line. */
  readonly message: string;
}

/** Reads the report; one that was killed leaves none. */
export function readReport(report: string): CurlReport {
  const [, message = '', status, headerBytes, sentAfter] =
    /^([\s\S]*)\nmarkitect (\d+) (\d+) ([\d.]+)\n$/.exec(report) ?? [];
  return {
    status: Number(status ?? 0),
    headerBytes: Number(headerBytes ?? 0),
    // Of one that was killed nobody knows.
    wasSent: sentAfter === undefined || Number(sentAfter) > 0,
    message: (message.trim() || 'the process ended without an answer').replaceAll(/\s+/g, ' '),
  };
}

/**
 * The answer in the output of a process, which has its heads in front. Throws {@link CurlFailure} for statuses that say
 * that the server failed, and for what is not of the expected type.
 */
export function toResponse(
  output: Buffer,
  { status, headerBytes }: CurlReport,
  expect: HttpRequest['expect'] = 'json',
): HttpResponse {
  const headers = headersOf(output.toString('latin1', 0, headerBytes));
  const bytes = output.subarray(headerBytes);
  requireAnswer(status, headers);
  if (expect === 'bytes') return { status, headers, body: undefined, bytes };
  if (expect === 'none' || bytes.length === 0) return { status, headers, body: undefined };
  const isJson = /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(headers['content-type'] ?? '');
  // Answers other than 2xx come from whoever stands on the way, too: they may be of any type.
  if (expect === 'text' || (!isJson && (status < 200 || status >= 300))) {
    return { status, headers, body: bytes.toString() };
  }
  if (!isJson) throw invalid('the answer is not of the type application/json', status);
  if (!isUtf8(bytes)) throw invalid('the answer is not UTF-8', status);
  try {
    return { status, headers, body: JSON.parse(bytes.toString()) as JsonValue };
  } catch {
    // The parser's message quotes the body.
    throw invalid('the answer is not JSON, or only the beginning of it', status);
  }
}

function requireAnswer(status: number, headers: Readonly<Record<string, string>>): void {
  const seconds = Number(headers['retry-after'] ?? Number.NaN);
  const details = { status, ...(seconds >= 0 ? { retryAfterMs: Math.ceil(seconds * 1000) } : {}) };
  if (status === 429) throw new CurlFailure('HTTP_RATE_LIMITED', 'allows no more for now', false, details);
  if (status >= 500) {
    // One that asks to come again later has done nothing.
    const isLater = status === 503 && headers['retry-after'] !== undefined;
    throw new CurlFailure('HTTP_SERVER_FAILED', `answered with status ${status}`, !isLater, details);
  }
  if (status < 200) throw invalid('the answer has no status', status);
}

function headersOf(heads: string): Readonly<Record<string, string>> {
  // Those of an answer that was only on the way come first.
  const head = heads.trimEnd().split('\r\n\r\n').at(-1) ?? '';
  const headers: Record<string, string> = {};
  for (const line of head.split('\r\n').slice(1)) {
    const colon = line.indexOf(':');
    if (colon < 1) continue;
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`;
  }
  return headers;
}

function invalid(message: string, status: number): CurlFailure {
  return new CurlFailure('HTTP_RESPONSE_INVALID', message, true, { status });
}
