import type {
  DocumentService,
  IngestService,
  IssueService,
  IssueSyncService,
  ResearchService,
  ScrapeWorker,
  ScrapingPorts,
  SearchService,
  TaskHandler,
  TaskService,
  WorkspaceRoot,
  WorkspaceService,
} from '@markitect/application';
import type { GiteaIssueRepository } from '@markitect/adapter-gitea';
import type { FsFileStore } from '@markitect/adapter-fs';
import type { SqliteConnection, SqliteIssueRepository, SqliteUnitOfWork } from '@markitect/adapter-sqlite';
import type { WorkerMarkdownParser } from '@markitect/adapter-markdown';
import type { ConnectionManager } from '@markitect/connections';
import type { CacheManager, RedisConnection, TierOptions } from '@markitect/adapter-cache';
import type { MarkdownNode } from '@markitect/domain';
import type {
  AnalyticsRepository,
  AstStore,
  Cache,
  ConversationRepository,
  CutoverStateStore,
  DocumentRepository,
  DocumentSource,
  FileStore,
  IssueMirror,
  IssueRepository,
  MarkdownParser,
  RecordRepository,
  Scraper,
  TaskQueue,
  TaskScheduleRepository,
  UnitOfWork,
  WorkspaceRepository,
} from '@markitect/ports';
import type { InjectionToken } from 'tsyringe';
import type { CutoverAdministration } from '../cutover/cutover-administration.js';
import type { CutoverRuntime } from '../cutover/cutover-runtime.js';
import type { MovedComponent } from '../cutover/moved-component.js';
import type { CutoverRepositories, LegacySides } from './register-cutover.js';
import type { CacheOperations } from '../cache/cache-operations.js';
import type { DatabaseOperations } from '../database/database-operations.js';
import type { LazyHttpConnection } from './lazy-http-connection.js';
import type { OpenedLog } from './opened-log.js';
import type { People } from './register-people.js';

/** What is in Redis, for all machines. */
export interface SharedCache {
  readonly log: OpenedLog;
  readonly tiers: readonly TierOptions[];
  readonly manager: CacheManager;
}

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
  /** Where one is configured. */
  redis: token<RedisConnection | undefined>('RedisConnection'),
  /** Below memory. */
  cacheTiers: token<readonly TierOptions[]>('CacheTiers'),
  cacheManager: token<CacheManager>('CacheManager'),
  /** The cache that machines share in Redis; none where none is configured. */
  sharedCache: token<SharedCache | undefined>('SharedCache'),
  cacheOperations: token<CacheOperations>('CacheOperations'),
  databaseOperations: token<DatabaseOperations>('DatabaseOperations'),
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
  /** The repository of Gitea's issues itself, which also knows whose token it is. */
  giteaIssues: token<GiteaIssueRepository | undefined>('GiteaIssues'),
  /** Gitea's issues as it has them now, where it is configured. */
  trackedIssues: token<IssueRepository | undefined>('TrackedIssues'),
  /** The tracker in use, which answers with what was last known while it is down. */
  issueRepository: token<IssueRepository>('IssueRepository'),
  issues: token<IssueService>('IssueService'),
  issueSync: token<IssueSyncService | undefined>('IssueSyncService'),
  search: token<SearchService>('SearchService'),
  taskQueue: token<TaskQueue>('TaskQueue'),
  taskSchedules: token<TaskScheduleRepository>('TaskScheduleRepository'),
  tasks: token<TaskService>('TaskService'),
  /** What does the tasks of each type. */
  taskHandlers: token<readonly TaskHandler[]>('TaskHandlers'),
  research: token<ResearchService>('ResearchService'),
  /** Whom researches can ask, by name. */
  scrapers: token<Readonly<Record<string, Scraper>>>('Scrapers'),
  scraping: token<ScrapingPorts>('ScrapingPorts'),
  /** What does the jobs of researches. */
  scrapeWorker: token<ScrapeWorker>('ScrapeWorker'),
  cutoverStore: token<CutoverStateStore>('CutoverStateStore'),
  legacySides: token<LegacySides>('LegacySides'),
  /** Of those that have a legacy side, their cutovers. */
  movedComponents: token<readonly MovedComponent[]>('MovedComponents'),
  cutoverRepositories: token<CutoverRepositories>('CutoverRepositories'),
  cutoverRuntime: token<CutoverRuntime>('CutoverRuntime'),
  cutover: token<CutoverAdministration>('CutoverAdministration'),
  /** The profiles of users, as services are given them. */
  profiles: token<RecordRepository>('ProfileRepository'),
  configuration: token<RecordRepository>('ConfigurationRepository'),
  conversations: token<ConversationRepository>('ConversationRepository'),
  analytics: token<AnalyticsRepository>('AnalyticsRepository'),
  people: token<People>('People'),
} as const;
