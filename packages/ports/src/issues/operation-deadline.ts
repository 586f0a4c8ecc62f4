import { AsyncLocalStorage } from 'node:async_hooks';
import { Timeout } from '@markitect/domain';

/** How long an operation may take, with all that it asks for. */
export interface OperationLimits {
  /** The most milliseconds from now; those of an operation around it hold as well. */
  readonly deadlineMs?: number;
  /** Ends what it asks for. */
  readonly signal?: AbortSignal;
}

interface Limits {
  readonly deadlineMs: number | undefined;
  readonly endsAt: number;
  readonly signal: AbortSignal | undefined;
}

const running = new AsyncLocalStorage<Limits>();

/**
 * Runs an operation of several requests under one deadline and one signal: every request that it makes, in whatever
 * order, may use only what is left. Without limits it is the work itself. Adapters that ask elsewhere keep to it, by
 * {@link limitedRequest}; what is read from a database is not interrupted. Throws what the work throws.
 */
export function withinLimits<T>({ deadlineMs, signal }: OperationLimits, work: () => Promise<T>): Promise<T> {
  if (deadlineMs === undefined && signal === undefined) return work();
  const outer = running.getStore();
  const endsAt = deadlineMs === undefined ? Number.POSITIVE_INFINITY : performance.now() + deadlineMs;
  const isOuter = outer !== undefined && outer.endsAt <= endsAt;
  return running.run(
    {
      deadlineMs: isOuter ? outer.deadlineMs : deadlineMs,
      endsAt: isOuter ? outer.endsAt : endsAt,
      signal:
        signal !== undefined && outer?.signal !== undefined
          ? AbortSignal.any([signal, outer.signal])
          : (signal ?? outer?.signal),
    },
    work,
  );
}

/**
 * What a request may use of the limits of the operation it belongs to: its own ones when it belongs to none. Throws
 * Timeout `DEADLINE_EXCEEDED` when nothing is left.
 *
 * @param ownMs the most milliseconds that the request has by itself; `undefined`: those of its connection
 */
export function limitedRequest(ownMs?: number, ownSignal?: AbortSignal): OperationLimits {
  const limits = running.getStore();
  const own = {
    ...(ownMs === undefined ? {} : { deadlineMs: ownMs }),
    ...(ownSignal === undefined ? {} : { signal: ownSignal }),
  };
  if (limits === undefined) return own;
  const { deadlineMs, endsAt, signal } = limits;
  const leftMs = Math.floor(endsAt - performance.now());
  if (leftMs < 1 || signal?.aborted === true) {
    const end = signal?.aborted === true ? 'was cancelled' : `did not end within ${String(deadlineMs)} ms`;
    throw new Timeout('DEADLINE_EXCEEDED', `the operation ${end}`, {
      details: deadlineMs === undefined ? {} : { deadlineMs },
    });
  }
  const signals = [ownSignal, signal].filter((each) => each !== undefined);
  const [first, ...others] = signals;
  return {
    ...own,
    ...(Number.isFinite(leftMs) ? { deadlineMs: Math.min(leftMs, ownMs ?? leftMs) } : {}),
    ...(first === undefined ? {} : { signal: others.length === 0 ? first : AbortSignal.any(signals) }),
  };
}
