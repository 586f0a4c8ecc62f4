import { expect, it } from '@jest/globals';
import { CacheManager } from '@markitect/adapter-cache';
import { metrics } from '@opentelemetry/api';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { tracedFactories } from './traced-factories.js';

it('makes a span of each value that is made, which tells of its part of the cache and not of its key', async () => {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const telemetry = { tracer: provider.getTracer('test'), meter: metrics.getMeter('test') };
  const aroundFactory = tracedFactories(telemetry);
  expect(tracedFactories(undefined)).toBeUndefined();
  const manager = new CacheManager({
    memory: { maxBytes: 1_000_000 },
    ...(aroundFactory === undefined ? {} : { aroundFactory }),
  });
  const cache = manager.namespace<number>('issues');
  await expect(cache.getOrSet('secret-key', () => 1)).resolves.toBe(1);
  await cache.getOrSet('secret-key', () => 2);
  await expect(cache.getOrSet('secret-other', () => Promise.reject(new TypeError('no')))).rejects.toThrow(
    'no',
  );
  const spans = exporter.getFinishedSpans();
  expect(
    spans.map(({ name, attributes }) => [name, attributes['markitect.key'], attributes['error.type']]),
  ).toEqual([
    ['CacheFactories.run', 'issues', undefined],
    ['CacheFactories.run', 'issues', 'TypeError'],
  ]);
  expect(JSON.stringify(spans.map(({ attributes }) => attributes))).not.toContain('secret');
});
