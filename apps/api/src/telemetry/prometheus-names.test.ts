import { expect, it } from '@jest/globals';
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import { prometheusNames } from './prometheus-names.js';

class Reader extends MetricReader {
  protected override async onShutdown(): Promise<void> {}
  protected override async onForceFlush(): Promise<void> {}
}

it.each([
  ['http.request.duration', 's', 'http.request.duration.seconds'],
  ['cache.size', 'By', 'cache.size.bytes'],
  ['cache.bytes', 'By', 'cache.bytes'],
  ['megabytes', 'By', 'megabytes.bytes'],
  ['requests', '{request}', 'requests'],
])('%s in %s is %s', async (name, unit, expected) => {
  const reader = new Reader();
  const meter = new MeterProvider({ readers: [reader] }).getMeter('test');
  meter.createCounter(name, { unit }).add(1);
  const { scopeMetrics } = prometheusNames((await reader.collect()).resourceMetrics);
  expect(scopeMetrics[0]?.metrics.map(({ descriptor }) => descriptor.name)).toEqual([expected]);
});
