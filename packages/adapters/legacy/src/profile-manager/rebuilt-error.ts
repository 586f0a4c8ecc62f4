import {
  Conflict,
  Corrupt,
  type ErrorCode,
  type ErrorCodeOf,
  errorCodes,
  type ErrorKind,
  Forbidden,
  Invalid,
  type MarkitectError,
  NotFound,
  NotSupported,
  RateLimited,
  Timeout,
  Unavailable,
  Unexpected,
} from '@markitect/domain';
import type { PlainError } from './profile-calls.js';

const classes: {
  readonly [Kind in ErrorKind]: new (
    code: ErrorCodeOf<Kind>,
    message: string,
    options: object,
  ) => MarkitectError;
} = {
  NotFound,
  Conflict,
  Invalid,
  Forbidden,
  Unavailable,
  RateLimited,
  Timeout,
  Corrupt,
  NotSupported,
  Unexpected,
};

/** An error that came out of a worker as a plain object, as what it was in there. */
export function rebuiltError({ code, message, ...options }: PlainError): MarkitectError {
  if (!isCode(code)) return new Unexpected('UNEXPECTED', message, options);
  // The class is that of the kind of the code.
  const Class = classes[errorCodes[code].kind] as new (
    code: ErrorCode,
    message: string,
    options: object,
  ) => MarkitectError;
  return new Class(code, message, options);
}

function isCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorCodes, code);
}
