import type { Telemetry } from '@markitect/telemetry';

/** What an app says of itself, and wants. */
export interface TelemetryOptions {
  /** `service.name`, unless `OTEL_SERVICE_NAME` or `OTEL_RESOURCE_ATTRIBUTES` name another. */
  readonly serviceName: string;
  readonly serviceVersion: string;
  /** Collect metrics for `scrape()` even if no variable asks for any. Default: no. */
  readonly prometheus?: boolean;
}

/** A started OpenTelemetry SDK. */
export interface RunningTelemetry {
  readonly telemetry: Telemetry;
  /** All metrics now, as Prometheus text. Only with `prometheus`. */
  readonly scrape?: () => Promise<string>;
  /** Exports what is left and takes the SDK down. Never throws: telemetry does not fail an app. */
  shutdown(): Promise<void>;
}

/** What the `OTEL_*` variables ask for. */
export interface RequestedSignals {
  readonly traces: boolean;
  readonly metrics: boolean;
}

/**
 * Starts OpenTelemetry if the standard `OTEL_*` variables ask for traces or metrics (an exporter or an OTLP endpoint
 * is named), or if `prometheus` does. Otherwise, and with `OTEL_SDK_DISABLED=true`, answers `undefined` and loads
 * nothing: unlike the SDK alone, which would export to localhost. `env` decides whether to start; the SDK reads its
 * details from the environment of the process itself.
 */
export async function startTelemetry(
  env: NodeJS.ProcessEnv,
  options: TelemetryOptions,
): Promise<RunningTelemetry | undefined> {
  const signals = requestedSignals(env);
  if (signals === undefined || !(signals.traces || signals.metrics || options.prometheus === true)) {
    return undefined;
  }
  const { startSdk } = await import('./start-sdk.js');
  return startSdk(env, signals, options);
}

function requestedSignals(env: NodeJS.ProcessEnv): RequestedSignals | undefined {
  if (env['OTEL_SDK_DISABLED']?.trim().toLowerCase() === 'true') return undefined;
  const isRequested = (signal: 'TRACES' | 'METRICS') => {
    const exporter = env[`OTEL_${signal}_EXPORTER`]?.trim() ?? '';
    if (exporter !== '') return exporter !== 'none';
    return [`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`, 'OTEL_EXPORTER_OTLP_ENDPOINT'].some(
      (name) => (env[name]?.trim() ?? '') !== '',
    );
  };
  return { traces: isRequested('TRACES'), metrics: isRequested('METRICS') };
}
