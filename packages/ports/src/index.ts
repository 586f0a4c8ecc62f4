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
export { issueBlockersPort } from './issues/issue-blockers.js';
export type { IssueBlockers } from './issues/issue-blockers.js';
export { issueIndexPort } from './issues/issue-index.js';
export type { IssueHit, IssueIndex, IssueSearch } from './issues/issue-index.js';
export { issueMirrorPort } from './issues/issue-mirror.js';
export type {
  IssueMirror,
  MirroredIssue,
  MirrorProgress,
  MirrorStep,
  MirrorTurn,
  TurnRequest,
} from './issues/issue-mirror.js';
export { issueRepositoryPort } from './issues/issue-repository.js';
export type { IssueRepository } from './issues/issue-repository.js';
export { limitedRequest, withinLimits } from './issues/operation-deadline.js';
export type { OperationLimits } from './issues/operation-deadline.js';
export { projectRepositoryPort } from './issues/project-repository.js';
export type { Project, ProjectColumn, ProjectRepository } from './issues/project-repository.js';
export { acceptStale, allowedAgeMs, allowStale, staleReads } from './stale/stale-reads.js';
export type { LastKnown, StaleAllowed, Staleness } from './stale/stale-reads.js';
export { taskQueuePort } from './tasks/task-queue.js';
export type {
  EnqueuedTask,
  HoldState,
  TaskClaim,
  TaskHold,
  TaskOutcome,
  TaskQuery,
  TaskQueue,
  TaskTypeStats,
} from './tasks/task-queue.js';
export { taskScheduleRepositoryPort } from './tasks/task-schedule-repository.js';
export type { TaskScheduleRepository } from './tasks/task-schedule-repository.js';
export { taskSignalPort } from './tasks/task-signal.js';
export type { TaskSignal } from './tasks/task-signal.js';
export { RATE_MARGIN, rateLimitRepositoryPort } from './research/rate-limit-repository.js';
export type { RateLimitRepository, RatePermit } from './research/rate-limit-repository.js';
export { MAX_EXACT_RATE, nextPermit, nextPermitTime, paceOf, renewedPermit } from './research/rate-pace.js';
export type { RatePace, RateStep } from './research/rate-pace.js';
export { scraperPort } from './research/scraper.js';
export type { Scraper, ScrapeEvent, ScrapeRequest } from './research/scraper.js';
export { scrapingJobRepositoryPort } from './research/scraping-job-repository.js';
export type { ScrapingJobChange, ScrapingJobRepository } from './research/scraping-job-repository.js';
export { searchRepositoryPort } from './research/search-repository.js';
export type { SearchQuery, SearchRepository } from './research/search-repository.js';
export { searchResultRepositoryPort } from './research/search-result-repository.js';
export type { SearchResultQuery, SearchResultRepository } from './research/search-result-repository.js';
export { analyticsRepositoryPort } from './people/analytics-repository.js';
export type { AnalyticsQuery, AnalyticsRepository } from './people/analytics-repository.js';
export { conversationRepositoryPort } from './people/conversation-repository.js';
export type { ConversationQuery, ConversationRepository } from './people/conversation-repository.js';
export { configurationRepositoryPort, profileRepositoryPort } from './people/record-repository.js';
export type { RecordQuery, RecordRepository } from './people/record-repository.js';
export { compareCodePoints } from './paging/compare-code-points.js';
export {
  analyticsSequence,
  checkAnalyticsQuery,
  conversationSequence,
  isAskedFor,
  messageSequence,
  recordSequence,
} from './people/people-sequences.js';
export type { PagedSequence } from './people/people-sequences.js';
export { conversationOfEntry, eventOfEntry, recordOfEntry, replicaEntry } from './people/replica-states.js';
export type { ConversationState } from './people/replica-states.js';
export { cutoverStateStorePort } from './cutover/cutover-state-store.js';
export type {
  CutoverChange,
  CutoverMark,
  CutoverStateStore,
  MarkAnswer,
  MarkedKey,
  MarkToken,
  StageChange,
} from './cutover/cutover-state-store.js';
export { replicaStorePort } from './cutover/replica-store.js';
export type { ReplicaEntry, ReplicaStore } from './cutover/replica-store.js';
