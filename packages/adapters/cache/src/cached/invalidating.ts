import type { Transaction, UnitOfWork } from '@markitect/ports';
import { type CachePlan, PlannedCalls } from './cache-plan.js';

/** What of a transaction is cached elsewhere: the plans of its repositories. */
export type InvalidatingPlans = {
  readonly [R in 'documents' | 'issues' | 'workspaces']?: CachePlan<Transaction[R]>;
};

type Call = (...args: unknown[]) => unknown;

/**
 * A unit of work whose repositories invalidate what they write, as the plans say, in the commit that makes it true: a
 * value of before can be served by nobody after it, and none is lost when it is undone. Nothing is cached inside.
 */
export function invalidating(unitOfWork: UnitOfWork, plans: InvalidatingPlans): UnitOfWork {
  const calls = callsOf(plans);
  return {
    run: (work, options) => unitOfWork.run((transaction) => work(watched(transaction, calls)), options),
    begin: async (options) => watched(await unitOfWork.begin(options), calls),
  };
}

/** Receives a message of the outbox, in a transaction that no {@link invalidating} has seen. */
type Handler = (message: never, transaction: Transaction) => Promise<void>;

/** The same for the handlers of messages, by topic: a store calls them with transactions of its own. */
export function invalidatingHandlers<H extends Readonly<Record<string, Handler>>>(
  handlers: H,
  plans: InvalidatingPlans,
): H {
  const calls = callsOf(plans);
  const wrapped = Object.entries<Handler>(handlers).map(([topic, handler]) => {
    const invalidatingHandler: Handler = (message, transaction) =>
      handler(message, watched(transaction, calls));
    return [topic, invalidatingHandler] as const;
  });
  return Object.fromEntries(wrapped) as H;
}

function callsOf({ documents, issues, workspaces }: InvalidatingPlans): ReadonlyMap<string, PlannedCalls> {
  const calls = new Map<string, PlannedCalls>();
  if (documents !== undefined) calls.set('documents', PlannedCalls.of(documents));
  if (issues !== undefined) calls.set('issues', PlannedCalls.of(issues));
  if (workspaces !== undefined) calls.set('workspaces', PlannedCalls.of(workspaces));
  return calls;
}

function watched<T extends Transaction>(transaction: T, plans: ReadonlyMap<string, PlannedCalls>): T {
  return new Proxy(transaction, {
    get(target, member) {
      const value: unknown = Reflect.get(target, member, target);
      if (member === 'nested') {
        const nested: Transaction['nested'] = (work) => target.nested((inner) => work(watched(inner, plans)));
        return nested;
      }
      if (typeof value === 'function') return (value as Call).bind(target);
      const calls = typeof member === 'string' ? plans.get(member) : undefined;
      return calls === undefined || typeof value !== 'object' || value === null
        ? value
        : invalidatingRepository(calls, value, target);
    },
  });
}

function invalidatingRepository(calls: PlannedCalls, repository: object, { cache }: Transaction): object {
  return new Proxy(repository, {
    get(target, member) {
      const value: unknown = Reflect.get(target, member, target);
      if (typeof value !== 'function') return value;
      const bound: Call = (...args) => (value as Call).apply(target, args);
      if (typeof member === 'symbol' || !calls.isWrite(member)) return bound;
      return async (...args: unknown[]) => {
        // Both are asked for at once, so that a transaction that forgets to wait for the write knows of both.
        const told = cache.invalidateTags(calls.changedTags(member, args));
        const [, written] = await Promise.all([told, bound(...args)]);
        return written;
      };
    },
  });
}
