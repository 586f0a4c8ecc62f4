export { definePort } from './port.js';
export type { Operation, OperationTable, Port } from './port.js';
export { causeCode } from './errors/cause-code.js';
export { errorOutcomes, EXIT_PARTIAL } from './errors/error-outcomes.js';
export type { ErrorOutcome } from './errors/error-outcomes.js';
export { decodeCursor, encodeCursor } from './paging/cursor.js';
export { cachePort } from './cache/cache.js';
export type { Cache } from './cache/cache.js';
export { cacheKey, EVERYTHING, invalidationName, namespaceTag } from './cache/cache-names.js';
export type {
  CacheFactory,
  CacheGetOrSetOptions,
  CacheLookup,
  CachePolicy,
  CacheSetOptions,
  FactoryContext,
  PreviousValue,
} from './cache/cache-policy.js';
export { cacheTierPort } from './cache/cache-tier.js';
export type { CacheTier, TierEntry, TierUsage } from './cache/cache-tier.js';
export { invalidationLogPort } from './cache/invalidation-log.js';
export type {
  Invalidation,
  InvalidationLog,
  LatestInvalidations,
  LoggedInvalidation,
  LogPage,
} from './cache/invalidation-log.js';
export { leaseStorePort } from './cache/lease-store.js';
export type { LeaseAnswer, LeaseFailure, LeaseOutcome, LeaseStore } from './cache/lease-store.js';
export { astStorePort } from './documents/ast-store.js';
export type { AstStore } from './documents/ast-store.js';
export { documentRepositoryPort, documentSorts } from './documents/document-repository.js';
export type {
  DocumentFingerprint,
  DocumentQuery,
  DocumentRepository,
  DocumentSearch,
  DocumentSort,
  SaveResult,
} from './documents/document-repository.js';
export { documentSourcePort } from './documents/document-source.js';
export type {
  DocumentSource,
  ResolvedSources,
  SourceFailure,
  SourceFile,
  SourceRequest,
} from './documents/document-source.js';
export { markdownParserPort } from './documents/markdown-parser.js';
export type {
  EncodedTree,
  MarkdownParser,
  ParsedMarkdown,
  SelectedNode,
} from './documents/markdown-parser.js';
export { unitOfWorkPort } from './unit-of-work/unit-of-work.js';
export type {
  OpenTransaction,
  Transaction,
  TransactionCache,
  TransactionFiles,
  TransactionOutbox,
  UnitOfWork,
  UnitOfWorkOptions,
} from './unit-of-work/unit-of-work.js';
export { fileStorePort } from './files/file-store.js';
export type { FileContent, FileStore, StoredFile } from './files/file-store.js';
export { archiverPort } from './workspaces/archiver.js';
export type { ArchiveEntry, Archiver } from './workspaces/archiver.js';
export { workspaceLockPort } from './workspaces/workspace-lock.js';
export type { WorkspaceLease, WorkspaceLock } from './workspaces/workspace-lock.js';
export { workspaceRepositoryPort } from './workspaces/workspace-repository.js';
export type { WorkspaceQuery, WorkspaceRepository } from './workspaces/workspace-repository.js';
export { stagingFileStorePort } from './files/staging-file-store.js';
export type { StagedReplacement, StagingFileStore } from './files/staging-file-store.js';
export { issueIndexPort } from './issues/issue-index.js';
export type { IssueHit, IssueIndex, IssueSearch } from './issues/issue-index.js';
export { issueMirrorPort } from './issues/issue-mirror.js';
export type { IssueMirror, MirroredIssue, MirrorProgress, MirrorStep } from './issues/issue-mirror.js';
export { issueRepositoryPort } from './issues/issue-repository.js';
export type { IssueRepository } from './issues/issue-repository.js';
export { projectRepositoryPort } from './issues/project-repository.js';
export type { Project, ProjectColumn, ProjectRepository } from './issues/project-repository.js';
export { acceptStale, allowedAgeMs, allowStale, staleReads } from './stale/stale-reads.js';
export type { LastKnown, StaleAllowed, Staleness } from './stale/stale-reads.js';
