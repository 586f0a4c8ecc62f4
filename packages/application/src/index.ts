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
