import type { JsonValue } from '@markitect/domain';

/** One request over an HTTP connection. */
export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the connection's base URL, without a leading slash: `repos/a/b/issues`. Parts must be encoded. */
  readonly path: string;
  /** A list repeats the name; `undefined` leaves it out. */
  readonly query?: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;
  /** In place of `query`: sent as it is, so encoded and without question mark. */
  readonly rawQuery?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: JsonValue;
  /**
   * What makes it safe to send a request again that may have been carried out already. Default: `idempotent` for GET,
   * HEAD, PUT and DELETE, else `never`. `never`: it is sent again only when it surely was not carried out: the
   * connection was refused, or the server said so (429, 503 with `Retry-After`).
   */
  readonly repeat?: 'idempotent' | 'never' | RepeatGuard;
  /** The most milliseconds from the call to the answer, waiting and retries included. Default: the connection's. */
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
  /** What the answer has to be. Default `json`. `none` throws the body away, `bytes` takes it as it was sent. */
  readonly expect?: 'json' | 'text' | 'bytes' | 'none';
  /** For a GET: whether it may share the answer of an identical one under way. Default: yes. */
  readonly share?: boolean;
  /** For a GET: whether a second copy may be sent when the first is slow. Default: as the connection says. */
  readonly hedge?: boolean;
}

/**
 * Finds out whether a write whose answer was lost has been carried out. Asked before it is sent again and before the
 * caller is told that it failed.
 */
export interface RepeatGuard {
  /**
   * The answer it would have given, when it has been carried out; `undefined` when it has not. That is believed unless
   * the server was left before it began to answer: then it may still be at it, and the outcome stays unknown.
   */
  readonly carriedOut: (signal: AbortSignal) => Promise<HttpResponse | undefined>;
}

/** An answer with any status that is not a failure of the server or the way to it: 1xx and 5xx and 429 are errors. */
export interface HttpResponse {
  readonly status: number;
  /** Lower-case names; repeated ones joined with a comma. */
  readonly headers: Readonly<Record<string, string>>;
  /** The parsed JSON, the text, or `undefined` for an empty body or `expect: 'none'` or `'bytes'`. */
  readonly body: JsonValue | undefined;
  /** With `expect: 'bytes'` the body, compressed where `content-encoding` says so; else absent. */
  readonly bytes?: Uint8Array;
}

/**
 * What adapters speak HTTP through. Errors, after whatever retries the connection allows itself: Unavailable
 * `HTTP_UNREACHABLE` (no connection, or it broke), `HTTP_SERVER_FAILED` (5xx; `details.status`), `HTTP_CIRCUIT_OPEN`
 * (too many failures lately, nothing was sent), `HTTP_OVERLOADED` (too many requests wait here, nothing was sent);
 * Unavailable and not retryable `HTTP_OUTCOME_UNKNOWN` (a write that may or may not have been carried out);
 * RateLimited `HTTP_RATE_LIMITED` (429; `details.retryAfterMs` where the server says); Timeout `DEADLINE_EXCEEDED`
 * (deadline or signal) and `HTTP_TIMEOUT` (no progress); Corrupt `HTTP_RESPONSE_INVALID` (cut short, no JSON, wrong
 * type) and `HTTP_RESPONSE_TOO_LARGE`. None of them contains a secret.
 */
export interface HttpClient {
  request(request: HttpRequest): Promise<HttpResponse>;
}
