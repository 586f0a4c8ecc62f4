/** What is known of one operation of a port, before any implementation is. */
export interface Operation<Args extends readonly unknown[] = readonly never[]> {
  /** Whether it can change anything. */
  readonly kind: 'read' | 'write';
  /** Whether doing it twice leaves what doing it once leaves. Only such operations may be tried again. */
  readonly idempotent: boolean;
  /** The thing it touches, where that is one thing. */
  readonly key?: (...args: Args) => string;
}

/**
 * The operations of a port, all of them: leave one out and the compiler names it. A method answers with a promise
 * or, for sequences without a bound, an async iterable.
 */
export type OperationTable<P> = {
  readonly [M in keyof P]-?: NonNullable<P[M]> extends (
    ...args: infer Args
  ) => Promise<unknown> | AsyncIterable<unknown>
    ? Operation<Args>
    : never;
};

/**
 * A port at run time: its name and its operations. Decorators (tracing, caching, cutover, resilience) are written
 * once against this, never once per interface.
 */
export interface Port<P> {
  /** The name of the interface, e.g. `DocumentRepository`. */
  readonly name: string;
  readonly operations: OperationTable<P>;
}

/** Names a port and checks at compile time that its operation table is complete. Freezes the table, which is shared. */
export function definePort<P>(name: string, operations: OperationTable<P>): Port<P> {
  for (const operation of Object.values<object>(operations)) Object.freeze(operation);
  return Object.freeze({ name, operations: Object.freeze(operations) });
}
