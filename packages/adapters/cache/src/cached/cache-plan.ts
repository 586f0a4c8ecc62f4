import type { CacheSetOptions, Operation, Port } from '@markitect/ports';

/**
 * On what an answer depends: `key`, the one thing that the operation table names; `any`, anything the port has, as lists
 * and searches do; or the names of things, of which `keyed` operations use the keys of the table.
 */
export type Dependence<Args extends readonly unknown[]> =
  'key' | 'any' | ((...args: Args) => readonly string[]);

/** How the answers of one read are kept. What is left out is as the namespace of the cache has it. */
export interface CachedRead<Args extends readonly unknown[]> extends Omit<CacheSetOptions, 'tags'> {
  readonly of: Dependence<Args>;
}

/**
 * What a write changes: the names of things, or `all`, everything the port has. Default: the thing that the operation
 * table names; `all` where it names none.
 */
export type Changes<Args extends readonly unknown[]> = 'all' | ((...args: Args) => readonly string[]);

/**
 * How a port is cached: the reads whose answers are kept, and what its writes change. One plan serves both the decorator
 * that caches and the one that invalidates in units of work, so that no name is written twice.
 */
export interface CachePlan<P> {
  readonly port: Port<P>;
  /** Reads that are not named are not cached. */
  readonly reads: {
    readonly [M in keyof P]?: P[M] extends (...args: infer Args) => Promise<unknown>
      ? CachedRead<Args>
      : never;
  };
  readonly writes?: {
    readonly [M in keyof P]?: P[M] extends (...args: infer Args) => Promise<unknown> ? Changes<Args> : never;
  };
  /** Other ports whose every write makes the answers of this one false. */
  readonly uses?: readonly { readonly name: string }[];
}

/** A write of more things than this invalidates all there is: one row of the log in place of many. */
const MOST_THINGS = 64;

/** The tags that make false whatever a plan keeps: for implementations that invalidate in commits of their own. */
export function changeTags<P>(plan: CachePlan<P>): readonly string[] {
  return PlannedCalls.of(plan).tagsOfAnyChange;
}

/** A read of a plan, whatever its arguments. */
export type AnyCachedRead = CachedRead<readonly never[]>;

type Arguments = readonly unknown[];

/** A plan as the decorators use it: by the names of operations. */
export class PlannedCalls {
  readonly #name: string;
  readonly #operations: ReadonlyMap<string, Operation>;
  readonly #reads: ReadonlyMap<string, AnyCachedRead>;
  readonly #writes: ReadonlyMap<string, Changes<readonly never[]>>;
  readonly #hasThings: boolean;
  readonly #used: readonly string[];

  private constructor(
    name: string,
    operations: ReadonlyMap<string, Operation>,
    reads: ReadonlyMap<string, AnyCachedRead>,
    writes: ReadonlyMap<string, Changes<readonly never[]>>,
    used: readonly { readonly name: string }[],
  ) {
    this.#name = name;
    this.#operations = operations;
    this.#reads = reads;
    this.#writes = writes;
    this.#used = used.flatMap((port) => [port.name, `${port.name}/any`]);
    this.#hasThings = [...reads.values()].some(({ of }) => of !== 'any');
  }

  static of<P>({ port, reads, writes = {}, uses = [] }: CachePlan<P>): PlannedCalls {
    return new PlannedCalls(
      port.name,
      new Map(Object.entries<Operation>(port.operations)),
      new Map(Object.entries(reads) as [string, AnyCachedRead][]),
      new Map(Object.entries(writes) as [string, Changes<readonly never[]>][]),
      uses,
    );
  }

  /** How the answers of an operation are kept; `undefined`: they are not. */
  read(operation: string): AnyCachedRead | undefined {
    return this.#reads.get(operation);
  }

  isWrite(operation: string): boolean {
    return this.#operations.get(operation)?.kind === 'write';
  }

  /** The tags of an answer. */
  tagsOf(operation: string, { of }: AnyCachedRead, args: Arguments): readonly string[] {
    const name = this.#name;
    if (of === 'any') return [name, `${name}/any`, ...this.#used];
    const things = of === 'key' ? [this.#key(operation, args) ?? ''] : of(...(args as never[]));
    return [name, ...this.#used, ...things.map((thing) => `${name}/of/${thing}`)];
  }

  get tagsOfAnyChange(): readonly string[] {
    return [this.#hasThings ? this.#name : `${this.#name}/any`];
  }

  /** The tags that a write invalidates. Arguments that make no sense invalidate all there is. */
  changedTags(operation: string, args: Arguments): readonly string[] {
    const name = this.#name;
    if (!this.#hasThings) return this.tagsOfAnyChange;
    const things = this.#changes(operation, args);
    if (things === undefined || things.length > MOST_THINGS) return [name];
    return [`${name}/any`, ...new Set(things.map((thing) => `${name}/of/${thing}`))];
  }

  /**
   * What an answer is kept under: `Port.operation:<key>`, or the arguments as JSON with sorted names where they are more
   * than the key. `undefined` when JSON can't tell the arguments apart: such an answer is not kept.
   */
  cacheKey(operation: string, args: Arguments, scope: string): string | undefined {
    const key = args.length === 1 ? this.#key(operation, args) : undefined;
    const said = key === undefined || key.startsWith('[') ? canonical(withoutTrailing(args)) : key;
    if (said === undefined) return undefined;
    return `${this.#name}.${operation}:${scope === '' ? '' : `${scope}:`}${said}`;
  }

  #changes(operation: string, args: Arguments): readonly string[] | undefined {
    const changes = this.#writes.get(operation);
    if (changes === 'all') return undefined;
    try {
      if (changes !== undefined) return changes(...(args as never[]));
      const key = this.#key(operation, args);
      return key === undefined ? undefined : [key];
    } catch {
      // Bad arguments are the implementation's to refuse.
      return undefined;
    }
  }

  #key(operation: string, args: Arguments): string | undefined {
    return this.#operations.get(operation)?.key?.(...(args as never[]));
  }
}

function withoutTrailing(args: readonly unknown[]): readonly unknown[] {
  const end = args.findLastIndex((arg) => arg !== undefined);
  return args.slice(0, end + 1);
}

/** JSON with names in order; `undefined` for what JSON does not keep apart. */
function canonical(value: unknown): string | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return JSON.stringify(value);
  if (typeof value === 'number') return Number.isFinite(value) ? JSON.stringify(value) : undefined;
  if (Array.isArray(value)) return joined(value.map(canonical), '[', ']');
  if (typeof value !== 'object') return undefined;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return undefined;
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, member]) => {
      const text = canonical(member);
      return text === undefined ? undefined : `${JSON.stringify(name)}:${text}`;
    });
  return joined(members, '{', '}');
}

function joined(parts: readonly (string | undefined)[], open: string, close: string): string | undefined {
  return parts.includes(undefined) ? undefined : `${open}${parts.join(',')}${close}`;
}
