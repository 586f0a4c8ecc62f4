import { AsyncLocalStorage } from 'node:async_hooks';
import { isMarkitectError, type MarkitectError } from '@markitect/domain';
import type { Operation, Port } from '../port.js';

/** That an answer is not what its source says now, but the last that is known. */
export interface Staleness {
  /** How old it may be, in milliseconds. */
  readonly ageMs: number;
  /** Why the source did not answer. */
  readonly cause: MarkitectError;
}

/** What was read while old answers were allowed. */
export interface StaleAllowed<T> {
  readonly value: T;
  /** Set when any part of it is old: the age of the oldest part. */
  readonly stale?: Staleness;
}

interface Allowance {
  readonly maxAgeMs: number;
  stale: Staleness | undefined;
}

const allowance = new AsyncLocalStorage<Allowance>();

/**
 * Runs reads that may be answered with what was last known when their source is down, if that is not older than
 * `maxAgeMs` (default: any age), and says whether that happened. Only repositories made by {@link staleReads} answer
 * so. Throws what the work throws.
 */
export async function allowStale<T>(
  work: () => Promise<T>,
  maxAgeMs = Number.POSITIVE_INFINITY,
): Promise<StaleAllowed<T>> {
  const mine: Allowance = { maxAgeMs, stale: undefined };
  const value = await allowance.run(mine, work);
  return mine.stale === undefined ? { value } : { value, stale: mine.stale };
}

/** How old an answer may be that is given now, in milliseconds, as far as a caller has said. */
export function allowedAgeMs(): number {
  return allowance.getStore()?.maxAgeMs ?? Number.POSITIVE_INFINITY;
}

/**
 * Takes an old answer that was made for somebody else: notes it where {@link allowStale} runs. Throws its cause where old
 * answers are not allowed, or none that is so old.
 */
export function acceptStale(stale: Staleness): void {
  const allowed = allowance.getStore();
  if (allowed === undefined || stale.ageMs > allowed.maxAgeMs) throw stale.cause;
  if (stale.ageMs >= (allowed.stale?.ageMs ?? 0)) allowed.stale = stale;
}

/** Where old answers come from. */
export interface LastKnown<P> {
  readonly source: P;
  /** How old its answers are, in milliseconds; `undefined`: it has none. */
  readonly ageMs: () => Promise<number | undefined>;
  /** Told of each read that it has answered, e.g. to count them. */
  readonly onAnswer?: (stale: Staleness) => void;
}

/**
 * A port whose reads, inside {@link allowStale}, are answered by `lastKnown` when the implementation fails because its
 * source is down (Unavailable, Timeout, RateLimited). Outside of it, for writes and for every other failure it is the
 * implementation itself. When nothing is known of what is asked for, or it is too old, the failure of the implementation
 * is thrown: a copy can't know that something does not exist. A sequence that has begun goes on from the source it began with.
 */
export function staleReads<P extends object>(port: Port<P>, implementation: P, lastKnown: LastKnown<P>): P {
  const operations = new Map<string | symbol, Operation>(Object.entries<Operation>(port.operations));
  return new Proxy(implementation, {
    get(target, member) {
      const value: unknown = Reflect.get(target, member, target);
      if (typeof value !== 'function') return value;
      const call = (from: P, args: unknown[]): unknown =>
        (Reflect.get(from, member, from) as (...args: unknown[]) => unknown).apply(from, args);
      if (operations.get(member)?.kind !== 'read') return (...args: unknown[]) => call(target, args);
      return (...args: unknown[]) => {
        const allowed = allowance.getStore();
        const result = call(target, args);
        if (allowed === undefined) return result;
        const instead = async (error: unknown): Promise<unknown> => {
          const ageMs = isDown(error) ? await lastKnown.ageMs() : undefined;
          if (!isDown(error) || ageMs === undefined) throw error;
          const known = call(lastKnown.source, args);
          const answer = isAsyncIterable(known) ? known : await unlessMissing(known, error);
          const stale: Staleness = { ageMs, cause: error };
          acceptStale(stale);
          lastKnown.onAnswer?.(stale);
          return answer;
        };
        if (isAsyncIterable(result)) return sequence(result, instead);
        return (result as Promise<unknown>).catch(instead);
      };
    },
  });
}

/** That something is not among what was last known does not say that it is not there: then the failure stands. */
async function unlessMissing(known: unknown, failure: MarkitectError): Promise<unknown> {
  try {
    const answer = await known;
    if (answer !== undefined) return answer;
  } catch (error) {
    if (!isMarkitectError(error) || error.kind !== 'NotFound') throw error;
  }
  throw failure;
}

async function* sequence(
  first: AsyncIterable<unknown>,
  instead: (error: unknown) => Promise<unknown>,
): AsyncGenerator<unknown, void, undefined> {
  let hasBegun = false;
  try {
    for await (const item of first) {
      hasBegun = true;
      yield item;
    }
    return;
  } catch (error) {
    if (hasBegun) throw error;
    yield* (await instead(error)) as AsyncIterable<unknown>;
  }
}

function isDown(error: unknown): error is MarkitectError {
  return isMarkitectError(error) && ['Unavailable', 'Timeout', 'RateLimited'].includes(error.kind);
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}
