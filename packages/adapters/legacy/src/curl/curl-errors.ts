import {
  Corrupt,
  type ErrorCode,
  type JsonObject,
  type MarkitectError,
  RateLimited,
  Timeout,
  Unavailable,
} from '@markitect/domain';

/** What can go wrong with an exchange. */
export type CurlFailureCode = Extract<
  ErrorCode,
  | 'HTTP_UNREACHABLE'
  | 'HTTP_TIMEOUT'
  | 'HTTP_SERVER_FAILED'
  | 'HTTP_RATE_LIMITED'
  | 'HTTP_RESPONSE_INVALID'
  | 'HTTP_RESPONSE_TOO_LARGE'
  | 'DEADLINE_EXCEEDED'
>;

/** How an exchange failed. */
export class CurlFailure extends Error {
  constructor(
    readonly code: CurlFailureCode,
    message: string,
    /** Whether the server may have done what it was asked for. */
    readonly mayBeDone: boolean,
    readonly details: JsonObject = {},
  ) {
    super(message);
  }
}

/**
 * The one translator of what `curl` says by its exit code.
 *
 * @param wasSent whether the connection stood, so that the request may have arrived
 */
export function curlFailure(exitCode: number | null, wasSent: boolean, message: string): CurlFailure {
  const details = { exitCode };
  switch (exitCode) {
    case 28:
      return wasSent
        ? new CurlFailure('DEADLINE_EXCEEDED', 'was not answered in time', true, details)
        : new CurlFailure('HTTP_UNREACHABLE', 'could not be connected in time', false, details);
    case 63:
      return new CurlFailure('HTTP_RESPONSE_TOO_LARGE', 'answers more than is taken', true, details);
    case 18:
    case 8:
    case 1:
      return new CurlFailure('HTTP_RESPONSE_INVALID', message, wasSent, details);
    default:
      return new CurlFailure('HTTP_UNREACHABLE', message, wasSent, details);
  }
}

/** The error that callers get. */
export function toMarkitectError(
  { code, message, details, mayBeDone }: CurlFailure,
  subject: { readonly request: string; readonly isRead: boolean; readonly isRepeatable: boolean },
): MarkitectError {
  const { request, isRead, isRepeatable } = subject;
  const isUnclear = mayBeDone && !isRead && !isRepeatable;
  const text = `${request}: ${message}`;
  if (isUnclear && code !== 'DEADLINE_EXCEEDED') {
    return new Unavailable('HTTP_OUTCOME_UNKNOWN', `${text}; it may have been carried out`, {
      details: { ...details, reason: code },
      retryable: false,
    });
  }
  switch (code) {
    case 'DEADLINE_EXCEEDED': {
      const outcome = mayBeDone ? 'unknown' : 'not carried out';
      const options = { details: { ...details, ...(isRead ? {} : { outcome }) }, retryable: !isUnclear };
      return new Timeout(code, text, options);
    }
    case 'HTTP_TIMEOUT':
      return new Timeout(code, text, { details });
    case 'HTTP_RATE_LIMITED':
      return new RateLimited(code, text, { details });
    case 'HTTP_RESPONSE_INVALID':
    case 'HTTP_RESPONSE_TOO_LARGE':
      return new Corrupt(code, text, { details });
    default:
      return new Unavailable(code, text, { details });
  }
}
