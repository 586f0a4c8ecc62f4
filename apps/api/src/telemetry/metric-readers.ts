import { diag } from '@opentelemetry/api';
import {
  ConsoleMetricExporter,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
} from '@opentelemetry/sdk-metrics';

/**
 * The metric readers that the `OTEL_*` variables name. The SDK makes them itself only when it is given no reader at
 * all, and the API always brings one for Prometheus. A value that means nothing is reported and ignored, as the
 * specification demands.
 */
export async function metricReaders(env: NodeJS.ProcessEnv): Promise<PeriodicExportingMetricReader[]> {
  const readers: PeriodicExportingMetricReader[] = [];
  for (const name of new Set(
    (env['OTEL_METRICS_EXPORTER'] ?? 'otlp').split(',').map((part) => part.trim()),
  )) {
    const exporter = await exporterNamed(name, env);
    if (exporter === undefined) continue;
    const exportIntervalMillis = milliseconds(env, 'OTEL_METRIC_EXPORT_INTERVAL', 60_000);
    const exportTimeoutMillis = Math.min(
      exportIntervalMillis,
      milliseconds(env, 'OTEL_METRIC_EXPORT_TIMEOUT', 30_000),
    );
    readers.push(new PeriodicExportingMetricReader({ exporter, exportIntervalMillis, exportTimeoutMillis }));
  }
  return readers;
}

async function exporterNamed(name: string, env: NodeJS.ProcessEnv): Promise<PushMetricExporter | undefined> {
  switch (name) {
    case '':
    case 'otlp':
      return otlpExporter(env);
    case 'console':
      return new ConsoleMetricExporter();
    case 'prometheus':
      // Served at /metrics in any case.
      return undefined;
    default:
      diag.warn(`OTEL_METRICS_EXPORTER: "${name}" is not known`);
      return undefined;
  }
}

/** Loads only the protocol asked for. */
async function otlpExporter(env: NodeJS.ProcessEnv): Promise<PushMetricExporter> {
  const protocol = (
    env['OTEL_EXPORTER_OTLP_METRICS_PROTOCOL'] ??
    env['OTEL_EXPORTER_OTLP_PROTOCOL'] ??
    ''
  ).trim();
  switch (protocol) {
    case 'grpc':
      return new (await import('@opentelemetry/exporter-metrics-otlp-grpc')).OTLPMetricExporter();
    case 'http/json':
      return new (await import('@opentelemetry/exporter-metrics-otlp-http')).OTLPMetricExporter();
    default:
      return new (await import('@opentelemetry/exporter-metrics-otlp-proto')).OTLPMetricExporter();
  }
}

function milliseconds(env: NodeJS.ProcessEnv, name: string, otherwise: number): number {
  const value = Number(env[name]);
  return Number.isFinite(value) && value > 0 ? value : otherwise;
}
