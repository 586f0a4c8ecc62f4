import { join } from 'node:path';
import { cached, changeTags, invalidating } from '@markitect/adapter-cache';
import {
  FsAstStore,
  FsDocumentSource,
  FsFileStore,
  FsWorkspaceLock,
  TarArchiver,
} from '@markitect/adapter-fs';
import { WorkerMarkdownParser } from '@markitect/adapter-markdown';
import {
  SqliteConnection,
  SqliteDocumentRepository,
  SqliteUnitOfWork,
  SqliteWorkspaceRepository,
} from '@markitect/adapter-sqlite';
import { DocumentService, IngestService, type TaskWorker, WorkspaceService } from '@markitect/application';
import type { Config } from '@markitect/config';
import { ConnectionManager } from '@markitect/connections';
import {
  type Archiver,
  archiverPort,
  astStorePort,
  documentRepositoryPort,
  documentSourcePort,
  type FileStore,
  fileStorePort,
  markdownParserPort,
  unitOfWorkPort,
  type UnitOfWork,
  workspaceLockPort,
  workspaceRepositoryPort,
} from '@markitect/ports';
import { traced } from '@markitect/telemetry';
import { container, type DependencyContainer, type InjectionToken, instanceCachingFactory } from 'tsyringe';
import { DatabaseOperations } from '../database/database-operations.js';
import type { ApplicationOptions } from './application.js';
import { archivesFolder, astFolder, baselinesFolder, databaseFile, locksFolder } from './data-directory.js';
import { documentPlan } from './cache-plans.js';
import { type RegisteredCache, registerCache } from './register-cache.js';
import { registerCutover } from './register-cutover.js';
import { registerIssues } from './register-issues.js';
import { registerPeople } from './register-people.js';
import { registerResearch } from './register-research.js';
import { registerTasks, type WorkerOptions } from './register-tasks.js';
import { tokens } from './tokens.js';

/** What {@link registerAll} answers. */
export interface RegisteredApplication {
  readonly child: DependencyContainer;
  readonly cache: RegisteredCache;
  /** Hands on what was measured of components that are moved, and says that this process is gone. */
  readonly cutover: { close(): Promise<void> };
  /** Makes what does tasks. */
  readonly worker: (options?: WorkerOptions) => TaskWorker;
}

/**
 * Registers how everything is made that an app works with. Nothing is made before it is asked for. Answers how the
 * cache is started and closed, and what makes workers.
 */
export function registerAll(
  config: Config,
  {
    create = false,
    telemetry,
    owner,
    onEffectFailure,
    onCutoverFailure,
    onCutoverOverride,
    keepsRunning = false,
    env = process.env,
  }: ApplicationOptions,
): RegisteredApplication {
  const { dataDir, database, ingest, workspaces } = config;
  const child = container.createChildContainer();
  const once = <T>(name: InjectionToken<T>, make: (from: DependencyContainer) => T) =>
    child.register(name, { useFactory: instanceCachingFactory(make) });

  once(tokens.store, () => new SqliteConnection({ ...database, file: databaseFile(dataDir), create }));
  once(tokens.connections, (from) => {
    const connections = new ConnectionManager();
    connections.add(from.resolve(tokens.store));
    const gitea = from.resolve(tokens.gitea);
    if (gitea !== undefined) connections.add(gitea);
    const redis = from.resolve(tokens.redis);
    if (redis !== undefined) connections.add(redis);
    return connections;
  });
  once(tokens.parserThreads, () => new WorkerMarkdownParser({ threads: ingest.parserThreads }));

  once(tokens.parser, (from) => traced(markdownParserPort, from.resolve(tokens.parserThreads), telemetry));
  once(tokens.repository, (from) => {
    const stored = new SqliteDocumentRepository(from.resolve(tokens.store), {
      invalidates: changeTags(documentPlan),
    });
    const repository = traced(documentRepositoryPort, stored, telemetry, {
      attributes: { 'db.system.name': 'sqlite' },
    });
    const cache = from.resolve(tokens.documentCache);
    return cache === undefined ? repository : cached(documentPlan, repository, cache, { invalidates: true });
  });
  once(tokens.source, () => traced(documentSourcePort, new FsDocumentSource(), telemetry));
  once(tokens.trees, () => traced(astStorePort, new FsAstStore({ root: astFolder(dataDir) }), telemetry));
  const cache = registerCache(child, config, { keepsRunning, telemetry });

  const ports = (from: DependencyContainer) => ({
    documents: from.resolve(tokens.repository),
    parser: from.resolve(tokens.parser),
    trees: from.resolve(tokens.trees),
  });
  once(
    tokens.documents,
    (from) =>
      new DocumentService(
        { ...ports(from), cache: from.resolve(tokens.cache) },
        { maxBytes: ingest.maxFileBytes },
      ),
  );
  once(
    tokens.ingest,
    (from) =>
      new IngestService(
        { ...ports(from), unitOfWork: from.resolve(tokens.unitOfWork), source: from.resolve(tokens.source) },
        {
          maxBytes: ingest.maxFileBytes,
          batchDocuments: ingest.batchDocuments,
          batchBytes: ingest.batchBytes,
        },
      ),
  );

  const rootOf = {
    workspaces: workspaces.root,
    baselines: baselinesFolder(dataDir),
    archives: archivesFolder(dataDir),
    templates: workspaces.templates,
  };
  once(tokens.stores, () => eachOf(rootOf, (root) => new FsFileStore({ root })));
  once(tokens.files, (from) =>
    eachOf(from.resolve(tokens.stores), (each) => traced<FileStore>(fileStorePort, each, telemetry)),
  );
  once(
    tokens.sqliteUnitOfWork,
    (from) =>
      new SqliteUnitOfWork(from.resolve(tokens.store), {
        files: from.resolve(tokens.stores),
        issueUser: config.issues.user,
        ...(onEffectFailure === undefined ? {} : { onEffectFailure }),
      }),
  );
  once(
    tokens.databaseOperations,
    (from) =>
      new DatabaseOperations({
        store: from.resolve(tokens.store),
        trees: from.resolve(tokens.trees),
        stores: from.resolve(tokens.stores),
        pending: () => from.resolve(tokens.sqliteUnitOfWork).pending(),
      }),
  );
  once(tokens.unitOfWork, (from) =>
    invalidating(traced<UnitOfWork>(unitOfWorkPort, from.resolve(tokens.sqliteUnitOfWork), telemetry), {
      documents: documentPlan,
    }),
  );
  once(tokens.workspaceRepository, (from) =>
    traced(workspaceRepositoryPort, new SqliteWorkspaceRepository(from.resolve(tokens.store)), telemetry, {
      attributes: { 'db.system.name': 'sqlite' },
    }),
  );
  once(
    tokens.workspaces,
    (from) =>
      new WorkspaceService(
        {
          workspaces: from.resolve(tokens.workspaceRepository),
          unitOfWork: from.resolve(tokens.unitOfWork),
          lock: traced(workspaceLockPort, new FsWorkspaceLock({ root: locksFolder(dataDir) }), telemetry),
          archiver: traced<Archiver>(archiverPort, new TarArchiver(), telemetry),
          files: from.resolve(tokens.files),
        },
        {
          folderOf: (slug) => join(workspaces.root, slug),
          ...(owner === undefined ? {} : { owner }),
        },
      ),
  );
  const cutover = registerCutover(child, config, {
    telemetry,
    env,
    ...(onCutoverFailure === undefined ? {} : { onFailure: onCutoverFailure }),
    ...(onCutoverOverride === undefined ? {} : { onOverride: onCutoverOverride }),
  });
  registerIssues(child, config, { telemetry, keepsRunning });
  registerResearch(child, config, telemetry);
  registerPeople(child, telemetry);
  const worker = registerTasks(child, config, telemetry);
  return { child, cache, cutover, worker };
}

function eachOf<K extends string, V, R>(
  record: Readonly<Record<K, V>>,
  make: (value: V) => R,
): Readonly<Record<K, R>> {
  return Object.fromEntries(
    Object.entries<V>(record).map(([name, value]) => [name, make(value)]),
  ) as Readonly<Record<K, R>>;
}
