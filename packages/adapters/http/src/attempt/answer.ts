import { isUtf8 } from 'node:buffer';
import type { HttpRequest, HttpResponse } from '@markitect/connections';
import type { JsonValue } from '@markitect/domain';
import { invalidAnswer } from './attempt-failure.js';

/** An answer together with the text its body was made of, from which each further sharer gets a body of its own. */
export interface Answer {
  readonly response: HttpResponse;
  /** JSON, when the body is one. */
  readonly json: string | undefined;
}

/** What a server sent. */
export interface Received {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly chunks: readonly Buffer[];
}

const jsonType = /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i;

/**
 * Makes an answer of what was received. Throws the failure `HTTP_RESPONSE_INVALID` when it is not of the expected
 * type. Answers other than 2xx come from whoever stands on the way, too: they may be of any type.
 */
export function toAnswer({ status, headers, chunks }: Received, expect: HttpRequest['expect']): Answer {
  if (expect === 'bytes') {
    return { response: { status, headers, body: undefined, bytes: Buffer.concat(chunks) }, json: undefined };
  }
  const [first] = chunks;
  if (first === undefined || expect === 'none')
    return { response: { status, headers, body: undefined }, json: undefined };
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity')
    throw invalidAnswer('the answer is compressed', status);
  const bytes = chunks.length === 1 ? first : Buffer.concat(chunks);
  const isJson = jsonType.test(headers['content-type'] ?? '');
  if (expect === 'text' || (!isJson && (status < 200 || status >= 300))) {
    return { response: { status, headers, body: bytes.toString() }, json: undefined };
  }
  if (!isJson) throw invalidAnswer('the answer is not of the type application/json', status);
  if (!isUtf8(bytes)) throw invalidAnswer('the answer is not UTF-8', status);
  const json = bytes.toString();
  return { response: { status, headers, body: parse(json, status) }, json };
}

/** The answer for one more sharer: nobody sees what another does with the body. */
export function copyOf({ response, json }: Answer): HttpResponse {
  return json === undefined ? response : { ...response, body: JSON.parse(json) as JsonValue };
}

function parse(json: string, status: number): JsonValue {
  try {
    return JSON.parse(json) as JsonValue;
  } catch {
    // The parser's message quotes the body.
    throw invalidAnswer('the answer is not JSON, or only the beginning of it', status);
  }
}
