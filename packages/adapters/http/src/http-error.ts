import {
  Corrupt,
  type JsonObject,
  type MarkitectError,
  RateLimited,
  Timeout,
  Unavailable,
} from '@markitect/domain';
import type { AttemptFailure } from './attempt/attempt-failure.js';
import type { Exchange } from './attempt/exchange.js';

/**
 * The error a caller gets for an exchange that failed. A write that may have been carried out, and that is not safe to
 * make again, is `HTTP_OUTCOME_UNKNOWN` whatever failed; `details.reason` says what did.
 */
export function toHttpError(name: string, exchange: Exchange, failure: AttemptFailure): MarkitectError {
  const { facts, code } = failure;
  const message = `${name}: ${exchange.method} ${exchange.path}: ${failure.message}`;
  const details: JsonObject = {
    ...detailsOf(exchange),
    ...(facts.status !== undefined && { status: facts.status }),
    ...(facts.retryAfterMs !== undefined && { retryAfterMs: Math.ceil(facts.retryAfterMs) }),
    ...(facts.vendorCode !== undefined && { vendorCode: facts.vendorCode }),
  };
  const options = { details, retryable: facts.again === 'now' || facts.again === 'later' };
  if (isUnclear(exchange)) {
    return new Unavailable('HTTP_OUTCOME_UNKNOWN', `${message}; it may have been carried out`, {
      details: { ...details, reason: code },
      retryable: false,
    });
  }
  switch (code) {
    case 'HTTP_RATE_LIMITED':
      return new RateLimited(code, message, options);
    case 'HTTP_TIMEOUT':
      return new Timeout(code, message, options);
    case 'HTTP_RESPONSE_INVALID':
    case 'HTTP_RESPONSE_TOO_LARGE':
      return new Corrupt(code, message, options);
    default:
      return new Unavailable(code, message, options);
  }
}

/**
 * The error of a caller who stopped waiting: `details.outcome` says of a write whether it may have been carried out.
 * Then it is not retryable unless repeating is safe.
 *
 * @param deadlineMs that has passed; `undefined` when the caller's signal ended the wait
 */
export function toDeadlineError(
  name: string,
  exchange: Exchange,
  deadlineMs: number | undefined,
): MarkitectError {
  const end = deadlineMs === undefined ? 'was cancelled' : `was not answered within ${deadlineMs} ms`;
  return new Timeout('DEADLINE_EXCEEDED', `${name}: ${exchange.method} ${exchange.path} ${end}`, {
    details: {
      ...detailsOf(exchange),
      ...(deadlineMs !== undefined && { deadlineMs }),
      ...(exchange.failure !== undefined && { reason: exchange.failure.code }),
      ...(!exchange.isRead && { outcome: exchange.outcome }),
    },
    retryable: exchange.isRead || exchange.repeat === 'idempotent' || exchange.outcome !== 'unknown',
  });
}

/** Whether nobody can say if a write was carried out that must not be made twice. */
function isUnclear({ isRead, repeat, outcome }: Exchange): boolean {
  return !isRead && repeat !== 'idempotent' && outcome === 'unknown';
}

function detailsOf({ method, path, attempts }: Exchange): JsonObject {
  return { method, path, attempts };
}
