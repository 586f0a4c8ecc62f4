import type { Meter, Tracer } from '@opentelemetry/api';

/** Where spans and measurements go. An app makes it from the SDK it has started; packages only pass it on. */
export interface Telemetry {
  readonly tracer: Tracer;
  readonly meter: Meter;
}
