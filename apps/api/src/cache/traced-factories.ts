import type { CacheManagerOptions } from '@markitect/adapter-cache';
import { definePort } from '@markitect/ports';
import { type Telemetry, traced } from '@markitect/telemetry';

/** What makes the values of the cache. */
interface CacheFactories {
  run(namespace: string, make: () => Promise<unknown>): Promise<unknown>;
}

const cacheFactoriesPort = definePort<CacheFactories>('CacheFactories', {
  // The part of the cache only: what is looked for may be nobody's business.
  run: { kind: 'read', idempotent: true, key: (namespace) => namespace },
});

/** A span `CacheFactories.run` for each value that is made, with the part of the cache it is for; none without telemetry. */
export function tracedFactories(telemetry: Telemetry | undefined): CacheManagerOptions['aroundFactory'] {
  if (telemetry === undefined) return undefined;
  const factories: CacheFactories = { run: (_namespace, make) => make() };
  const observed = traced(cacheFactoriesPort, factories, telemetry);
  return (namespace, run) => observed.run(namespace, run);
}
