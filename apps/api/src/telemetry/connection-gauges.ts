import type { ConnectionManager } from '@markitect/connections';
import type { Telemetry } from '@markitect/telemetry';
import type { BatchObservableResult, Observable } from '@opentelemetry/api';

type Stats = ReturnType<ConnectionManager['stats']>[string];

/**
 * Shows the use of every connection when metrics are collected. Where the semantic conventions of OpenTelemetry have a
 * name it is that one:
 *
 * - `db.client.connection.count` (by `state`) and `db.client.connection.pending_requests`, for each pool of a database
 *   or cache; `http.client.active_requests` for each HTTP connection;
 * - `markitect.connection.pending_requests`: requests that wait for an HTTP connection;
 * - `markitect.connection.events`: what a connection counts, by `event`: `requests`, `retries`, `retry_after_refused`, `breaker_probes` …;
 * - `markitect.connection.time`, in seconds: what it spent, by `event`: `rate_limit_wait`, and `lease_wait` for each pool;
 * - `markitect.connection.state`: 1 for the state a part of it is in, e.g. `breaker` and `open`.
 */
export function observeConnections(
  connections: Pick<ConnectionManager, 'stats'>,
  { meter }: Telemetry,
): void {
  const instruments = {
    count: meter.createObservableUpDownCounter('db.client.connection.count', {
      description: 'Connections by state.',
      unit: '{connection}',
    }),
    pending: meter.createObservableUpDownCounter('db.client.connection.pending_requests', {
      description: 'Operations that wait for a connection.',
      unit: '{request}',
    }),
    active: meter.createObservableUpDownCounter('http.client.active_requests', {
      description: 'HTTP requests under way.',
      unit: '{request}',
    }),
    waiting: meter.createObservableUpDownCounter('markitect.connection.pending_requests', {
      description: 'HTTP requests that wait for a connection.',
      unit: '{request}',
    }),
    events: meter.createObservableCounter('markitect.connection.events', {
      description: 'What connections count.',
      unit: '{event}',
    }),
    time: meter.createObservableCounter('markitect.connection.time', {
      description: 'Time spent waiting.',
      unit: 's',
    }),
    state: meter.createObservableGauge('markitect.connection.state', {
      description: '1 for the state that a part of a connection is in.',
    }),
  };
  meter.addBatchObservableCallback((result) => {
    for (const [name, stats] of Object.entries(connections.stats()))
      observe(result, instruments, name, stats);
  }, Object.values(instruments));
}

type Instruments = Readonly<
  Record<'count' | 'pending' | 'active' | 'waiting' | 'events' | 'time' | 'state', Observable>
>;

function observe(result: BatchObservableResult, to: Instruments, name: string, stats: Stats): void {
  const connection = { 'markitect.connection.name': name };
  for (const [lease, { inUse, idle, waiting, waitMs }] of Object.entries(stats.leases)) {
    const waits = { ...connection, 'markitect.connection.lease': lease };
    result.observe(to.time, waitMs / 1000, { ...waits, 'markitect.connection.event': 'lease_wait' });
    if (stats.kind === 'http') {
      result.observe(to.active, inUse, connection);
      result.observe(to.waiting, waiting, connection);
      continue;
    }
    const pool = { 'db.client.connection.pool.name': `${name}/${lease}` };
    result.observe(to.count, inUse, { ...pool, 'db.client.connection.state': 'used' });
    result.observe(to.count, idle, { ...pool, 'db.client.connection.state': 'idle' });
    result.observe(to.pending, waiting, pool);
  }
  for (const [counter, value] of Object.entries(stats.counters ?? {})) {
    const isTime = counter.endsWith('Ms');
    const event = snakeCase(isTime ? counter.slice(0, -2) : counter);
    result.observe(isTime ? to.time : to.events, isTime ? value / 1000 : value, {
      ...connection,
      'markitect.connection.event': event,
    });
  }
  for (const [part, state] of Object.entries(stats.states ?? {})) {
    result.observe(to.state, 1, {
      ...connection,
      'markitect.connection.part': part,
      'markitect.connection.state': state,
    });
  }
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
