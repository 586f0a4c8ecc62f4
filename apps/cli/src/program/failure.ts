import { errorCodes, isMarkitectError, type JsonObject } from '@markitect/domain';
import { causeCode, errorOutcomes } from '@markitect/ports';
import { UsageError } from './usage-error.js';

/** An error as a person or a program is told of it. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
  readonly details: JsonObject;
  readonly exitCode: number;
}

/** What any thrown value comes to. */
export function failureOf(error: unknown): Failure {
  if (error instanceof UsageError) {
    const { code, message, remedy, details } = error;
    return { code, message, remedy, details, exitCode: errorOutcomes.Invalid.exitCode };
  }
  if (isMarkitectError(error)) {
    const { code, message, remedy, kind } = error;
    const cause = causeCode(error);
    const details = cause === undefined ? error.details : { ...error.details, cause };
    return { code, message, remedy, details, exitCode: errorOutcomes[kind].exitCode };
  }
  return {
    code: 'UNEXPECTED',
    message: error instanceof Error ? error.message : String(error),
    remedy: errorCodes.UNEXPECTED.remedy,
    details: {},
    exitCode: errorOutcomes.Unexpected.exitCode,
  };
}
