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
export { linkKey, resolveLink } from './documents/link-target.js';
export type { DocumentLinks, IncomingLink, LinkTarget, OutgoingLink } from './documents/link-target.js';
export type { MarkdownNode, MarkdownPoint } from './documents/markdown-tree.js';
export { parseSearchQuery } from './documents/search-query.js';
export type { SearchHit, SearchTerm, SnippetPart } from './documents/search-query.js';
