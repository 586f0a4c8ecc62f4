export type { JsonObject, JsonValue } from './json.js';
export type { Timestamp } from './timestamp.js';
export { errorCodes } from './errors/error-codes.js';
export type { ErrorCode, ErrorCodeOf, ErrorDescription, ErrorKind } from './errors/error-codes.js';
export {
  Conflict,
  Corrupt,
  Forbidden,
  Invalid,
  isMarkitectError,
  MarkitectError,
  NotFound,
  NotSupported,
  RateLimited,
  Timeout,
  Unavailable,
  Unexpected,
} from './errors/markitect-error.js';
export type { ErrorOptions } from './errors/markitect-error.js';
export { DEFAULT_PAGE_LIMIT, MAX_PAGE_LIMIT, pageLimit } from './paging/page.js';
export type { Page, PageRequest } from './paging/page.js';
export {
  documentName,
  markdownExtension,
  MAX_DOCUMENT_PATH_BYTES,
  parseDocumentPath,
} from './documents/document-path.js';
export type { DocumentPath } from './documents/document-path.js';
export type {
  ContentHash,
  Document,
  DocumentDraft,
  DocumentLink,
  DocumentSummary,
  Heading,
} from './documents/document.js';
export { entityTag, requirePrecondition } from './documents/entity-tag.js';
export type { Precondition } from './documents/entity-tag.js';
export { tagsOf, titleOf } from './documents/front-matter.js';
export { fragmentArrives, linkedPath, linkKey, resolveLink } from './documents/link-target.js';
export type { DocumentLinks, IncomingLink, LinkTarget, OutgoingLink } from './documents/link-target.js';
export type { MarkdownNode, MarkdownPoint } from './documents/markdown-tree.js';
export { parseSearchQuery } from './documents/search-query.js';
export type { SearchHit, SearchTerm, SnippetPart } from './documents/search-query.js';
export { differs, diffWorkspace } from './workspaces/workspace-diff.js';
export type { WorkspaceDiff } from './workspaces/workspace-diff.js';
export { isStaleLock, workspaceLocked } from './workspaces/workspace-lock-holder.js';
export type { LockHolder, LockObserver } from './workspaces/workspace-lock-holder.js';
export {
  MAX_WORKSPACE_TITLE_LENGTH,
  parseWorkspaceManifest,
  parseWorkspaceTitle,
  workspacePhase,
  workspacePhases,
} from './workspaces/workspace-manifest.js';
export type {
  WorkspaceEnd,
  WorkspaceFile,
  WorkspaceManifest,
  WorkspacePhase,
} from './workspaces/workspace-manifest.js';
export { attachmentPath } from './workspaces/attachment-path.js';
export {
  isWorkspaceSlug,
  MAX_WORKSPACE_SLUG_LENGTH,
  parseWorkspaceSlug,
} from './workspaces/workspace-slug.js';
export type { WorkspaceSlug } from './workspaces/workspace-slug.js';
export {
  allowedCommands,
  requireAllowed,
  workspaceState,
  workspaceTransitions,
} from './workspaces/workspace-state.js';
export type { WorkspaceCommand, WorkspaceState } from './workspaces/workspace-state.js';
export {
  builtInIssueTemplate,
  builtInTemplate,
  DEFAULT_TEMPLATE,
  renderTemplate,
} from './workspaces/workspace-template.js';
export type {
  TemplateFile,
  TemplateIssue,
  TemplateValues,
  WorkspaceTemplate,
} from './workspaces/workspace-template.js';
export {
  filePathKey,
  MAX_FILE_NAME_BYTES,
  MAX_FILE_PATH_BYTES,
  parseFilePath,
  STAGING_FOLDER,
} from './files/file-path.js';
export type { BoardRules, ColumnCondition, ColumnRule } from './issues/board.js';
export {
  columnNamed,
  columnOf,
  defaultBoard,
  editForMove,
  isReplaced,
  parseBoardRules,
  priorityOf,
} from './issues/board-rules.js';
export type { Card, WrittenBoardRules } from './issues/board-rules.js';
export { issueConditions } from './issues/issue-conditions.js';
export type { IssueConditions } from './issues/issue-conditions.js';
export type {
  CalendarDate,
  Issue,
  IssueComment,
  IssueDraft,
  IssueEdit,
  IssueEvent,
  IssueState,
  Label,
  Milestone,
} from './issues/issue.js';
export { parseIssueNumber } from './issues/issue-number.js';
export type { IssueNumber } from './issues/issue-number.js';
export {
  compareIssues,
  issueQuery,
  issueSorts,
  issueText,
  meetsQuery,
  queryWords,
} from './issues/issue-query.js';
export type { IssueQuery, IssueSort } from './issues/issue-query.js';
export {
  checkedComment,
  checkedIssueTitle,
  checkedLabel,
  checkedMilestone,
  editedIssue,
  labelScope,
  MAX_ISSUE_TITLE_BYTES,
  newIssue,
  requireOneOfEachScope,
} from './issues/issue-changes.js';
export type { ChangeStamp, NewIssueEvent, TrackerNames } from './issues/issue-changes.js';
