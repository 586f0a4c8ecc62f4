import 'reflect-metadata';
import { MemoryCache } from '@markitect/adapter-cache';
import { FsAstStore, FsDocumentSource } from '@markitect/adapter-fs';
import { WorkerMarkdownParser } from '@markitect/adapter-markdown';
import { type MigrationReport, SqliteConnection, SqliteDocumentRepository } from '@markitect/adapter-sqlite';
import { DocumentService, IngestService } from '@markitect/application';
import type { Config } from '@markitect/config';
import { ConnectionManager } from '@markitect/connections';
import type { MarkdownNode } from '@markitect/domain';
import {
  astStorePort,
  type Cache,
  cachePort,
  documentRepositoryPort,
  documentSourcePort,
  markdownParserPort,
} from '@markitect/ports';
import { type Telemetry, traced } from '@markitect/telemetry';
import { container, type DependencyContainer, type InjectionToken, instanceCachingFactory } from 'tsyringe';
import { astFolder, createDataDirectory, databaseFile } from './data-directory.js';
import { tokens } from './tokens.js';

/** Everything an app works with, wired to one data directory. */
export interface Application {
  readonly documents: DocumentService;
  readonly ingest: IngestService;
  readonly connections: ConnectionManager;
  readonly store: SqliteConnection;

  /**
   * Opens the store and brings its schema up to date; answers what that changed. When it fails, everything is closed
   * again. Throws Unavailable `STORE_NOT_INITIALIZED` when there is no database and none may be made, and what
   * opening and migrating throw: `DATABASE_BUSY`, `DATABASE_UNAVAILABLE`, `DATABASE_CORRUPT`,
   * `DATABASE_SCHEMA_TOO_NEW`.
   */
  open(): Promise<MigrationReport>;

  /** Waits for store operations under way, then closes. Doing it again is without effect. */
  close(): Promise<void>;
}

export interface ApplicationOptions {
  /** Trace and measure every port with it. Without it nothing is wrapped. */
  readonly telemetry?: Telemetry;
  /** Make the data directory and the database when they do not exist. Default: no. */
  readonly create?: boolean;
}

/**
 * Wires the services to their adapters. Nothing is opened, read or started before `open()`; parser threads start
 * with the first large text.
 */
export function composeApplication(config: Config, options: ApplicationOptions = {}): Application {
  const create = options.create ?? false;
  const child = registerAll(config, create, options.telemetry);
  const connections = child.resolve(tokens.connections);
  const store = child.resolve(tokens.store);

  const close = async () => {
    try {
      await child.resolve(tokens.parserThreads).close();
    } finally {
      await connections.close();
    }
  };

  return {
    documents: child.resolve(tokens.documents),
    ingest: child.resolve(tokens.ingest),
    connections,
    store,
    close,
    open: async () => {
      try {
        if (create) await createDataDirectory(config.dataDir);
        await connections.open(store.name);
        return await store.migrate();
      } catch (error) {
        await close();
        throw error;
      }
    },
  };
}

function registerAll(
  { dataDir, database, ingest, cache }: Config,
  create: boolean,
  telemetry: Telemetry | undefined,
): DependencyContainer {
  const child = container.createChildContainer();
  const once = <T>(name: InjectionToken<T>, make: (from: DependencyContainer) => T) =>
    child.register(name, { useFactory: instanceCachingFactory(make) });

  once(tokens.store, () => new SqliteConnection({ ...database, file: databaseFile(dataDir), create }));
  once(tokens.connections, (from) => {
    const connections = new ConnectionManager();
    connections.add(from.resolve(tokens.store));
    return connections;
  });
  once(tokens.parserThreads, () => new WorkerMarkdownParser({ threads: ingest.parserThreads }));

  once(tokens.parser, (from) => traced(markdownParserPort, from.resolve(tokens.parserThreads), telemetry));
  once(tokens.repository, (from) =>
    traced(documentRepositoryPort, new SqliteDocumentRepository(from.resolve(tokens.store)), telemetry, {
      attributes: { 'db.system.name': 'sqlite' },
    }),
  );
  once(tokens.source, () => traced(documentSourcePort, new FsDocumentSource(), telemetry));
  once(tokens.trees, () => traced(astStorePort, new FsAstStore({ root: astFolder(dataDir) }), telemetry));
  once(tokens.cache, () =>
    traced<Cache<MarkdownNode>>(cachePort, new MemoryCache<MarkdownNode>(cache), telemetry),
  );

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
        { ...ports(from), source: from.resolve(tokens.source) },
        {
          maxBytes: ingest.maxFileBytes,
          batchDocuments: ingest.batchDocuments,
          batchBytes: ingest.batchBytes,
        },
      ),
  );
  return child;
}
