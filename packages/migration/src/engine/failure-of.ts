import { isMarkitectError } from '@markitect/domain';

/** An error as a repair remembers it; `undefined`: the key is written all the time. */
export function failureOf(error: unknown): { readonly code: string; readonly message: string } {
  if (isMarkitectError(error)) return { code: error.code, message: error.message };
  if (error === undefined) return { code: 'CUTOVER_CHANGED', message: 'the key is written all the time' };
  return {
    code: 'UNEXPECTED',
    message: error instanceof Error ? error.message : 'no error was thrown, but something else',
  };
}

/** Whether an error says something about a store, and not about what it was asked. */
export function isFaultOfStore(error: unknown): boolean {
  if (!isMarkitectError(error)) return true;
  return ['Unavailable', 'Timeout', 'RateLimited', 'Corrupt', 'Unexpected'].includes(error.kind);
}

/** Whether a mark was taken over and the primary side is another one since. */
export function isChanged(error: unknown): boolean {
  return isMarkitectError(error) && error.code === 'CUTOVER_CHANGED';
}
