export { SqliteConnection } from './sqlite.connection.js';
export type { MigrationReport } from './sqlite.connection.js';
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
