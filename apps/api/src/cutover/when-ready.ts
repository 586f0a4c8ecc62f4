import type { CutoverPlan } from '@markitect/migration';

type Call = (...args: unknown[]) => unknown;

/** The same repository, each operation of which waits until something is ready. Throws what that throws, too. */
export function whenReady<P extends object>(
  { port, streams = [] }: CutoverPlan<P>,
  repository: P,
  ready: () => Promise<void>,
): P {
  const calls = repository as Readonly<Record<string, Call>>;
  const operations = Object.keys(port.operations).map((name): readonly [string, Call] => {
    if (streams.some((stream) => stream === name)) {
      return [
        name,
        async function* (...args) {
          await ready();
          yield* calls[name]?.(...args) as AsyncIterable<unknown>;
        },
      ];
    }
    return [
      name,
      async (...args) => {
        await ready();
        return calls[name]?.(...args);
      },
    ];
  });
  return Object.fromEntries(operations) as P;
}
