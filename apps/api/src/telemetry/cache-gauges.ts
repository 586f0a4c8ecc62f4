import type { Telemetry } from '@markitect/telemetry';
import type { CacheOperations } from '../cache/cache-operations.js';

/**
 * Shows the cache when metrics are collected:
 *
 * - `markitect.cache.reads`, by `tier` and `outcome` (`hit`, `miss`); of the whole cache `stale` and `untrusted`;
 * - `markitect.cache.entries`, `markitect.cache.bytes`, `markitect.cache.evictions`, `markitect.cache.errors`, by `tier`;
 * - `markitect.cache.breaker`: 1 for the state that the breaker of a tier is in;
 * - `markitect.cache.factory.runs`, by `outcome`, and `markitect.cache.factory.time` in seconds.
 *
 * Collecting asks each tier what it holds; the disk looks at its files for that once in ten minutes.
 */
export function observeCache(cache: Pick<CacheOperations, 'stats'>, { meter }: Telemetry): void {
  const counter = (name: string, unit: string, description: string) =>
    meter.createObservableCounter(`markitect.cache.${name}`, { unit, description });
  const gauge = (name: string, unit: string, description: string) =>
    meter.createObservableGauge(`markitect.cache.${name}`, { unit, description });
  const reads = counter('reads', '{read}', 'Reads of the cache.');
  const evictions = counter('evictions', '{entry}', 'Values that left because there was no room.');
  const errors = counter('errors', '{error}', 'Operations of tiers that failed or took too long.');
  const runs = counter('factory.runs', '{run}', 'How often a value was made.');
  const time = counter('factory.time', 's', 'Time spent making values.');
  const entries = gauge('entries', '{entry}', 'Values held.');
  const bytes = gauge('bytes', 'By', 'What the values occupy.');
  const breaker = gauge('breaker', '1', '1 for the state that the breaker of a tier is in.');
  meter.addBatchObservableCallback(
    async (result) => {
      const { tiers, staleHits, untrusted, factories } = await cache.stats();
      for (const each of tiers) {
        const tier = { 'markitect.cache.tier': each.tier };
        result.observe(reads, each.hits, { ...tier, 'markitect.cache.outcome': 'hit' });
        result.observe(reads, each.misses, { ...tier, 'markitect.cache.outcome': 'miss' });
        if (each.evictions !== undefined) result.observe(evictions, each.evictions, tier);
        result.observe(errors, each.errors, tier);
        if (each.entries !== undefined) result.observe(entries, each.entries, tier);
        if (each.bytes !== undefined) result.observe(bytes, each.bytes, tier);
        result.observe(breaker, 1, { ...tier, 'markitect.cache.state': each.breaker });
      }
      result.observe(reads, staleHits, { 'markitect.cache.outcome': 'stale' });
      result.observe(reads, untrusted, { 'markitect.cache.outcome': 'untrusted' });
      const { failures, meanMs = 0 } = factories;
      result.observe(runs, factories.runs - failures, { 'markitect.cache.outcome': 'made' });
      result.observe(runs, failures, { 'markitect.cache.outcome': 'failed' });
      result.observe(time, (meanMs * factories.runs) / 1000);
    },
    [reads, evictions, errors, runs, time, entries, bytes, breaker],
  );
}
