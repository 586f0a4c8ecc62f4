import 'reflect-metadata';
import { join } from 'node:path';
import type { FsFileStore } from '@markitect/adapter-fs';
import type {
  EffectFailure,
  MigrationReport,
  PendingEffects,
  RecoveryReport,
  SqliteConnection,
  SqliteUnitOfWork,
} from '@markitect/adapter-sqlite';
import type {
  DocumentService,
  IngestService,
  IssueService,
  IssueSyncService,
  ResearchService,
  SearchService,
  TaskService,
  TaskWorker,
  WorkspaceService,
} from '@markitect/application';
import type { Config } from '@markitect/config';
import type { ConnectionManager } from '@markitect/connections';
import { isMarkitectError, type WorkspaceManifest } from '@markitect/domain';
import type { StageWish } from '@markitect/migration';
import type { RecordRepository } from '@markitect/ports';
import type { Telemetry } from '@markitect/telemetry';
import type { CacheOperations } from '../cache/cache-operations.js';
import type { CutoverAdministration } from '../cutover/cutover-administration.js';
import type { DatabaseOperations } from '../database/database-operations.js';
import { archivesFolder, createDataDirectory } from './data-directory.js';
import { registerAll } from './register-all.js';
import type { People } from './register-people.js';
import type { WorkerOptions } from './register-tasks.js';
import { tokens } from './tokens.js';

/** Everything an app works with, wired to one data directory. */
export interface Application {
  readonly documents: DocumentService;
  readonly ingest: IngestService;
  readonly workspaces: WorkspaceService;
  /** The issues of the Gitea repository that is configured, else those of the embedded tracker. */
  readonly issues: IssueService;
  /** Keeps the mirror of the Gitea repository; `undefined`: none is configured. */
  readonly issueSync: IssueSyncService | undefined;
  /** Over documents and issues. */
  readonly search: SearchService;
  /** Questions put to documents, issues and the web. */
  readonly research: ResearchService;
  /** Work that is done outside of the call that asks for it. */
  readonly tasks: TaskService;
  /** Profiles, configuration, conversations and events. */
  readonly people: People;
  /** The cache, for operators. */
  readonly cache: CacheOperations;
  /** The profiles of users, as their store has them, whatever the stage of their cutover. */
  readonly profiles: RecordRepository;
  /** How components are moved off their legacy stores, for operators. */
  readonly cutover: CutoverAdministration;
  /** The database, for operators. */
  readonly database: DatabaseOperations;
  readonly connections: ConnectionManager;
  readonly store: SqliteConnection;

  /**
   * Opens the store, brings its schema up to date and does what interrupted commits have left; answers what changed
   * in the schema. What cannot be done yet stays for later: {@link pending} tells. When opening fails, everything is
   * closed again. Throws Unavailable `STORE_NOT_INITIALIZED` when there is no database and none may be made, and what
   * opening and migrating throw: `DATABASE_BUSY`, `DATABASE_UNAVAILABLE`, `DATABASE_CORRUPT`,
   * `DATABASE_SCHEMA_TOO_NEW`.
   */
  open(options?: OpenOptions): Promise<MigrationReport>;

  /**
   * Puts files of committed units of work in place and removes staged files of others, after a crash or a full disk.
   * Throws Unavailable `COMMIT_NOT_APPLIED` with the file that still cannot be put in place as its cause.
   */
  recover(): Promise<RecoveryReport>;

  /** Where the files of a workspace are: the folder of an open one, the archive of a finished one. */
  placesOf(workspace: Pick<WorkspaceManifest, 'slug' | 'end'>): WorkspacePlaces;

  /** What is committed and could not be put in place yet. */
  pending(): Promise<PendingEffects>;

  /** Makes what does tasks, by the settings where nothing else is said. It begins when its `run` is called. */
  worker(options?: WorkerOptions): TaskWorker;

  /** Waits for store operations under way, then closes. Doing it again is without effect. */
  close(): Promise<void>;
}

/** Absolute paths. */
export interface WorkspacePlaces {
  readonly folder?: string;
  readonly archive?: string;
}

export interface ApplicationOptions {
  /** Trace and measure every port with it. Without it nothing is wrapped. */
  readonly telemetry?: Telemetry;
  /** Make the data directory and the database when they do not exist. Default: no. */
  readonly create?: boolean;
  /** What others are told who works on a workspace, before the command. Default: `markitect workspace`. */
  readonly owner?: string;
  /**
   * The process answers many requests: answers about documents are kept in memory, and a lease lets one process ask for
   * all. Default: no, as a command that ends in a moment.
   */
  readonly keepsRunning?: boolean;
  /** Told of every effect of a commit that failed. Default: nobody is. */
  readonly onEffectFailure?: (failure: EffectFailure) => void;
  /** Where flags say where components stand: `MARKITECT_CUTOVER_USERS=legacy`. Default: that of the process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Told of what fails beside an answer while a component is moved, and is made good later. Default: nobody is. */
  readonly onCutoverFailure?: (component: string, error: unknown) => void;
  /** Told when a flag of this process has moved a component, for all processes. Default: nobody is. */
  readonly onCutoverOverride?: (component: string, from: StageWish, to: StageWish) => void;
}

export interface OpenOptions {
  /** Do what interrupted commits have left. Default: yes. */
  readonly recover?: boolean;
  /** Bring the schema up to date. Default: yes; without it only the database itself can be worked on. */
  readonly migrate?: boolean;
}

/**
 * Wires the services to their adapters. Nothing is opened, read or started before `open()`; parser threads start
 * with the first large text.
 */
export function composeApplication(config: Config, options: ApplicationOptions = {}): Application {
  const create = options.create ?? false;
  const { child, cache, cutover, worker } = registerAll(config, { ...options, create });
  const connections = child.resolve(tokens.connections);
  const store = child.resolve(tokens.store);

  const unitOfWork = child.resolve(tokens.sqliteUnitOfWork);

  const close = async () => {
    try {
      await cutover.close();
      await cache.close();
      await child.resolve(tokens.parserThreads).terminate();
    } finally {
      await connections.close();
    }
  };

  return {
    documents: child.resolve(tokens.documents),
    ingest: child.resolve(tokens.ingest),
    workspaces: child.resolve(tokens.workspaces),
    issues: child.resolve(tokens.issues),
    issueSync: child.resolve(tokens.issueSync),
    search: child.resolve(tokens.search),
    research: child.resolve(tokens.research),
    tasks: child.resolve(tokens.tasks),
    people: child.resolve(tokens.people),
    worker,
    cache: child.resolve(tokens.cacheOperations),
    profiles: child.resolve(tokens.profiles),
    cutover: child.resolve(tokens.cutover),
    database: child.resolve(tokens.databaseOperations),
    connections,
    store,
    close,
    recover: () => unitOfWork.recover(),
    placesOf: ({ slug, end }) => {
      if (end === undefined) return { folder: join(config.workspaces.root, slug) };
      return end.archive === undefined ? {} : { archive: join(archivesFolder(config.dataDir), end.archive) };
    },
    pending: () => unitOfWork.pending(),
    open: async ({ recover = true, migrate = true } = {}) => {
      try {
        if (create) await createDataDirectory(config.dataDir);
        await connections.open(store.name);
        if (!migrate) return { applied: [], tables: [], indexes: [] };
        const migration = await store.migrate();
        if (options.keepsRunning === true) cache.start();
        if (recover) await recoverIfNeeded(unitOfWork, child.resolve(tokens.stores));
        return migration;
      } catch (error) {
        await close();
        throw error;
      }
    },
  };
}

/** Looks before it recovers, so that a command that only reads takes no turn from those that write. */
async function recoverIfNeeded(
  unitOfWork: SqliteUnitOfWork,
  stores: Readonly<Record<string, FsFileStore>>,
): Promise<void> {
  const isNeeded = async () => {
    if ((await unitOfWork.pending()).count > 0) return true;
    for (const each of Object.values(stores)) if ((await each.staged()).length > 0) return true;
    return false;
  };
  try {
    if (await isNeeded()) await unitOfWork.recover({ early: false });
  } catch (error) {
    // What is stored can be read and changed all the same; the commit that comes next tries again.
    const isForLater =
      isMarkitectError(error) && ['Unavailable', 'Timeout', 'Forbidden'].includes(error.kind);
    if (!isForLater) throw error;
  }
}
