import {
  Conflict,
  Corrupt,
  type ErrorCode,
  errorCodes,
  Forbidden,
  Invalid,
  isMarkitectError,
  type MarkitectError,
  NotFound,
  NotSupported,
  RateLimited,
  Timeout,
  Unavailable,
} from '@markitect/domain';
import type { LeaseAnswer, LeaseFailure } from '@markitect/ports';
import type { LeaseOptions } from '../cache-core.js';
import type { Time } from '../time.js';

/** The first pause between two looks, in milliseconds; each is half as long again as the one before. */
const FIRST_PAUSE = 2;

/** What is done in turns among processes. */
export interface Turn<T> {
  /** Looks whether somebody else has done it meanwhile. */
  readonly look: () => Promise<T | undefined>;
  readonly work: () => Promise<T>;
  /** Whether nobody wants it any more. */
  readonly isOver: () => boolean;
}

/**
 * Does work that one of many processes does for all: whoever has the lease works, the others wait for what comes of
 * it. When a holder is killed its lease ends and one that waits takes over. Without the lease store everybody works.
 * Throws what the work threw, wherever it ran.
 */
export async function takeTurn<T>(name: string, leases: LeaseOptions, time: Time, turn: Turn<T>): Promise<T> {
  let pause = FIRST_PAUSE;
  for (;;) {
    if (turn.isOver()) throw new Timeout('DEADLINE_EXCEEDED', `nobody waits for "${name}" any more`);
    let answer: LeaseAnswer;
    try {
      answer = await leases.store.acquire(name, leases.ttlMs);
    } catch {
      return turn.work();
    }
    if (answer.kind === 'failed') throw revived(answer.failure);
    if (answer.kind === 'granted') return holding(name, answer.token, leases, time, turn);
    await sleep(Math.min(pause, answer.forMs, leases.pollMs), time);
    pause *= 1.5;
    const found = await turn.look();
    if (found !== undefined) return found;
  }
}

async function holding<T>(
  name: string,
  token: string,
  leases: LeaseOptions,
  time: Time,
  turn: Turn<T>,
): Promise<T> {
  const { store } = leases;
  let cancel = (): void => undefined;
  const renewLater = (): void => {
    cancel = time.after(leases.ttlMs / 3, () => {
      void store.renew(name, token, leases.ttlMs).then(
        (isHeld) => isHeld && !isDone && renewLater(),
        () => isDone || renewLater(),
      );
    });
  };
  let isDone = false;
  const stop = (): void => {
    isDone = true;
    cancel();
  };
  renewLater();
  try {
    // Between our last look and the lease somebody may have been done with it.
    const result = (await turn.look()) ?? (await turn.work());
    stop();
    await store.release(name, token, { kind: 'done' }).catch(() => undefined);
    return result;
  } catch (error) {
    const outcome = turn.isOver()
      ? ({ kind: 'done' } as const)
      : ({ kind: 'failed', failure: failureOf(error), keepMs: leases.failureMs } as const);
    stop();
    await store.release(name, token, outcome).catch(() => undefined);
    throw error;
  }
}

function sleep(ms: number, time: Time): Promise<void> {
  return new Promise((resolve) => time.after(Math.max(1, ms), resolve));
}

function failureOf(error: unknown): LeaseFailure {
  if (isMarkitectError(error)) return { code: error.code, message: error.message, details: error.details };
  return { code: undefined, message: error instanceof Error ? error.message : String(error), details: {} };
}

const kinds = {
  NotFound,
  Conflict,
  Invalid,
  Forbidden,
  Unavailable,
  RateLimited,
  Timeout,
  Corrupt,
  NotSupported,
} as const;

/** The failure of a factory in another process, as that process had it where that is possible. */
function revived({ code, message, details }: LeaseFailure): MarkitectError {
  if (code !== undefined && code in errorCodes) {
    const { kind } = errorCodes[code as ErrorCode];
    if (kind in kinds) {
      const Kind = kinds[kind as keyof typeof kinds] as new (
        code: ErrorCode,
        message: string,
        options: object,
      ) => MarkitectError;
      return new Kind(code as ErrorCode, message, { details });
    }
  }
  return new Unavailable('CACHE_FACTORY_FAILED', message, { details });
}
