export { DocumentService } from './documents/document-service.js';
export type { DocumentServiceOptions, SearchRequest } from './documents/document-service.js';
export type { DocumentTreesPorts } from './documents/document-trees.js';
export type { IngestFailure, IngestProgress, IngestReport, IngestRun } from './documents/ingest-report.js';
export { IngestService } from './documents/ingest-service.js';
export type { IngestOptions, IngestPorts, IngestRequest } from './documents/ingest-service.js';
export type { NodeHit, NodeQuery } from './documents/select-nodes.js';
export { workspaceRoots } from './workspaces/workspace-ports.js';
export type { WorkspacePorts, WorkspaceRoot, WorkspaceServiceOptions } from './workspaces/workspace-ports.js';
export { WorkspaceService } from './workspaces/workspace-service.js';
export type {
  AbandonRequest,
  AddRequest,
  ChangeRequest,
  StartRequest,
  WorkspaceListing,
} from './workspaces/workspace-service.js';
export { requireWorkspaceTag, workspaceTag } from './workspaces/workspace-status.js';
export type { WorkspacePrecondition, WorkspaceStatus } from './workspaces/workspace-status.js';
export type { Board, BoardCard, BoardColumn, BoardRequest, Moved } from './issues/board.js';
export { boardReader, boardReaderPort } from './issues/board-reader.js';
export type { BoardReader } from './issues/board-reader.js';
export type { IssueChange } from './issues/change-issue.js';
export type { IssueDetails, IssuePart, LinkedDocument } from './issues/issue-details.js';
export type { IssuePorts, IssueServiceOptions, ReadOptions } from './issues/issue-ports.js';
export { IssueService } from './issues/issue-service.js';
export type { IssueReference } from './issues/issue-service.js';
export { IssueSyncService } from './issues/issue-sync-service.js';
export type { IssueSyncOptions, IssueSyncPorts } from './issues/issue-sync-service.js';
export type { CardProject } from './issues/project-board.js';
export type { SyncProgress, SyncReport, SyncRun } from './issues/sync-report.js';
export type { WorkspaceSeed } from './issues/workspace-seed.js';
export { searchPlaces, SearchService } from './search/search-service.js';
export type { KnowledgeHits, KnowledgeSearch, SearchPlace, SearchPorts } from './search/search-service.js';
export { exportFormats } from './research/export-research.js';
export type { ExportFormat } from './research/export-research.js';
export { parseRateRules } from './research/rate-rules.js';
export type { RateRules } from './research/rate-rules.js';
export type { ResearchPorts, ScrapingPorts } from './research/research-ports.js';
export {
  MAX_QUESTION_LENGTH,
  MAX_RESEARCH_RESULTS,
  MAX_RESEARCH_SOURCES,
  ResearchService,
} from './research/research-service.js';
export type {
  ResearchRequest,
  ResearchResults,
  ResearchResultsQuery,
  ResearchServiceOptions,
} from './research/research-service.js';
export { isJobOver, isSearchOver } from './research/research-status.js';
export type { ResearchStatus } from './research/research-status.js';
export { researchView, resultView, searchView } from './research/research-view.js';
export type { JobView, ResearchView, SearchView } from './research/research-view.js';
export { withTicks } from './research/with-ticks.js';
export { researchDocument } from './research/research-document.js';
export { researchTask, researchTaskHandler } from './research/research-task.js';
export type { ResearchPayload } from './research/research-task.js';
export type { SavedResearch, SaveResearchRequest } from './research/save-research.js';
export { awaitPermit } from './research/await-permit.js';
export type { PermitWaiting } from './research/await-permit.js';
export { ScrapeWorker } from './research/scrape-worker.js';
export type { ScrapeRun } from './research/scrape-worker.js';
export { ScrapingPermits } from './research/scraping-permits.js';
export {
  documentsIngestHandler,
  documentsIngestTask,
  issuesSyncHandler,
  issuesSyncTask,
  tasksPruneHandler,
  tasksPruneTask,
} from './tasks/built-in-tasks.js';
export { nextScheduleTime } from './tasks/schedule-times.js';
export type { ScheduleTimes } from './tasks/schedule-times.js';
export type { TaskClock } from './tasks/task-clock.js';
export { TaskService } from './tasks/task-service.js';
export type {
  EnqueueOptions,
  PruneRequest,
  ScheduleRequest,
  TaskServiceOptions,
  TaskServicePorts,
} from './tasks/task-service.js';
export { defineTaskType, parsePayload, payloadSchema, taskHandler } from './tasks/task-type.js';
export type { HandleTask, TaskContext, TaskHandler, TaskResult, TaskType } from './tasks/task-type.js';
export { TaskWorker } from './tasks/task-worker.js';
export type { TaskWorkerOptions, TaskWorkerPorts } from './tasks/task-worker.js';
export { taskEnds } from './tasks/worker-report.js';
export type { TaskEnd, WorkerEvent, WorkerReport } from './tasks/worker-report.js';
export { DocumentsScraper } from './research/scrapers/documents-scraper.js';
export type { DocumentsScraperPorts } from './research/scrapers/documents-scraper.js';
export { IssuesScraper } from './research/scrapers/issues-scraper.js';
export type { IssuesScraperPorts } from './research/scrapers/issues-scraper.js';
export { AnalyticsService } from './people/analytics-service.js';
export type { AnalyticsServicePorts, AppendReport, NewAnalyticsEvent } from './people/analytics-service.js';
export { ConversationService } from './people/conversation-service.js';
export type {
  ConversationServicePorts,
  NewConversation,
  NewMessage,
  PeopleServiceOptions,
} from './people/conversation-service.js';
export { RecordService } from './people/record-service.js';
export type { RecordServiceOptions, RecordServicePorts } from './people/record-service.js';
