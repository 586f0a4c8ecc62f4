import type { Port } from '@markitect/ports';

/**
 * A port of a program that ends in a moment: its reads ask the source itself and not what is kept of it, which could be
 * seconds old, while `telling`, made by `cached`, tells of its writes those programs that keep answers.
 */
export function freshReads<P extends object>(port: Port<P>, source: P, telling: P): P {
  const operations = new Map<string | symbol, { readonly kind: string }>(Object.entries(port.operations));
  return new Proxy(telling, {
    get(target, member) {
      const isRead = operations.get(member)?.kind === 'read';
      const of = isRead ? source : target;
      const value: unknown = Reflect.get(of, member, of);
      return typeof value === 'function'
        ? (...args: unknown[]): unknown => (value as (...args: unknown[]) => unknown).apply(of, args)
        : value;
    },
  });
}
