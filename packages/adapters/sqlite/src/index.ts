export { SqliteConnection } from './sqlite.connection.js';
export type { MigrationReport } from './sqlite.connection.js';
export type { SqliteOptions } from './sqlite-options.js';
export { SqliteDocumentRepository } from './documents/sqlite-document-repository.js';
export { SqliteUnitOfWork } from './unit-of-work/sqlite-unit-of-work.js';
export type {
  AddedRepositories,
  PendingEffects,
  RecoveryReport,
} from './unit-of-work/sqlite-unit-of-work.js';
export type {
  EffectFailure,
  Invalidation,
  MessageHandler,
  NoRepositories,
  OutboxMessage,
  SqliteUnitOfWorkOptions,
  TransactionalFileStore,
  TransactionRepositoryFactory,
} from './unit-of-work/unit-of-work-options.js';
export type { SqlExecutor, SqlReader } from './engine/sql-executor.js';
export { SqliteWorkspaceRepository } from './workspaces/sqlite-workspace-repository.js';
