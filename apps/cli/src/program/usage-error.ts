import type { JsonObject } from '@markitect/domain';

/**
 * A command line that cannot be understood. Its code is `REQUEST_INVALID`. Where it is thrown without a remedy,
 * whoever catches it names the help to read.
 */
export class UsageError extends Error {
  readonly code = 'REQUEST_INVALID';
  readonly remedy: string;
  readonly details: JsonObject;

  constructor(message: string, details: JsonObject = {}, remedy = '') {
    super(message);
    this.name = 'UsageError';
    this.remedy = remedy;
    this.details = details;
  }
}
