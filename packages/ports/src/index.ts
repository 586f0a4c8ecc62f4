export { definePort } from './port.js';
export type { Operation, OperationTable, Port } from './port.js';
export { causeCode } from './errors/cause-code.js';
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
