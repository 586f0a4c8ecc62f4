export { composeApplication } from './composition/application.js';
export type {
  Application,
  ApplicationOptions,
  OpenOptions,
  WorkspacePlaces,
} from './composition/application.js';
export { databaseFile } from './composition/data-directory.js';
export { startTelemetry } from './telemetry/start-telemetry.js';
export type { RunningTelemetry, TelemetryOptions } from './telemetry/start-telemetry.js';
export { serve } from './serve.js';
export type { RunningServer, ServeOptions } from './serve.js';
export { openapiDocument } from './openapi.js';
