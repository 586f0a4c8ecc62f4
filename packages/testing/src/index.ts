export { describeCacheContract } from './cache/cache.contract.js';
export type { OpenCache } from './cache/cache.contract.js';
export { describeCacheTierContract } from './cache/cache-tier.contract.js';
export type { OpenCacheTier } from './cache/cache-tier.contract.js';
export { InMemoryCache } from './cache/in-memory-cache.js';
export { InMemoryCacheTier } from './cache/in-memory-cache-tier.js';
export { describeInvalidationLogContract } from './cache/invalidation-log.contract.js';
export type { OpenInvalidationLog } from './cache/invalidation-log.contract.js';
export { describeLeaseStoreContract } from './cache/lease-store.contract.js';
export type { OpenLeaseStore } from './cache/lease-store.contract.js';
export { VirtualTime } from './cache/virtual-time.js';
export { describeAstStoreContract } from './documents/ast-store.contract.js';
export type { OpenAstStore } from './documents/ast-store.contract.js';
export { contentHash, documentDraft, documentLink } from './documents/document-draft.js';
export type { DraftOverrides } from './documents/document-draft.js';
export { describeDocumentRepositoryContract } from './documents/document-repository.contract.js';
export { FakeMarkdownParser } from './documents/fake-markdown-parser.js';
export { InMemoryAstStore } from './documents/in-memory-ast-store.js';
export { InMemoryDocumentRepository } from './documents/in-memory-document-repository.js';
export { InMemoryDocumentSource } from './documents/in-memory-document-source.js';
export type { InMemoryFile } from './documents/in-memory-document-source.js';
export { describeMarkdownParserContract } from './documents/markdown-parser.contract.js';
export type { OpenMarkdownParser } from './documents/markdown-parser.contract.js';
export type {
  DocumentContractOptions,
  OpenRepository,
} from './documents/repository-contract/contract-section.js';
export { markitectFailure } from './markitect-failure.js';
export { InMemoryUnitOfWork } from './unit-of-work/in-memory-unit-of-work.js';
export { describeUnitOfWorkContract } from './unit-of-work/unit-of-work.contract.js';
export type { OpenedUnitOfWork, OpenUnitOfWork } from './unit-of-work/contract/contract-section.js';
export type { SentMessage } from './unit-of-work/working-state.js';
export { FakeArchiver } from './workspaces/fake-archiver.js';
export { InMemoryWorkspaceLock } from './workspaces/in-memory-workspace-lock.js';
export { InMemoryWorkspaceRepository } from './workspaces/in-memory-workspace-repository.js';
export { describeArchiverContract } from './workspaces/archiver.contract.js';
export type { OpenedArchiver } from './workspaces/archiver.contract.js';
export { describeWorkspaceLockContract } from './workspaces/workspace-lock.contract.js';
export type { OpenedWorkspaceLocks } from './workspaces/workspace-lock.contract.js';
export { describeWorkspaceRepositoryContract } from './workspaces/workspace-repository.contract.js';
export type { OpenWorkspaceRepository } from './workspaces/workspace-repository.contract.js';
export { workspaceManifest } from './workspaces/workspace-manifest.js';
export { describeFileStoreContract } from './files/file-store.contract.js';
export type { OpenFileStore } from './files/file-store.contract.js';
export { InMemoryFileStore } from './files/in-memory-file-store.js';
export { describeStagingFileStoreContract } from './files/staging-file-store.contract.js';
export { issue, issueLabel, issueMilestone } from './issues/issue-builders.js';
export { IssueBook } from './issues/issue-book.js';
export { InMemoryIssueMirror } from './issues/in-memory-issue-mirror.js';
export { InMemoryIssueRepository } from './issues/in-memory-issue-repository.js';
export type { InMemoryIssueOptions } from './issues/in-memory-issue-repository.js';
export { InMemoryProjectRepository } from './issues/in-memory-project-repository.js';
export type { InMemoryBoard } from './issues/in-memory-project-repository.js';
export {
  describeIssueRepositoryContract,
  describeReadOnlyIssuesContract,
} from './issues/issue-repository.contract.js';
export type { OpenReadOnlyIssues, TrackerContent } from './issues/issue-repository.contract.js';
export { describeProjectRepositoryContract } from './issues/project-repository.contract.js';
export type { OpenedProjects } from './issues/project-repository.contract.js';
export type {
  OpenedIssueRepository,
  OpenIssueRepository,
} from './issues/repository-contract/contract-section.js';
export { seededRandom } from './seeded-random.js';
export { startGitea } from './services/gitea.js';
export type { GiteaOptions, GiteaService } from './services/gitea.js';
export { giteaProgram } from './services/gitea-program.js';
export { startRedis } from './services/redis.js';
export type { RedisService } from './services/redis.js';
export { describeWithService, itWhere, servicesAreRequired } from './services/service-requirement.js';
export type { ServiceName } from './services/service-requirement.js';
export { describeIssueIndexContract } from './issues/issue-index.contract.js';
export type { OpenedIssueIndex } from './issues/issue-index.contract.js';
export { describeIssueMirrorContract } from './issues/issue-mirror.contract.js';
export type { OpenedIssueMirror } from './issues/issue-mirror.contract.js';
export { seedIssues } from './services/seed-gitea.js';
export type { SeededIssues, SeedOptions } from './services/seed-gitea.js';
export { startFaultProxy } from './faults/fault-proxy.js';
export type { FaultProxy, FaultProxyOptions, ProxiedRequest } from './faults/fault-proxy.js';
export { faultKinds } from './faults/fault-kinds.js';
export type { FaultKind } from './faults/fault-kinds.js';
export { InMemoryRateLimitRepository } from './research/in-memory-rate-limit-repository.js';
export { InMemoryScrapingJobRepository } from './research/in-memory-scraping-job-repository.js';
export { InMemorySearchRepository } from './research/in-memory-search-repository.js';
export { InMemorySearchResultRepository } from './research/in-memory-search-result-repository.js';
export { ResearchBook } from './research/research-book.js';
export { FakeScraper } from './research/fake-scraper.js';
export type { FakeScraperOptions } from './research/fake-scraper.js';
export { describeScraperContract } from './research/scraper.contract.js';
export type { OpenedScraper, OpenScraper } from './research/scraper.contract.js';
export { startTestSite } from './services/test-site.js';
export type { TestSite, TestSiteOptions, TestSiteRequest } from './services/test-site.js';
export {
  articlePaths,
  everythingAnswers,
  everythingPaths,
  everythingQuestion,
} from './services/test-site-pages.js';
export type { TestPage } from './services/test-site-pages.js';
export { foundResult, searchDraftOf, searchWithJobs } from './research/research-contract.js';
export type { OpenedResearch, OpenResearch } from './research/research-contract.js';
export { describeRateLimitRepositoryContract } from './research/rate-limit-repository.contract.js';
export type { OpenedRateLimits } from './research/rate-limit-repository.contract.js';
export { describeScrapingJobRepositoryContract } from './research/scraping-job-repository.contract.js';
export { describeSearchRepositoryContract } from './research/search-repository.contract.js';
export { describeSearchResultRepositoryContract } from './research/search-result-repository.contract.js';
export { InMemoryTaskQueue } from './tasks/in-memory-task-queue.js';
export { InMemoryTaskScheduleRepository } from './tasks/in-memory-task-schedule-repository.js';
export { InMemoryTaskSignal } from './tasks/in-memory-task-signal.js';
export { TaskBook } from './tasks/task-book.js';
export { describeTaskQueueContract } from './tasks/task-queue.contract.js';
export type { OpenedTaskQueue, OpenTaskQueue } from './tasks/queue-contract/contract-section.js';
export { describeTaskScheduleRepositoryContract } from './tasks/task-schedule-repository.contract.js';
export type { OpenedTaskSchedules } from './tasks/task-schedule-repository.contract.js';
export { describeTaskSignalContract } from './tasks/task-signal.contract.js';
export type { OpenedTaskSignal } from './tasks/task-signal.contract.js';
export { describeAnalyticsRepositoryContract } from './people/analytics-repository.contract.js';
export { describeConversationRepositoryContract } from './people/conversation-repository.contract.js';
export { InMemoryAnalyticsRepository } from './people/in-memory-analytics-repository.js';
export { InMemoryConversationRepository } from './people/in-memory-conversation-repository.js';
export { InMemoryRecordRepository } from './people/in-memory-record-repository.js';
export type { InMemoryRecordOptions } from './people/in-memory-record-repository.js';
export { awkwardKeys, awkwardValue, eventOf, messageOf, peopleTests } from './people/people-contract.js';
export type { OpenedAnalytics, OpenedConversations, OpenedRecords } from './people/people-contract.js';
export { describeRecordRepositoryContract } from './people/record-repository.contract.js';
export { replicaSamples } from './people/replica-samples.js';
export type { ReplicaSamples } from './people/replica-samples.js';
export { describeReplicaStoreContract } from './people/replica-store.contract.js';
export type { OpenedReplicaStore } from './people/replica-store.contract.js';
export { CutoverBook } from './cutover/cutover-book.js';
export { describeCutoverStateStoreContract } from './cutover/cutover-state-store.contract.js';
export { InMemoryCutoverStateStore } from './cutover/in-memory-cutover-state-store.js';
export type { CutoverStoreHooks } from './cutover/in-memory-cutover-state-store.js';
export { InMemoryReplicaStore } from './cutover/in-memory-replica-store.js';
export type { ReplicaHooks } from './cutover/in-memory-replica-store.js';
export type { OpenCutoverState, OpenedCutoverState } from './cutover/state-contract/contract-section.js';
