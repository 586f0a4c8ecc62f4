/** How one attempt can fail; each is also the code of the error when it is not repeated. */
export type FailureCode =
  | 'HTTP_CIRCUIT_OPEN'
  | 'HTTP_OVERLOADED'
  | 'HTTP_RATE_LIMITED'
  | 'HTTP_RESPONSE_INVALID'
  | 'HTTP_RESPONSE_TOO_LARGE'
  | 'HTTP_SERVER_FAILED'
  | 'HTTP_TIMEOUT'
  | 'HTTP_UNREACHABLE';

/** What is known of a failed attempt. */
export interface FailureFacts {
  /** Whether the server may have done what was asked: `no` only when it surely has not. */
  readonly carriedOut: 'no' | 'unknown';
  /**
   * `now`: worth sending again after a pause; `once`: the same, but not when it fails like this a second time; `later`:
   * by the caller, some time; `never`: it would fail again.
   */
  readonly again: 'now' | 'once' | 'later' | 'never';
  /** Whether it is a sign that the server is in trouble. */
  readonly blamesServer: boolean;
  readonly status?: number;
  /** What the server, or the rate limit here, asks to wait, in milliseconds. */
  readonly retryAfterMs?: number;
  /** The code of the driver's error, e.g. `ECONNRESET`. */
  readonly vendorCode?: string;
}

/**
 * The failure of one attempt, inside this package only. It is made of clean parts: errors of the drivers carry the
 * request, and with it the token, and are never kept.
 */
export class AttemptFailure extends Error {
  readonly code: FailureCode;
  readonly facts: FailureFacts;
  /** Where axios-retry looks for what to send again. */
  config: unknown;

  constructor(code: FailureCode, message: string, facts: FailureFacts) {
    super(message);
    this.name = 'AttemptFailure';
    this.code = code;
    this.facts = facts;
  }
}

/** Errors of TLS that a second attempt would only meet again. */
const wrongCertificate = /^(CERT_|ERR_TLS_|ERR_SSL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH)/;
/** What the dispatcher says of itself and not of the server. */
const ours = new Set(['UND_ERR_INVALID_ARG', 'UND_ERR_DESTROYED', 'UND_ERR_CLOSED', 'UND_ERR_NOT_SUPPORTED']);
const messages: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was reset',
  ENOTFOUND: 'the host name is unknown',
  EAI_AGAIN: 'the host name could not be looked up',
  EPIPE: 'the connection broke',
  UND_ERR_SOCKET: 'the connection was closed before the answer',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time',
  UND_ERR_ABORTED: 'the proxy refused the connection',
};

/**
 * The one translation of the transport's errors.
 *
 * @param sent whether the request was handed to a socket: before that the server cannot have carried it out
 * @param status of the answer when its head had arrived already
 */
export function transportFailure(error: unknown, sent: boolean, status: number | undefined): AttemptFailure {
  const vendorCode = codeOf(error);
  const carriedOut = sent ? 'unknown' : 'no';
  const facts: FailureFacts = { carriedOut, again: 'now', blamesServer: true, vendorCode };
  if (vendorCode === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') {
    return new AttemptFailure('HTTP_RESPONSE_TOO_LARGE', 'the answer is too large', tooLargeFacts);
  }
  if (vendorCode.startsWith('HPE_') || vendorCode === 'UND_ERR_HEADERS_OVERFLOW') {
    return new AttemptFailure('HTTP_RESPONSE_INVALID', 'the answer is not HTTP', facts);
  }
  if (ours.has(vendorCode)) {
    const options: FailureFacts = { ...facts, again: 'never', blamesServer: false };
    return new AttemptFailure('HTTP_UNREACHABLE', `not sent (${vendorCode})`, options);
  }
  if (status !== undefined) {
    return new AttemptFailure('HTTP_RESPONSE_INVALID', 'the answer was cut short', { ...facts, status });
  }
  if (wrongCertificate.test(vendorCode)) {
    const message = `no TLS connection (${vendorCode})`;
    return new AttemptFailure('HTTP_UNREACHABLE', message, { ...facts, again: 'never' });
  }
  return new AttemptFailure(
    'HTTP_UNREACHABLE',
    messages[vendorCode] ?? `no connection (${vendorCode})`,
    facts,
  );
}

/** Whatever stands between may have sent it in place of the answer; one that is as large will be again. */
const tooLargeFacts: FailureFacts = { carriedOut: 'unknown', again: 'once', blamesServer: false };

/** The answer is larger than the limit. */
export function tooLarge(limit: number): AttemptFailure {
  return new AttemptFailure(
    'HTTP_RESPONSE_TOO_LARGE',
    `the answer has more than ${limit} bytes`,
    tooLargeFacts,
  );
}

/** A server that was sent a request, and whose answer did not begin or go on in time. */
export function timedOut(status: number | undefined): AttemptFailure {
  const message = status === undefined ? 'no answer began in time' : 'the answer did not go on in time';
  const facts: FailureFacts = { carriedOut: 'unknown', again: 'now', blamesServer: true };
  return new AttemptFailure('HTTP_TIMEOUT', message, status === undefined ? facts : { ...facts, status });
}

/** A server to which there was no connection in time. */
export function notConnected(): AttemptFailure {
  const facts: FailureFacts = { carriedOut: 'no', again: 'now', blamesServer: true };
  return new AttemptFailure('HTTP_TIMEOUT', 'no connection in time', facts);
}

/** The answer is not what was asked for. */
export function invalidAnswer(message: string, status: number): AttemptFailure {
  const facts: FailureFacts = { carriedOut: 'unknown', again: 'now', blamesServer: true, status };
  return new AttemptFailure('HTTP_RESPONSE_INVALID', message, facts);
}

/** The failure that a status is, if it is one. */
export function statusFailure(status: number, retryAfterMs: number | undefined): AttemptFailure | undefined {
  const waits = retryAfterMs === undefined ? {} : { retryAfterMs };
  if (status === 429) {
    const facts: FailureFacts = { carriedOut: 'no', again: 'now', blamesServer: false, status, ...waits };
    return new AttemptFailure('HTTP_RATE_LIMITED', 'the server allows no more requests for now', facts);
  }
  if (status >= 200 && status < 500) return undefined;
  const isFinal = status < 200 || status === 501 || status === 505;
  return new AttemptFailure('HTTP_SERVER_FAILED', `the server answered ${status}`, {
    carriedOut: status === 503 && retryAfterMs !== undefined ? 'no' : 'unknown',
    again: isFinal ? 'never' : 'now',
    blamesServer: !isFinal,
    status,
    ...waits,
  });
}

/** The error's code, or that of the first one behind it; never its text, which may show what was sent. */
function codeOf(error: unknown, depth = 0): string {
  if (typeof error !== 'object' || error === null || depth > 3) return 'UNKNOWN';
  const { name, code, cause, errors } = error as Record<'name' | 'code' | 'cause' | 'errors', unknown>;
  if (name === 'HTTPParserError') return 'HPE_INVALID';
  if (typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,60}$/.test(code)) return code;
  return codeOf(Array.isArray(errors) ? errors[0] : cause, depth + 1);
}
