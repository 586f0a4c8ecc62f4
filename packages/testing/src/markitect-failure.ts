import { isMarkitectError, type MarkitectError } from '@markitect/domain';

/**
 * The error an operation fails with. Throws when it does not fail, and when it fails with anything but a
 * MarkitectError: only those may cross a port.
 */
export async function markitectFailure(operation: () => Promise<unknown>): Promise<MarkitectError> {
  try {
    await operation();
  } catch (error) {
    if (isMarkitectError(error)) return error;
    throw new Error(`failed with something that is not a MarkitectError: ${String(error)}`, {
      cause: error,
    });
  }
  throw new Error('the operation was expected to fail, and did not');
}
