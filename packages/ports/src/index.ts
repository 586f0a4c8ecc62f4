export { definePort } from './port.js';
export type { Operation, OperationTable, Port } from './port.js';
export { errorOutcomes, EXIT_PARTIAL } from './errors/error-outcomes.js';
export type { ErrorOutcome } from './errors/error-outcomes.js';
export { decodeCursor, encodeCursor } from './paging/cursor.js';
export { cachePort } from './cache/cache.js';
export type { Cache } from './cache/cache.js';
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
