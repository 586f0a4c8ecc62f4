import type { ErrorKind } from '@markitect/domain';

/** How an error ends a command and a request. */
export interface ErrorOutcome {
  /** The exit code of the command. */
  readonly exitCode: 1 | 2 | 3 | 4 | 5;
  /** The HTTP status of the answer. */
  readonly httpStatus: number;
}

/** The one table from kinds of errors to exit codes and HTTP statuses. */
export const errorOutcomes: Readonly<Record<ErrorKind, ErrorOutcome>> = {
  Unexpected: { exitCode: 1, httpStatus: 500 },
  Invalid: { exitCode: 2, httpStatus: 400 },
  Forbidden: { exitCode: 2, httpStatus: 403 },
  NotSupported: { exitCode: 2, httpStatus: 501 },
  NotFound: { exitCode: 3, httpStatus: 404 },
  Conflict: { exitCode: 4, httpStatus: 409 },
  Unavailable: { exitCode: 5, httpStatus: 503 },
  RateLimited: { exitCode: 5, httpStatus: 429 },
  Timeout: { exitCode: 5, httpStatus: 504 },
  Corrupt: { exitCode: 5, httpStatus: 500 },
};

/** The exit code of a command that did part of its work: some items failed, the others are done. */
export const EXIT_PARTIAL = 6;
