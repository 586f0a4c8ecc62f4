/** What a connection counts, from when it was made. */
export interface HttpCounters {
  /** Calls, whether they were answered or not. */
  requests: number;
  /** Times something was handed to the pool, hedges included. */
  attempts: number;
  /** Attempts that repeated a failed one. */
  retries: number;
  /** Repeats and hedges the budget did not allow. */
  retriesRefused: number;
  /** Repeats made when the server's `Retry-After` was over. */
  retryAfterObeyed: number;
  /** Failures passed on at once because the `Retry-After` was longer than the cap or the deadline. */
  retryAfterRefused: number;
  /** Calls answered by the exchange of another. */
  shared: number;
  hedges: number;
  /** Attempts that waited for the rate limit, and how long altogether in milliseconds. */
  rateLimitWaits: number;
  rateLimitWaitMs: number;
  breakerOpened: number;
  /** Attempts the breaker let through to see whether the server is back. */
  breakerProbes: number;
  /** Attempts not made because the breaker was open, too many waited, or the rate limit left no time. */
  rejected: number;
  /** Calls that ended with an error. */
  failures: number;
}

/** All of them at nothing. */
export function newCounters(): HttpCounters {
  return {
    requests: 0,
    attempts: 0,
    retries: 0,
    retriesRefused: 0,
    retryAfterObeyed: 0,
    retryAfterRefused: 0,
    shared: 0,
    hedges: 0,
    rateLimitWaits: 0,
    rateLimitWaitMs: 0,
    breakerOpened: 0,
    breakerProbes: 0,
    rejected: 0,
    failures: 0,
  };
}
