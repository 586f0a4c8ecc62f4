import { expect, it } from '@jest/globals';
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import { observeCache } from './cache-gauges.js';

class Reader extends MetricReader {
  protected override async onShutdown(): Promise<void> {}
  protected override async onForceFlush(): Promise<void> {}
}

it('shows every tier, and what was made', async () => {
  const reader = new Reader();
  const provider = new MeterProvider({ readers: [reader] });
  const counts = { hits: 8, misses: 2, errors: 0, breaker: 'open' } as const;
  const stats = () =>
    Promise.resolve({
      tiers: [
        { ...counts, tier: 'memory', evictions: 1, entries: 3, bytes: 900 },
        // Redis tells none of these.
        { ...counts, tier: 'redis' },
      ],
      staleHits: 4,
      untrusted: 5,
      factories: { runs: 10, failures: 3, meanMs: 200 },
    });
  observeCache({ stats }, { meter: provider.getMeter('test') } as never);
  const { resourceMetrics } = await reader.collect();
  const points = resourceMetrics.scopeMetrics.flatMap(({ metrics }) =>
    metrics.flatMap(({ descriptor, dataPoints }) =>
      dataPoints.map(({ attributes, value }) => {
        const values = Object.values(attributes).join(' ');
        return `${descriptor.name}{${values}} = ${JSON.stringify(value)}`;
      }),
    ),
  );
  expect(points.sort()).toEqual([
    'markitect.cache.breaker{memory open} = 1',
    'markitect.cache.breaker{redis open} = 1',
    'markitect.cache.bytes{memory} = 900',
    'markitect.cache.entries{memory} = 3',
    'markitect.cache.errors{memory} = 0',
    'markitect.cache.errors{redis} = 0',
    'markitect.cache.evictions{memory} = 1',
    'markitect.cache.factory.runs{failed} = 3',
    'markitect.cache.factory.runs{made} = 7',
    'markitect.cache.factory.time{} = 2',
    'markitect.cache.reads{memory hit} = 8',
    'markitect.cache.reads{memory miss} = 2',
    'markitect.cache.reads{redis hit} = 8',
    'markitect.cache.reads{redis miss} = 2',
    'markitect.cache.reads{stale} = 4',
    'markitect.cache.reads{untrusted} = 5',
  ]);
});
