import type { AttemptFailure } from '../attempt/attempt-failure.js';
import type { Exchange } from '../attempt/exchange.js';
import type { ResolvedHttpOptions } from '../http-options.js';

/** What is to be done after a failed attempt, before the budget is asked. */
export type RetryDecision =
  | { readonly kind: 'stop'; readonly isTooLong?: boolean }
  | { readonly kind: 'repeat' | 'ask'; readonly delayMs: number };

const stop: RetryDecision = { kind: 'stop' };
/** The server asks for a longer pause than there is time for. */
const tooLong: RetryDecision = { kind: 'stop', isTooLong: true };

/**
 * Whether, and after what pause, a request is sent again. `ask`: only after its guard has said that it was not
 * carried out. A pause that does not end before the deadline is not begun: the caller gets the failure at once.
 *
 * @param remainingMs of the deadline
 * @param random from 0 to 1
 */
export function decideRetry(
  failure: AttemptFailure,
  exchange: Pick<Exchange, 'repeat' | 'delayMs' | 'hadItsOnce'>,
  options: Pick<ResolvedHttpOptions['retry'], 'baseDelayMs' | 'maxDelayMs' | 'maxRetryAfterMs'>,
  remainingMs: number,
  random: number,
): RetryDecision {
  const { again, carriedOut, retryAfterMs } = failure.facts;
  if (again !== 'now' && (again !== 'once' || exchange.hadItsOnce)) return stop;
  if (carriedOut === 'unknown' && exchange.repeat === 'never') return stop;
  if (retryAfterMs !== undefined && retryAfterMs > options.maxRetryAfterMs) return tooLong;
  const jitter = decorrelatedJitter(exchange.delayMs, options, random);
  // Not earlier than asked, and not all clients in the same moment.
  const delayMs = retryAfterMs === undefined ? jitter : retryAfterMs + random * options.baseDelayMs;
  if (delayMs >= remainingMs) return retryAfterMs === undefined ? stop : tooLong;
  const isSafe = carriedOut === 'no' || exchange.repeat === 'idempotent';
  return { kind: isSafe ? 'repeat' : 'ask', delayMs };
}

/**
 * The next pause: between the base and three times the last one, so that clients which failed together drift apart.
 * Source: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015 ("decorrelated").
 */
function decorrelatedJitter(
  lastMs: number,
  { baseDelayMs, maxDelayMs }: { readonly baseDelayMs: number; readonly maxDelayMs: number },
  random: number,
): number {
  const most = Math.max(baseDelayMs, lastMs) * 3;
  return Math.min(maxDelayMs, baseDelayMs + random * (most - baseDelayMs));
}
