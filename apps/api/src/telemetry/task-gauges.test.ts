import { expect, it } from '@jest/globals';
import type { WorkerEvent } from '@markitect/application';
import type { Task } from '@markitect/domain';
import { trace } from '@opentelemetry/api';
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import { meteredWorker, observeTasks } from './task-gauges.js';

class Reader extends MetricReader {
  protected onForceFlush = () => Promise.resolve();
  protected onShutdown = () => Promise.resolve();
}

function measured() {
  const reader = new Reader();
  const meter = new MeterProvider({ readers: [reader] }).getMeter('test');
  const collect = async () => {
    const { resourceMetrics } = await reader.collect();
    return resourceMetrics.scopeMetrics.flatMap(({ metrics }) =>
      metrics.flatMap(({ descriptor, dataPoints }) =>
        dataPoints.map(({ attributes, value }) => {
          const shown = typeof value === 'number' ? value : (value as { sum: number }).sum;
          return `${[descriptor.name, ...Object.values(attributes)].join(' ')} = ${shown}`;
        }),
      ),
    );
  };
  return { telemetry: { meter, tracer: trace.getTracer('test') }, collect };
}

it('shows depth, age and pauses by type', async () => {
  const { telemetry, collect } = measured();
  const counts = { delayed: 1, waiting: 2, running: 3, completed: 9, cancelled: 9, dead: 4 };
  const stats = () =>
    Promise.resolve([{ type: 'a', counts, oldestWaiting: '2026-11-21T08:00:00.000Z', isPaused: true }]);
  observeTasks({ stats }, telemetry, () => Date.parse('2026-11-21T08:00:05.000Z'));
  expect(await collect()).toEqual([
    'markitect.tasks.depth a delayed = 1',
    'markitect.tasks.depth a waiting = 2',
    'markitect.tasks.depth a running = 3',
    'markitect.tasks.depth a dead = 4',
    'markitect.tasks.oldest_age a = 5',
    'markitect.tasks.paused a = 1',
  ]);
});

it('measures what a worker does, and passes it on', async () => {
  const { telemetry, collect } = measured();
  const told: WorkerEvent[] = [];
  const onEvent = meteredWorker(telemetry, (event) => told.push(event));
  const task = { type: 'a' } as Task;
  onEvent({ kind: 'started', task, waitMs: 500 });
  onEvent({ kind: 'ended', task, end: 'retrying', runMs: 1500 });
  onEvent({ kind: 'rescued', count: 2 });
  expect(await collect()).toEqual([
    'markitect.tasks.wait a = 0.5',
    'markitect.tasks.run a retrying = 1.5',
    'markitect.tasks.attempts a retrying = 1',
    'markitect.tasks.rescued = 2',
  ]);
  expect(told).toHaveLength(3);
  expect(() => meteredWorker(undefined)({ kind: 'rescued', count: 1 })).not.toThrow();
});
