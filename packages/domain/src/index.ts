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
export { isCalendarDate, parseInstant } from './issues/issue-dates.js';
export type { InstantReading } from './issues/issue-dates.js';
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
  waitsForItself,
} from './issues/issue-changes.js';
export type { ChangeStamp, NewIssueEvent, TrackerNames } from './issues/issue-changes.js';
export { refuseField } from './errors/refuse-field.js';
export { finishedTaskStatuses, taskStatuses } from './tasks/task.js';
export type { Task, TaskFailure, TaskId, TaskProgress, TaskStatus } from './tasks/task.js';
export {
  DEFAULT_MAX_ATTEMPTS,
  isTaskType,
  MAX_TASK_NAME_LENGTH,
  MAX_TASK_PAYLOAD_LENGTH,
  taskDraft,
} from './tasks/task-draft.js';
export type { CheckedTaskDraft, TaskDraft } from './tasks/task-draft.js';
export { taskLimit } from './tasks/task-limit.js';
export type { TaskLimit } from './tasks/task-limit.js';
export type { TaskSchedule } from './tasks/task-schedule.js';
export { retryDelay } from './tasks/retry-delay.js';
export type { RetryPolicy } from './tasks/retry-delay.js';
export { MAX_JSON_DEPTH, refuseDeep } from './json-depth.js';
export { comparableText } from './research/comparable-text.js';
export { questionTerms } from './research/question-terms.js';
export { rateLimit } from './research/rate-limit.js';
export type { RateLimit, RateLimitState } from './research/rate-limit.js';
export {
  formatResearchSource,
  parseResearchSource,
  parseResearchSources,
} from './research/research-source.js';
export type { ResearchSource } from './research/research-source.js';
export { MAX_PROBLEMS, scrapingJobStatuses } from './research/scraping-job.js';
export type {
  ScrapingJob,
  ScrapingJobId,
  ScrapingJobStatus,
  ScrapingProblem,
} from './research/scraping-job.js';
export { rankResults } from './research/rank-results.js';
export type { RankedResult, UnrankedResult } from './research/rank-results.js';
export {
  finishedSearchStatuses,
  MAX_QUESTION_LENGTH,
  MAX_SEARCH_RESULTS,
  searchDraft,
  searchStatuses,
} from './research/search.js';
export type { Search, SearchDraft, SearchId, SearchStatus } from './research/search.js';
export type { FoundResult, SearchResult, SearchResultId } from './research/search-result.js';
export {
  checkedRecordKey,
  checkedRecordValue,
  MAX_RECORD_DEPTH,
  MAX_RECORD_KEY_LENGTH,
  MAX_RECORD_LENGTH,
  mergePatch,
  requireVersion,
} from './people/stored-record.js';
export type { ConfigurationEntry, StoredRecord, UserProfile } from './people/stored-record.js';
export { checkedEvents, MAX_EVENTS } from './people/analytics-event.js';
export type { AnalyticsEvent } from './people/analytics-event.js';
export { checkedTimestamp } from './people/checked-timestamp.js';
export {
  MAX_CONVERSATION_TITLE_LENGTH,
  MAX_MESSAGE_LENGTH,
  MAX_MESSAGES,
  newConversation,
  newMessages,
  withMessages,
} from './people/conversation.js';
export type { Conversation, ConversationDraft, Message, MessageDraft } from './people/conversation.js';
export {
  cutoverSides,
  cutoverStages,
  isMirrored,
  otherSide,
  primaryOf,
  reverseOf,
  shareOfKey,
} from './cutover/stage.js';
export type { CutoverSide, CutoverStage } from './cutover/stage.js';
export { isCutOff } from './cutover/cut-off.js';
export { defaultCutoverLimits } from './cutover/cutover-state.js';
export { sumTallies } from './cutover/sum-tallies.js';
export type {
  BackfillState,
  CutoverLimits,
  CutoverLogEntry,
  CutoverMismatch,
  CutoverRepair,
  CutoverRun,
  CutoverState,
  CutoverTally,
  DiffState,
  UnkeyedRecords,
} from './cutover/cutover-state.js';
