/** How long a failed task waits before its next attempt. */
export interface RetryPolicy {
  /** Before the second attempt, in milliseconds. Default 1,000. */
  readonly firstMs?: number;
  /** What each further attempt multiplies it by. Default 2. */
  readonly factor?: number;
  /** The most, in milliseconds. Default 5 minutes. */
  readonly longestMs?: number;
}

/**
 * The delay in milliseconds after a number of failed attempts: exponential, half of it random, so that tasks which
 * failed together do not come back together ("equal jitter" of M. Brooker, "Exponential Backoff And Jitter", 2015).
 * `random` answers numbers from 0 up to but not including 1.
 */
export function retryDelay(attempts: number, policy: RetryPolicy, random: () => number): number {
  const { firstMs = 1000, factor = 2, longestMs = 5 * 60_000 } = policy;
  const full = Math.min(longestMs, firstMs * factor ** Math.max(0, attempts - 1));
  return Math.round(full / 2 + (random() * full) / 2);
}
