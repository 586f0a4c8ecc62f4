export { SqliteConnection } from './sqlite.connection.js';
export type { MigrationReport } from './migrations/schema-state.js';
export type { SqliteOptions } from './sqlite-options.js';
export { SqliteDocumentRepository } from './documents/sqlite-document-repository.js';
export type { SqliteDocumentOptions } from './documents/sqlite-document-repository.js';
export { SqliteUnitOfWork } from './unit-of-work/sqlite-unit-of-work.js';
export type {
  AddedRepositories,
  PendingEffects,
  RecoveryReport,
} from './unit-of-work/sqlite-unit-of-work.js';
export type {
  EffectFailure,
  MessageHandler,
  NoRepositories,
  OutboxMessage,
  SqliteUnitOfWorkOptions,
  TransactionalFileStore,
  TransactionRepositoryFactory,
} from './unit-of-work/unit-of-work-options.js';
export type { SqlExecutor, SqlReader } from './engine/sql-executor.js';
export { SqliteWorkspaceRepository } from './workspaces/sqlite-workspace-repository.js';
export { LOCAL_TRACKER } from './issues/issue-writes.js';
export { SqliteIssueMirror } from './issues/sqlite-issue-mirror.js';
export { SqliteIssueRepository } from './issues/sqlite-issue-repository.js';
export type { SqliteIssueOptions } from './issues/sqlite-issue-repository.js';
export { SqliteCacheTier } from './cache/sqlite-cache-tier.js';
export type { SqliteCacheTierOptions } from './cache/sqlite-cache-tier.js';
export { SqliteInvalidationLog } from './cache/sqlite-invalidation-log.js';
export type { SqliteInvalidationLogOptions } from './cache/sqlite-invalidation-log.js';
export { SqliteLeaseStore } from './cache/sqlite-lease-store.js';
export type { SqliteLeaseStoreOptions } from './cache/sqlite-lease-store.js';
export { SqliteRateLimitRepository } from './research/sqlite-rate-limit-repository.js';
export { SqliteScrapingJobRepository } from './research/sqlite-scraping-job-repository.js';
export { SqliteSearchRepository } from './research/sqlite-search-repository.js';
export type { SqliteResearchOptions } from './research/sqlite-search-repository.js';
export { SqliteSearchResultRepository } from './research/sqlite-search-result-repository.js';
export { SqliteAdministration } from './administration/sqlite-administration.js';
export type { BackupOptions, BackupReport, CopyProgress } from './administration/backup.js';
export type { AdviceOptions, IndexProposal, PlanAdvice, StoreAdvice } from './administration/plan-advice.js';
export type { RevertPreview } from './administration/revert-preview.js';
export type { SchemaColumn, SchemaIndex, SchemaReference, SchemaTable } from './administration/schema.js';
export { diagramFormats, drawSchema } from './administration/schema-diagram.js';
export type { DiagramFormat } from './administration/schema-diagram.js';
export { madeCheck } from './administration/store-checks.js';
export type { StoreCheck } from './administration/store-checks.js';
export { totalBytes } from './administration/store-status.js';
export type { IndexSize, StoreStatus, TableSize } from './administration/store-status.js';
export { SqliteTaskQueue } from './tasks/sqlite-task-queue.js';
export type { SqliteTaskOptions } from './tasks/sqlite-task-queue.js';
export { SqliteTaskScheduleRepository } from './tasks/sqlite-task-schedule-repository.js';
export { SqliteTaskSignal } from './tasks/sqlite-task-signal.js';
export type { SqliteTaskSignalOptions } from './tasks/sqlite-task-signal.js';
export {
  SqliteAnalyticsReplicaStore,
  SqliteAnalyticsRepository,
} from './people/sqlite-analytics-repository.js';
export {
  SqliteConversationReplicaStore,
  SqliteConversationRepository,
} from './people/sqlite-conversation-repository.js';
export {
  SqliteConfigurationReplicaStore,
  SqliteConfigurationRepository,
  SqliteProfileReplicaStore,
  SqliteProfileRepository,
} from './people/sqlite-record-repository.js';
export type { SqlitePeopleOptions } from './people/sqlite-record-repository.js';
export { SqliteCutoverStateStore } from './cutover/sqlite-cutover-state-store.js';
export type { SqliteCutoverStateOptions } from './cutover/sqlite-cutover-state-store.js';
