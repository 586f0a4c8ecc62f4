import { type ErrorCode, isMarkitectError, type MarkitectError, Unavailable } from '@markitect/domain';

/** Redis, or the way to it, failed. Inside the adapter only. */
export class RedisFailure extends Error {
  override readonly name = 'RedisFailure';
}

/** What may be said of an error of the driver. */
export function redisReason(error: unknown, secret: string | undefined): string {
  // Of several attempts at one host the driver gives an error without words around those with.
  const parts: unknown[] =
    error instanceof AggregateError ? [error, ...(error.errors as unknown[])] : [error];
  const first = parts.find((each) => each instanceof Error && each.message !== '');
  const reason = first instanceof Error ? first.message : String(error);
  return secret === undefined ? reason : reason.replaceAll(secret, '***');
}

/** The one translation of whatever a {@link RedisConnection} throws. The driver's own error is left behind. */
export function toCacheError(
  code: Extract<ErrorCode, `CACHE_${string}`>,
  doing: string,
  error: unknown,
): MarkitectError {
  if (isMarkitectError(error)) return error;
  const reason = error instanceof RedisFailure ? error.message : 'an unexpected answer';
  return new Unavailable(code, `Redis could not ${doing}: ${reason}`);
}
