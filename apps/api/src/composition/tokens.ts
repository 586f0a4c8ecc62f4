import type {
  DocumentService,
  IngestService,
  IssueService,
  IssueSyncService,
  SearchService,
  WorkspaceRoot,
  WorkspaceService,
} from '@markitect/application';
import type { FsFileStore } from '@markitect/adapter-fs';
import type { SqliteConnection, SqliteIssueRepository, SqliteUnitOfWork } from '@markitect/adapter-sqlite';
import type { WorkerMarkdownParser } from '@markitect/adapter-markdown';
import type { ConnectionManager } from '@markitect/connections';
import type { CacheManager, TierOptions } from '@markitect/adapter-cache';
import type { MarkdownNode } from '@markitect/domain';
import type {
  AstStore,
  Cache,
  DocumentRepository,
  DocumentSource,
  FileStore,
  IssueMirror,
  IssueRepository,
  MarkdownParser,
  UnitOfWork,
  WorkspaceRepository,
} from '@markitect/ports';
import type { InjectionToken } from 'tsyringe';
import type { CacheOperations } from '../cache/cache-operations.js';
import type { LazyHttpConnection } from './lazy-http-connection.js';
import type { OpenedLog } from './opened-log.js';

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
  invalidationLog: token<OpenedLog>('InvalidationLog'),
  /** Below memory. */
  cacheTiers: token<readonly TierOptions[]>('CacheTiers'),
  cacheManager: token<CacheManager>('CacheManager'),
  cacheOperations: token<CacheOperations>('CacheOperations'),
  /** Of syntax trees. */
  cache: token<Cache<MarkdownNode>>('Cache'),
  /** Of answers about documents; `undefined`: none are kept. */
  documentCache: token<Cache<unknown> | undefined>('DocumentCache'),
  /** Of answers of Gitea; `undefined`: none are kept. */
  issueCache: token<Cache<unknown> | undefined>('IssueCache'),
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
  /** The connection to Gitea, where it is configured. */
  gitea: token<LazyHttpConnection | undefined>('GiteaConnection'),
  /** Of the embedded tracker, or of the mirror. */
  storedIssues: token<SqliteIssueRepository>('StoredIssues'),
  /** The mirror of Gitea, where it is configured. */
  mirror: token<IssueMirror | undefined>('IssueMirror'),
  /** Gitea's issues as it has them now, where it is configured. */
  trackedIssues: token<IssueRepository | undefined>('TrackedIssues'),
  /** The tracker in use, which answers with what was last known while it is down. */
  issueRepository: token<IssueRepository>('IssueRepository'),
  issues: token<IssueService>('IssueService'),
  issueSync: token<IssueSyncService | undefined>('IssueSyncService'),
  search: token<SearchService>('SearchService'),
} as const;
