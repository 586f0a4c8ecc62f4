import { type ErrorCode, type ErrorCodeOf, type ErrorKind, errorCodes } from './error-codes.js';
import type { JsonObject } from '../json.js';

const brand = Symbol.for('markitect.error');

/** What an error may carry besides its code and message. */
export interface ErrorOptions {
  /** Facts a program can use: the field at fault, the limit, the path. Never a secret. */
  readonly details?: JsonObject;
  /** The port operation that failed, e.g. `DocumentRepository.get`. */
  readonly operation?: string;
  /** The vendor's error this one was translated from. Not shown to remote callers. */
  readonly cause?: unknown;
  /** Whether the same call may succeed later. Default: true for Unavailable, RateLimited and Timeout. */
  readonly retryable?: boolean;
}

/**
 * The one error type that crosses a port. Its code is from {@link errorCodes}; its message names the
 * thing at fault and reads as one sentence. Recognise it with {@link isMarkitectError}, not `instanceof`:
 * two copies of this package may be loaded in one process.
 */
export abstract class MarkitectError extends Error {
  readonly [brand] = true;
  readonly code: ErrorCode;
  readonly details: JsonObject;
  readonly operation: string | undefined;
  readonly retryable: boolean;

  protected constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.name = errorCodes[code].kind;
    this.code = code;
    this.details = options.details ?? {};
    this.operation = options.operation;
    this.retryable = options.retryable ?? retryableKinds.has(errorCodes[code].kind);
  }

  /** The kind behind the code. */
  get kind(): ErrorKind {
    return errorCodes[this.code].kind;
  }

  /** What the reader can do about it, from the table. */
  get remedy(): string {
    return errorCodes[this.code].remedy;
  }
}

const retryableKinds: ReadonlySet<ErrorKind> = new Set<ErrorKind>(['Unavailable', 'RateLimited', 'Timeout']);

/** Whether a value is a {@link MarkitectError}, made by this or another copy of this package. */
export function isMarkitectError(value: unknown): value is MarkitectError {
  return typeof value === 'object' && value !== null && (value as Record<symbol, unknown>)[brand] === true;
}

/** Makes the class of one kind: its constructor takes only the codes of that kind. */
function errorOfKind<K extends ErrorKind>() {
  return class extends MarkitectError {
    // eslint-disable-next-line @typescript-eslint/no-useless-constructor -- it narrows the codes
    constructor(code: ErrorCodeOf<K>, message: string, options?: ErrorOptions) {
      super(code, message, options);
    }
  };
}

/** The thing asked for does not exist. */
export class NotFound extends errorOfKind<'NotFound'>() {}
/** The thing is not in the state the caller expected. */
export class Conflict extends errorOfKind<'Conflict'>() {}
/** The caller's input is wrong; repeating it will not help. */
export class Invalid extends errorOfKind<'Invalid'>() {}
/** The caller may not do this. */
export class Forbidden extends errorOfKind<'Forbidden'>() {}
/** A store or server cannot be reached or is out of order. */
export class Unavailable extends errorOfKind<'Unavailable'>() {}
/** Too many requests; the same one will be served later. */
export class RateLimited extends errorOfKind<'RateLimited'>() {}
/** The operation ran out of time. */
export class Timeout extends errorOfKind<'Timeout'>() {}
/** Stored data is damaged. */
export class Corrupt extends errorOfKind<'Corrupt'>() {}
/** This installation cannot do it. */
export class NotSupported extends errorOfKind<'NotSupported'>() {}
/** A defect: an error that nothing translated. */
export class Unexpected extends errorOfKind<'Unexpected'>() {}
