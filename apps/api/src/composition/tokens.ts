import type { DocumentService, IngestService, WorkspaceRoot, WorkspaceService } from '@markitect/application';
import type { FsFileStore } from '@markitect/adapter-fs';
import type { SqliteConnection, SqliteUnitOfWork } from '@markitect/adapter-sqlite';
import type { WorkerMarkdownParser } from '@markitect/adapter-markdown';
import type { ConnectionManager } from '@markitect/connections';
import type { MarkdownNode } from '@markitect/domain';
import type {
  AstStore,
  Cache,
  DocumentRepository,
  DocumentSource,
  FileStore,
  MarkdownParser,
  UnitOfWork,
  WorkspaceRepository,
} from '@markitect/ports';
import type { InjectionToken } from 'tsyringe';

/** A name in the container that knows what it names. */
function token<T>(name: string): InjectionToken<T> {
  return Symbol(name);
}

/** What the container makes. Each is made once, when it is first asked for. */
export const tokens = {
  store: token<SqliteConnection>('SqliteConnection'),
  connections: token<ConnectionManager>('ConnectionManager'),
  /** The parser itself, which has threads to be closed. */
  parserThreads: token<WorkerMarkdownParser>('WorkerMarkdownParser'),
  parser: token<MarkdownParser>('MarkdownParser'),
  repository: token<DocumentRepository>('DocumentRepository'),
  source: token<DocumentSource>('DocumentSource'),
  trees: token<AstStore>('AstStore'),
  cache: token<Cache<MarkdownNode>>('Cache'),
  documents: token<DocumentService>('DocumentService'),
  ingest: token<IngestService>('IngestService'),
  /** The stores themselves, in which a unit of work stages. */
  stores: token<Readonly<Record<WorkspaceRoot, FsFileStore>>>('FsFileStores'),
  files: token<Readonly<Record<WorkspaceRoot, FileStore>>>('FileStores'),
  /** The unit of work itself, which can recover. */
  sqliteUnitOfWork: token<SqliteUnitOfWork>('SqliteUnitOfWork'),
  unitOfWork: token<UnitOfWork>('UnitOfWork'),
  workspaceRepository: token<WorkspaceRepository>('WorkspaceRepository'),
  workspaces: token<WorkspaceService>('WorkspaceService'),
} as const;
