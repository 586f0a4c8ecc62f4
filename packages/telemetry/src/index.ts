export type { Telemetry } from './telemetry.js';
export { OPERATION_DURATION, traced } from './traced.js';
export type { TracedOptions } from './traced.js';
