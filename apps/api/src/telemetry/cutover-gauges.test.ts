import { expect, it } from '@jest/globals';
import { defaultCutoverLimits } from '@markitect/domain';
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import type { CutoverStatus } from '../cutover/cutover-status.js';
import { observeCutovers } from './cutover-gauges.js';

class Reader extends MetricReader {
  protected override async onShutdown(): Promise<void> {}
  protected override async onForceFlush(): Promise<void> {}
}

const status: CutoverStatus = {
  component: 'users',
  stage: 'served',
  percent: 25,
  epoch: 3,
  isCarryingOver: false,
  limits: defaultCutoverLimits,
  changedAt: '2026-11-21T08:00:00.000Z',
  isShared: false,
  isDegraded: false,
  isUp: { legacy: false, modern: true },
  failures: { legacy: { code: 'FILE_NOT_FOUND', message: 'gone' } },
  places: { legacy: 'users.json', modern: 'markitect.db' },
  repairs: { inFlight: 1, pending: 2 },
  lagMs: 3500,
  measured: [],
  next: 'switch-reads',
  blockers: [],
};

it('shows where components stand, and which of their sides are up', async () => {
  const reader = new Reader();
  const provider = new MeterProvider({ readers: [reader] });
  const cutover = { names: ['users'], status: () => Promise.resolve([status]) };
  observeCutovers(cutover, { meter: provider.getMeter('test') } as never);
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
    'markitect.cutover.degraded{users} = 0',
    'markitect.cutover.lag{users} = 3.5',
    'markitect.cutover.percent{users} = 25',
    'markitect.cutover.repairs{users in-flight} = 1',
    'markitect.cutover.repairs{users pending} = 2',
    'markitect.cutover.stage{users complete} = 0',
    'markitect.cutover.stage{users legacy} = 0',
    'markitect.cutover.stage{users mirror} = 0',
    'markitect.cutover.stage{users modern} = 0',
    'markitect.cutover.stage{users served} = 1',
    'markitect.cutover.up{users legacy} = 0',
    'markitect.cutover.up{users modern} = 1',
  ]);
});
