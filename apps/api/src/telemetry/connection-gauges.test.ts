import { describe, expect, it } from '@jest/globals';
import type { ConnectionManager } from '@markitect/connections';
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import { observeConnections } from './connection-gauges.js';

class Reader extends MetricReader {
  protected override async onShutdown(): Promise<void> {}
  protected override async onForceFlush(): Promise<void> {}
}

type Stats = ReturnType<ConnectionManager['stats']>;

/** Every point as `name{attribute values} = value`. */
async function collected(stats: Stats): Promise<string[]> {
  const reader = new Reader();
  const provider = new MeterProvider({ readers: [reader] });
  observeConnections({ stats: () => stats }, { meter: provider.getMeter('test') } as never);
  const { resourceMetrics } = await reader.collect();
  return resourceMetrics.scopeMetrics.flatMap(({ metrics }) =>
    metrics.flatMap(({ descriptor, dataPoints }) =>
      dataPoints.map(({ attributes, value }) => {
        const values = Object.values(attributes).join(' ');
        return `${descriptor.name}{${values}} = ${JSON.stringify(value)}`;
      }),
    ),
  );
}

describe('the metrics of connections', () => {
  it('show the pools of a database', async () => {
    const readers = { inUse: 1, idle: 2, waiting: 3, waitMs: 1500 };
    await expect(collected({ sqlite: { kind: 'sql', open: true, leases: { readers } } })).resolves.toEqual([
      'db.client.connection.count{sqlite/readers used} = 1',
      'db.client.connection.count{sqlite/readers idle} = 2',
      'db.client.connection.pending_requests{sqlite/readers} = 3',
      'markitect.connection.time{sqlite readers lease_wait} = 1.5',
    ]);
  });

  it('show the requests, counts, times and states of an HTTP connection', async () => {
    const requests = { inUse: 4, idle: 60, waiting: 2, waitMs: 250 };
    const stats: Stats = {
      gitea: {
        kind: 'http',
        open: true,
        leases: { requests },
        counters: { retries: 7, breakerOpened: 1, rateLimitWaitMs: 2000 },
        states: { breaker: 'half-open' },
      },
    };
    await expect(collected(stats)).resolves.toEqual([
      'http.client.active_requests{gitea} = 4',
      'markitect.connection.pending_requests{gitea} = 2',
      'markitect.connection.events{gitea retries} = 7',
      'markitect.connection.events{gitea breaker_opened} = 1',
      'markitect.connection.time{gitea requests lease_wait} = 0.25',
      'markitect.connection.time{gitea rate_limit_wait} = 2',
      'markitect.connection.state{gitea breaker half-open} = 1',
    ]);
  });
});
