import { version as nodeVersion } from 'node:process';
import {
  context,
  diag,
  DiagConsoleLogger,
  DiagLogLevel,
  metrics,
  propagation,
  trace,
} from '@opentelemetry/api';
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { prometheusNames } from './prometheus-names.js';
import type { IMetricReader } from '@opentelemetry/sdk-metrics';
import { NodeSDK, resources } from '@opentelemetry/sdk-node';
import { ATTR_SERVICE_NAME, ATTR_SERVICE_VERSION } from '@opentelemetry/semantic-conventions';
import { metricReaders } from './metric-readers.js';
import type { RequestedSignals, RunningTelemetry, TelemetryOptions } from './start-telemetry.js';

/** OpenTelemetry registers one SDK for a whole process: several apps in one share it, and the last one ends it. */
let shared: { readonly running: Promise<RunningTelemetry>; users: number } | undefined;

/**
 * Starts the SDK with exactly the signals asked for, or joins the one that runs. A module of its own: loading the SDK
 * takes a quarter second.
 */
export async function startSdk(...args: Parameters<typeof startFirst>): Promise<RunningTelemetry> {
  const sdk = (shared ??= { running: startFirst(...args), users: 0 });
  sdk.users += 1;
  const running = await sdk.running;
  let isLeft = false;
  return {
    ...running,
    shutdown: async () => {
      if (isLeft) return;
      isLeft = true;
      sdk.users -= 1;
      if (sdk.users > 0) return;
      shared = undefined;
      await running.shutdown();
    },
  };
}

async function startFirst(
  env: NodeJS.ProcessEnv,
  signals: RequestedSignals,
  options: TelemetryOptions,
): Promise<RunningTelemetry> {
  // Without this an exporter that cannot reach its collector fails in silence.
  if ((env['OTEL_LOG_LEVEL'] ?? '') === '') {
    diag.setLogger(new DiagConsoleLogger(), { logLevel: DiagLogLevel.ERROR, suppressOverrideMessage: true });
  }
  const prometheus =
    options.prometheus === true ? new PrometheusExporter({ preventServerStart: true }) : undefined;
  const readers: IMetricReader[] = signals.metrics ? await metricReaders(env) : [];
  if (prometheus !== undefined) readers.push(prometheus);

  const sdk = new NodeSDK({
    resource: resources.defaultResource().merge(
      resources.resourceFromAttributes({
        [ATTR_SERVICE_NAME]: options.serviceName,
        [ATTR_SERVICE_VERSION]: options.serviceVersion,
        'process.runtime.name': 'nodejs',
        'process.runtime.version': nodeVersion.slice(1),
      }),
    ),
    // The process detector would record the command line, which may hold a token.
    ...((env['OTEL_NODE_RESOURCE_DETECTORS'] ?? '') === ''
      ? { resourceDetectors: [resources.envDetector] }
      : {}),
    metricReaders: readers,
    logRecordProcessors: [],
    ...(signals.traces ? {} : { spanProcessors: [] }),
  });
  sdk.start();
  // Metrics alone need no context to be carried along, which every await would pay for.
  if (!signals.traces) for (const api of [context, propagation]) api.disable();

  return {
    telemetry: {
      tracer: trace.getTracer(options.serviceName, options.serviceVersion),
      meter: metrics.getMeter(options.serviceName, options.serviceVersion),
    },
    ...(prometheus === undefined ? {} : { scrape: () => scrape(prometheus) }),
    shutdown: async () => {
      await sdk.shutdown().catch((error: unknown) => diag.error('telemetry did not end cleanly', error));
      for (const api of [trace, metrics, context, propagation]) api.disable();
    },
  };
}

async function scrape(prometheus: PrometheusExporter): Promise<string> {
  const { resourceMetrics } = await prometheus.collect();
  return new PrometheusSerializer().serialize(prometheusNames(resourceMetrics));
}
