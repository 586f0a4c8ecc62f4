export { composeApplication } from './composition/application.js';
export type {
  Application,
  ApplicationOptions,
  OpenOptions,
  WorkspacePlaces,
} from './composition/application.js';
export type { WorkerOptions } from './composition/register-tasks.js';
export { databaseFile } from './composition/data-directory.js';
export type { CutoverAdministration, ExplainedRepair, MovedState } from './cutover/cutover-administration.js';
export type { BackfillProgress } from './cutover/backfill-progress.js';
export type { CutoverStatus, CutoverStep } from './cutover/cutover-status.js';
export type { SideFailure, SideHealth } from './cutover/side-probes.js';
export type { Blocker, Difference, Judgement, KeyDifference, RepairReport } from '@markitect/migration';
export { startTelemetry } from './telemetry/start-telemetry.js';
export type { RunningTelemetry, TelemetryOptions } from './telemetry/start-telemetry.js';
export { openProfiles } from './legacy-profiles.js';
export { serve } from './serve.js';
export type { RunningServer, ServeOptions } from './serve.js';
export { openapiDocument } from './openapi.js';
export type { DatabaseCheck, DatabaseOperations, DatabaseOverview } from './database/database-operations.js';
