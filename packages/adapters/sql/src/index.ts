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
