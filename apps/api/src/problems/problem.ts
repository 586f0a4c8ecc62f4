import {
  type ErrorCode,
  errorCodes,
  isMarkitectError,
  type JsonObject,
  type MarkitectError,
} from '@markitect/domain';
import { causeCode, errorOutcomes } from '@markitect/ports';

/** The media type of RFC 9457. */
export const PROBLEM_TYPE = 'application/problem+json';

/** One field of a request that is not as it should be. */
export interface FieldFault {
  /** Where: `query.limit`, `body.paths.0`, `header.if-match`. */
  readonly field: string;
  readonly detail: string;
}

/** An error as RFC 9457 puts it, with our code and what the reader can do. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ErrorCode;
  readonly remedy: string;
  readonly instance?: string;
  readonly details?: JsonObject;
  readonly errors?: readonly FieldFault[];
}

/** Codes for which HTTP has a more exact status than that of their kind. */
const exactStatus: Partial<Record<ErrorCode, number>> = {
  AUTHENTICATION_REQUIRED: 401,
  METHOD_NOT_ALLOWED: 405,
  MEDIA_TYPE_NOT_ACCEPTABLE: 406,
  PRECONDITION_FAILED: 412,
  PAYLOAD_TOO_LARGE: 413,
  DOCUMENT_TOO_LARGE: 413,
  FILE_TOO_LARGE: 413,
  MEDIA_TYPE_UNSUPPORTED: 415,
  // Not 503, after which many clients send a request again.
  HTTP_OUTCOME_UNKNOWN: 502,
  HTTP_RESPONSE_INVALID: 502,
  HTTP_RESPONSE_TOO_LARGE: 502,
  HTTP_SERVER_FAILED: 502,
};

/** The HTTP status of a code: the one of its kind, unless HTTP has a more exact one. */
export function statusOf(code: ErrorCode): number {
  return exactStatus[code] ?? errorOutcomes[errorCodes[code].kind].httpStatus;
}

/** A problem with a code of the table. */
export function problem(
  code: ErrorCode,
  detail: string,
  extra: Pick<Problem, 'details' | 'errors'> & { readonly status?: number } = {},
): Problem {
  return {
    type: `urn:markitect:error:${code}`,
    title: errorCodes[code].meaning,
    status: statusOf(code),
    detail,
    code,
    remedy: errorCodes[code].remedy,
    ...extra,
  };
}

/**
 * What a caller may know of an error: of our own errors the message and the details, of the cause no more than the code
 * the system gave it (`details.cause`: `ENOSPC`); of any other nothing but that it happened.
 */
export function problemOf(error: unknown): Problem {
  if (isMarkitectError(error) && error.code !== 'UNEXPECTED') return known(error);
  return problem('UNEXPECTED', 'the server met an error it did not foresee; its log has the details');
}

function known(error: MarkitectError): Problem {
  const cause = causeCode(error);
  const details = cause === undefined ? error.details : { ...error.details, cause };
  return problem(error.code, error.message, Object.keys(details).length > 0 ? { details } : {});
}
