import type { JsonValue } from '@markitect/domain';
import type { Operation, Port } from '@markitect/ports';

type KeysOf<F> = F extends (...args: infer Args) => unknown ? (...args: Args) => readonly string[] : never;

/** What the engine has to know of a port besides its operation table. */
export interface CutoverPlan<P> {
  readonly port: Port<P>;
  /** The keys that a write changes, where the table does not name one. */
  readonly keys?: { readonly [M in keyof P]?: KeysOf<P[M]> };
  /** The operations that answer with a sequence. */
  readonly streams?: readonly (keyof P & string)[];
  /** Fields of answers that may differ, at any depth, e.g. `updatedAt`. Default: none. */
  readonly ignore?: readonly string[];
  /**
   * Whether two answers count as alike, of which the one may go to a caller; asked before `clean` and `ignore` are. Default:
   * they are compared.
   */
  readonly compare?: (operation: keyof P & string, legacy: unknown, modern: unknown) => boolean;
  /** Makes the answers of both sides comparable, e.g. sorts what has no order. Default: as they are. */
  readonly clean?: (operation: keyof P & string, answer: unknown) => JsonValue | undefined;
}

/** An operation as the engine sees it. */
export interface PlannedOperation {
  readonly name: string;
  readonly kind: 'read' | 'write';
  /** The keys of a call. Of a read: none when it is about many. */
  readonly keys: (args: readonly unknown[]) => readonly string[];
}

/** Throws a TypeError for a write of which neither the table nor the plan tells the keys. */
export function plannedOperations<P>(plan: CutoverPlan<P>, needsKeys: boolean): readonly PlannedOperation[] {
  const given = plan.keys as
    Readonly<Record<string, ((...args: never[]) => readonly string[]) | undefined>> | undefined;
  return Object.entries<Operation>(plan.port.operations).map(([name, { kind, key }]) => {
    const many = given?.[name];
    if (many !== undefined) return { name, kind, keys: (args) => many(...(args as never[])) };
    if (key !== undefined) return { name, kind, keys: (args) => [key(...(args as never[]))] };
    if (kind === 'write' && needsKeys) {
      throw new TypeError(`the plan of ${plan.port.name} does not say which keys ${name} changes`);
    }
    return { name, kind, keys: () => [] };
  });
}
