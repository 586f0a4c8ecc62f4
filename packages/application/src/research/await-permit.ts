import { setTimeout as sleep } from 'node:timers/promises';
import { RateLimited } from '@markitect/domain';
import type { RateLimitRepository, RatePermit } from '@markitect/ports';

/** How a permit is waited for. */
export interface PermitWaiting {
  readonly signal?: AbortSignal;
  /** A permit further away than this is not waited for. Default: a quarter of an hour. */
  readonly maxWaitMs?: number;
  /** The time in milliseconds since 1970, as the limits have it. Default: the clock of the machine. */
  readonly now?: () => number;
  /** Settles after so many milliseconds, not much earlier; throws the signal's reason. Default: a timer. */
  readonly rest?: (ms: number, signal: AbortSignal | undefined) => Promise<void>;
}

const MAX_WAIT_MS = 15 * 60_000;

/**
 * Takes a permit and settles when it may be used, which is to be done at once. Whoever wakes after the end of the permit
 * (a busy machine, a process that was stopped) gets another in its place, so that the rate is kept. Throws the signal's reason,
 * RateLimited `RATE_LIMIT_EXCEEDED` when the permit is too far away, and the errors of the limits.
 */
export async function awaitPermit(
  limits: Pick<RateLimitRepository, 'take'>,
  name: string,
  { signal, maxWaitMs = MAX_WAIT_MS, now = Date.now, rest = timer }: PermitWaiting = {},
): Promise<void> {
  for (let late: RatePermit | undefined; ;) {
    signal?.throwIfAborted();
    const permit = await limits.take(name, maxWaitMs, late);
    if (permit === undefined) {
      throw new RateLimited('RATE_LIMIT_EXCEEDED', `${name} may not be asked for a long time`, {
        details: { name, retryAfterMs: maxWaitMs },
      });
    }
    const at = Date.parse(permit.at);
    // Timers may be early by a part of a millisecond.
    for (let ms = at - now(); ms > 0; ms = at - now()) await rest(ms, signal);
    signal?.throwIfAborted();
    if (permit.until === undefined || now() <= Date.parse(permit.until)) return;
    late = permit;
  }
}

async function timer(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(ms, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}
