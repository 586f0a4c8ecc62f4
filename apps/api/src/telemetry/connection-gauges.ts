import type { ConnectionManager } from '@markitect/connections';
import type { Telemetry } from '@markitect/telemetry';

/**
 * Shows the use of every connection pool when metrics are collected: connections idle and used, and how many
 * operations wait for one, under the names of the semantic conventions for databases.
 */
export function observeConnections(
  connections: Pick<ConnectionManager, 'stats'>,
  { meter }: Telemetry,
): void {
  const count = meter.createObservableUpDownCounter('db.client.connection.count', {
    description: 'Connections by state.',
    unit: '{connection}',
  });
  const pending = meter.createObservableUpDownCounter('db.client.connection.pending_requests', {
    description: 'Operations that wait for a connection.',
    unit: '{request}',
  });
  meter.addBatchObservableCallback(
    (result) => {
      for (const [name, { leases }] of Object.entries(connections.stats())) {
        for (const [lease, { inUse, idle, waiting }] of Object.entries(leases)) {
          const pool = { 'db.client.connection.pool.name': `${name}/${lease}` };
          result.observe(count, inUse, { ...pool, 'db.client.connection.state': 'used' });
          result.observe(count, idle, { ...pool, 'db.client.connection.state': 'idle' });
          result.observe(pending, waiting, pool);
        }
      }
    },
    [count, pending],
  );
}
