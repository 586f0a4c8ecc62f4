import { expect, it } from '@jest/globals';
import { CacheManager } from '@markitect/adapter-cache';
import type { TierUsage } from '@markitect/ports';
import { CacheOperations } from './cache-operations.js';

/** A manager over tiers of which only their use matters. */
function managerOver(tiers: Readonly<Record<string, TierUsage>>): CacheManager {
  const unused = () => Promise.reject(new Error('not asked for here'));
  const operations = { getMany: unused, setMany: unused, deleteMany: unused, clear: unused };
  return new CacheManager({
    tiers: Object.entries(tiers).map(([name, usage]) => ({
      name,
      tier: { ...operations, usage: () => Promise.resolve(usage) },
    })),
  });
}

it('leaves out what a tier does not tell', async () => {
  const manager = managerOver({
    disk: { entries: 3, bytes: 900, evictions: 4 },
    redis: { entries: undefined, bytes: undefined },
  });
  const operations = new CacheOperations(() => [{ manager, namespaces: {}, tiers: [], maxBytes: {} }]);
  const [memory, disk, redis] = (await operations.stats()).tiers;
  expect(memory).toMatchObject({ tier: 'memory', evictions: 0 });
  expect(disk).toMatchObject({ tier: 'disk', entries: 3, bytes: 900, evictions: 4 });
  expect(Object.keys(redis ?? {}).sort()).toEqual(['breaker', 'errors', 'hits', 'misses', 'tier']);
});

it('tells the median of how long values took to be made, of all managers', async () => {
  const managers = [managerOver({}), managerOver({})];
  const operations = new CacheOperations(() =>
    managers.map((manager) => ({ manager, namespaces: {}, tiers: [], maxBytes: {} })),
  );
  expect((await operations.stats()).factories).toEqual({ runs: 0, failures: 0 });
  for (const manager of managers) operations.watch(manager);
  for (const [index, ms] of [30, 10, 20].entries()) {
    managers[index % 2]?.events.emit('refresh', { namespace: 'n', key: 'k', ms });
  }
  expect((await operations.stats()).factories).toMatchObject({ p50Ms: 20 });
});
