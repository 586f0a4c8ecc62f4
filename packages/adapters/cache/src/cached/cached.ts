import {
  acceptStale,
  allowedAgeMs,
  allowStale,
  type Cache,
  type FactoryContext,
  type Staleness,
} from '@markitect/ports';
import { type AnyCachedRead, type CachePlan, PlannedCalls } from './cache-plan.js';

/** What a cached port is besides its plan. */
export interface CachedOptions {
  /** Told apart in the keys: sources that share a cache, e.g. the address of a tracker. Default: none. */
  readonly scope?: string;
  /**
   * The writes of the implementation invalidate by themselves, in their own commit. Default false: they are invalidated
   * once they have settled.
   */
  readonly invalidates?: boolean;
  /**
   * The source is changed by others, who tell nobody: for how long an answer may be used, in milliseconds. A caller that
   * allows less, by `allowStale`, asks the source itself. Default: everybody tells.
   */
  readonly othersChangeWithinMs?: number;
}

/** An answer that was known to be old when it was made: it is passed on to all who wait for it, and never kept. */
class StaleAnswer {
  constructor(
    readonly value: unknown,
    readonly stale: Staleness,
  ) {}
}

type Call = (...args: unknown[]) => unknown;

/**
 * A port whose reads are answered from a cache, as a plan says, and whose writes invalidate what they change. Answers are
 * shared and frozen. Errors are not kept; `undefined` only as long as the policy says. Operations the plan does not name,
 * sequences and other members are those of the implementation.
 *
 * A write invalidates when it has settled, also when it failed: it may have happened all the same, and a conflict says
 * that what was read is old. If the invalidation itself fails, the answer of the write is given, and nothing is read
 * from the cache here until it has been made good. Within {@link allowStale} an answer that is old says so to everybody
 * who gets it, and is not kept. Errors: those of the implementation.
 */
export function cached<P extends object>(
  plan: CachePlan<P>,
  implementation: P,
  cache: Cache<unknown>,
  options: CachedOptions = {},
): P {
  const answers = new Answers(PlannedCalls.of(plan), cache, options);
  const functions = new Map<string | symbol, { readonly original: Call; readonly wrapped: Call }>();
  return new Proxy(implementation, {
    get(target, member) {
      const value: unknown = Reflect.get(target, member, target);
      if (typeof value !== 'function') return value;
      const original = value as Call;
      const known = functions.get(member);
      if (known?.original === original) return known.wrapped;
      // A class keeps private fields: its methods need the implementation as `this`, not this proxy.
      const bound: Call = (...args) => original.apply(target, args);
      const wrapped = typeof member === 'symbol' ? bound : answers.decorated(member, bound);
      functions.set(member, { original, wrapped });
      return wrapped;
    },
  });
}

class Answers {
  readonly #calls: PlannedCalls;
  readonly #cache: Cache<unknown>;
  readonly #scope: string;
  readonly #invalidates: boolean;
  readonly #othersChangeWithinMs: number;
  /** Tags that should have been invalidated and could not be, with the failure that left them. */
  readonly #owed = new Map<string, unknown>();

  constructor(
    calls: PlannedCalls,
    cache: Cache<unknown>,
    { scope = '', invalidates = false, othersChangeWithinMs = 0 }: CachedOptions,
  ) {
    this.#calls = calls;
    this.#cache = cache;
    this.#scope = scope;
    this.#invalidates = invalidates;
    this.#othersChangeWithinMs = othersChangeWithinMs;
  }

  decorated(operation: string, call: Call): Call {
    const read = this.#calls.read(operation);
    if (read !== undefined) return (...args) => this.#answer(operation, read, call, args);
    if (this.#invalidates || !this.#calls.isWrite(operation)) return call;
    return (...args) => this.#write(operation, call, args);
  }

  #answer(operation: string, read: AnyCachedRead, call: Call, args: unknown[]): unknown {
    if (allowedAgeMs() < this.#othersChangeWithinMs) return call(...args);
    const place = this.#place(operation, read, args);
    if (place === undefined) return call(...args);
    if (this.#owed.size > 0) return this.#settleAndAnswer(operation, read, call, args);
    const factory = async (context: FactoryContext<unknown>): Promise<unknown> => {
      // Whoever waits for this may allow more or less than the first caller: each judges by itself.
      const { value, stale } = await allowStale(async () => await call(...args));
      if (stale === undefined) return value;
      context.skip();
      return new StaleAnswer(value, stale);
    };
    return this.#cache.getOrSet(place.key, factory, place.options).then(accepted);
  }

  async #settleAndAnswer(
    operation: string,
    read: AnyCachedRead,
    call: Call,
    args: unknown[],
  ): Promise<unknown> {
    await this.#invalidate([]);
    return this.#owed.size > 0 ? call(...args) : this.#answer(operation, read, call, args);
  }

  async #write(operation: string, call: Call, args: unknown[]): Promise<unknown> {
    const tags = this.#calls.changedTags(operation, args);
    try {
      return await call(...args);
    } finally {
      await this.#invalidate(tags);
    }
  }

  async #invalidate(tags: readonly string[]): Promise<void> {
    const owed = [...this.#owed];
    try {
      await this.#cache.invalidateTags([...new Set([...tags, ...this.#owed.keys()])]);
      for (const [tag, failure] of owed) if (this.#owed.get(tag) === failure) this.#owed.delete(tag);
    } catch (error) {
      for (const tag of tags) this.#owed.set(tag, error);
    }
  }

  /** Bad arguments are the implementation's to refuse. */
  #place(operation: string, { of, ...options }: AnyCachedRead, args: unknown[]) {
    try {
      const key = this.#calls.cacheKey(operation, args, this.#scope);
      if (key === undefined) return undefined;
      return { key, options: { ...options, tags: this.#calls.tagsOf(operation, { of }, args) } };
    } catch {
      return undefined;
    }
  }
}

function accepted(answer: unknown): unknown {
  if (!(answer instanceof StaleAnswer)) return answer;
  acceptStale(answer.stale);
  return answer.value;
}
