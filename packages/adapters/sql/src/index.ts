export { cacheInvalidationTable, cacheLeaseTable, cacheTable } from './cache/cache.schema.js';
export type { CacheInvalidationRow, CacheLeaseRow, CacheRow } from './cache/cache.schema.js';
export { documentLinkRows, documentRow, documentTagRows, foldTag } from './documents/document.mapper.js';
export type { StoredState } from './documents/document.mapper.js';
export { documentLinkTable, documentTable, documentTagTable } from './documents/document.schema.js';
export type {
  DocumentLinkRow,
  DocumentRow,
  DocumentTagRow,
  TableSchema,
} from './documents/document.schema.js';
export {
  commentEvent,
  issueCommentOf,
  issueEventOf,
  issueEventRow,
  issueOf,
  issueRow,
} from './issues/issue.mapper.js';
export {
  issueAssigneeTable,
  issueCommentTable,
  issueDependencyTable,
  issueEventTable,
  issueLabelTable,
  issueTable,
  trackerLabelTable,
  trackerMilestoneTable,
  trackerTable,
} from './issues/issue.schema.js';
export type {
  IssueAssigneeRow,
  IssueCommentRow,
  IssueDependencyRow,
  IssueEventRow,
  IssueLabelRow,
  IssueRow,
  TrackerLabelRow,
  TrackerMilestoneRow,
  TrackerRow,
} from './issues/issue.schema.js';
export { rateLimitStateOf, ratePaceOf } from './research/rate-limit.mapper.js';
export { rateLimitTable } from './research/rate-limit.schema.js';
export type { RateLimitRow } from './research/rate-limit.schema.js';
export {
  scrapingJobOf,
  searchOf,
  searchResultColumns,
  searchResultOf,
  searchResultValues,
} from './research/search.mapper.js';
export {
  PLACE_DUPLICATE,
  PLACE_UNRANKED,
  scrapingJobTable,
  searchResultTable,
  searchTable,
} from './research/search.schema.js';
export type { ScrapingJobRow, SearchResultRow, SearchRow } from './research/search.schema.js';
export { taskLimitOf, taskOf, taskRow, taskScheduleOf, taskScheduleRow } from './tasks/task.mapper.js';
export { taskLimitTable, taskPauseTable, taskScheduleTable, taskTable } from './tasks/task.schema.js';
export type { TaskLimitRow, TaskPauseRow, TaskRow, TaskScheduleRow } from './tasks/task.schema.js';
export {
  conversationColumns,
  conversationOf,
  conversationValues,
  eventColumns,
  eventOf,
  eventValues,
  messageColumns,
  messageOf,
  messageValues,
  recordColumns,
  recordOf,
  recordValues,
} from './people/people.mapper.js';
export {
  analyticsEventTable,
  configurationTable,
  conversationTable,
  messageTable,
  profileTable,
} from './people/people.schema.js';
export type { AnalyticsEventRow, ConversationRow, MessageRow, RecordRow } from './people/people.schema.js';
export {
  cutoverLogEntryOf,
  cutoverMismatchOf,
  cutoverRepairOf,
  cutoverStateOf,
  cutoverTallyOf,
} from './cutover/cutover.mapper.js';
export type { CutoverComponentState } from './cutover/cutover.mapper.js';
export {
  cutoverComponentTable,
  cutoverLogTable,
  cutoverMarkTable,
  cutoverMismatchTable,
  cutoverProcessTable,
  cutoverTallyTable,
} from './cutover/cutover.schema.js';
export type {
  CutoverComponentRow,
  CutoverLogRow,
  CutoverMarkRow,
  CutoverMismatchRow,
  CutoverProcessRow,
  CutoverTallyRow,
} from './cutover/cutover.schema.js';
