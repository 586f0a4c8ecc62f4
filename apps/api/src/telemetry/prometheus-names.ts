import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';

/** Units as Prometheus names them. */
const unitNames: Readonly<Record<string, string>> = { s: 'seconds', ms: 'milliseconds', By: 'bytes' };

/**
 * The metrics with their unit at the end of their name, as Prometheus wants it and the exporter does not do:
 * `http.server.request.duration` in `s` becomes `http_server_request_duration_seconds`. Counts of things (`{request}`)
 * have no unit there, and a name that ends with its unit stays as it is.
 */
export function prometheusNames(metrics: ResourceMetrics): ResourceMetrics {
  return {
    ...metrics,
    scopeMetrics: metrics.scopeMetrics.map((scope) => ({
      ...scope,
      metrics: scope.metrics.map((metric) => {
        const unit = unitNames[metric.descriptor.unit];
        const own = metric.descriptor.name;
        const name = unit === undefined || own.endsWith(`.${unit}`) ? own : `${own}.${unit}`;
        return { ...metric, descriptor: { ...metric.descriptor, name, unit: unit ?? '' } };
      }),
    })),
  };
}
