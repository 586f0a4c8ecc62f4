import { AsyncLocalStorage } from 'node:async_hooks';
import { existsSync } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Connection, ConnectionHealth, ConnectionStats } from '@markitect/connections';
import { Conflict, Unavailable } from '@markitect/domain';
import type { DataSource } from 'typeorm';
import { requireIntegrity } from './administration/integrity.js';
import { GenerationFile } from './cache/generation-file.js';
import { openReaders, type OpenReaders } from './engine/readers.connection.js';
import type { SqliteReaders } from './engine/sqlite-readers.js';
import type { SqliteWriter } from './engine/sqlite-writer.js';
import { closedStore, notInitialized, translateSqliteError } from './engine/translate-sqlite-error.js';
import { openWriter, type OpenWriter } from './engine/writer.connection.js';
import { migrationNames } from './migrations/migrations.js';
import { type MigrationReport, migrationsDone, schemaObjects } from './migrations/schema-state.js';
import { type ResolvedSqliteOptions, resolveSqliteOptions, type SqliteOptions } from './sqlite-options.js';

/** Texts of statements remembered for {@link SqliteConnection.statements}. */
const MAX_STATEMENTS = 2000;

/**
 * One SQLite database: a writer behind a fair lease and a pool of readers. The writer, and with it TypeORM, is
 * loaded when the first write or migration needs it, so that programs which only read start fast.
 */
export class SqliteConnection implements Connection {
  readonly name = 'sqlite';
  readonly kind = 'sql';
  /** The unit of work that the present code runs in, or has been started from. */
  readonly unitOfWork = new AsyncLocalStorage<{ readonly isOpen: boolean }>();
  /** The newest announced position of the invalidation log, for all processes that share the database. */
  readonly generation: GenerationFile;
  readonly #options: ResolvedSqliteOptions;
  readonly #statements = new Set<string>();
  #opening: Promise<void> | undefined;
  #closing: Promise<void> | undefined;
  #readers: OpenReaders | undefined;
  #writer: Promise<OpenWriter> | undefined;
  #openWriter: OpenWriter | undefined;

  /** Throws Invalid `CONFIG_INVALID`. Opens nothing yet. */
  constructor(options: SqliteOptions) {
    this.#options = resolveSqliteOptions(options);
    this.generation = new GenerationFile(`${this.#options.file}-generation`);
  }

  /**
   * Opens the database, creating the file when that is allowed; tables are made by {@link migrate}. Throws
   * Unavailable `STORE_NOT_INITIALIZED` (no file, or an empty one, and `create` is false) or
   * `DATABASE_UNAVAILABLE`, NotSupported `DATABASE_SCHEMA_TOO_NEW`, Corrupt `DATABASE_CORRUPT`.
   */
  open(): Promise<void> {
    this.#opening ??= this.#open().catch(async (error: unknown) => {
      await this.#release().catch(() => undefined);
      this.#opening = undefined;
      throw translateSqliteError(error);
    });
    return this.#opening;
  }

  /** Refuses new work, waits for what runs, empties the write-ahead log into the file and closes it. */
  close(): Promise<void> {
    if (this.#opening === undefined) return Promise.resolve();
    this.#closing ??= this.#close().finally(() => {
      this.#opening = undefined;
      this.#closing = undefined;
    });
    return this.#closing;
  }

  /** Runs a query on the database. Never throws. */
  async health(): Promise<ConnectionHealth> {
    const start = performance.now();
    const latencyMs = (): number => performance.now() - start;
    if (this.#readers === undefined) return { status: 'closed', latencyMs: 0 };
    try {
      await this.readers().all('SELECT count(*) FROM sqlite_schema');
      return { status: 'up', latencyMs: latencyMs() };
    } catch (error) {
      return { status: 'down', latencyMs: latencyMs(), error: translateSqliteError(error) };
    }
  }

  stats(): ConnectionStats {
    const readers = this.#readers?.pool.stats();
    const writer = this.#openWriter?.writer.stats();
    return {
      open: readers !== undefined,
      leases: { ...(readers && { readers }), ...(writer && { writer }) },
    };
  }

  /**
   * Brings the schema up to date, all of it or nothing; processes that try at the same time take turns. Costs one
   * read when nothing is to be done. Throws NotSupported `DATABASE_SCHEMA_TOO_NEW` and the errors of a write.
   */
  async migrate(): Promise<MigrationReport> {
    let applied: string[] = [];
    const done = await migrationsDone(this.readers());
    if (migrationNames.some((name) => !done.includes(name))) {
      applied = await this.#schemaChange(async (source) => {
        const run = await source.runMigrations({ transaction: 'none' });
        return run.map((migration) => migration.name);
      });
    }
    return { applied, ...(await schemaObjects(this.readers())) };
  }

  /** Takes back the last migration, with the data of what it made, and answers its name; `undefined`: none is left. */
  revertLast(): Promise<string | undefined> {
    return this.#schemaChange(async (source, before) => {
      if (before.length === 0) return undefined;
      await source.undoLastMigration({ transaction: 'none' });
      return before.at(-1);
    });
  }

  /**
   * Looks for damage in the file, rows without their document and a search index that does not fit its documents or issues.
   * Reads everything, and keeps others from writing meanwhile. Throws Corrupt `DATABASE_CORRUPT` naming what was found.
   */
  async integrityCheck(): Promise<void> {
    const { writer } = await this.#ensureWriter();
    await writer.exclusive(requireIntegrity);
  }

  /** The connections that read. Throws Unavailable `DATABASE_UNAVAILABLE` when the database is not open. */
  readers(): SqliteReaders {
    if (this.#readers === undefined || this.#closing !== undefined) throw closedStore();
    return this.#readers.pool;
  }

  /** The connection that writes. Throws Unavailable `DATABASE_UNAVAILABLE` when the database is not open. */
  async writer(): Promise<SqliteWriter> {
    return (this.#openWriter ?? (await this.#ensureWriter())).writer;
  }

  /**
   * Throws Conflict `TRANSACTION_NESTED` inside a unit of work: a write of its own would wait for the unit of work,
   * which waits for it.
   */
  refuseInsideUnitOfWork(operation: string): void {
    if (this.unitOfWork.getStore()?.isOpen !== true) return;
    throw new Conflict(
      'TRANSACTION_NESTED',
      `${operation} would write outside the unit of work it is called in; use the repositories of its transaction`,
      { operation },
    );
  }

  /** Absolute path of the database file. */
  get file(): string {
    return this.#options.file;
  }

  /** How long SQLite itself waits for a lock of another process, in milliseconds. */
  get busyTimeoutMs(): number {
    return this.#options.busyTimeoutMs;
  }

  /** The different texts prepared since the start, at most 2000, in the order in which they were first needed. */
  get statements(): ReadonlySet<string> {
    return this.#statements;
  }

  /** The longest a write waits for its turn, in milliseconds. */
  get writeTimeoutMs(): number {
    return this.#options.writeTimeoutMs;
  }

  /**
   * Makes the commits so far survive a power cut, where the setting `synchronous` has not done so already. Throws
   * Unavailable `DATABASE_UNAVAILABLE`.
   */
  async syncLog(): Promise<void> {
    if (this.#options.synchronous !== 'NORMAL') return;
    try {
      // SQLite keeps its locks on other files: closing this one gives none of them up.
      const log = await open(`${this.#options.file}-wal`, 'r+');
      try {
        await log.datasync();
      } finally {
        await log.close();
      }
    } catch (cause) {
      throw new Unavailable('DATABASE_UNAVAILABLE', 'the write-ahead log cannot be synced', { cause });
    }
  }

  readonly #remember = (sql: string): void => {
    if (this.#statements.size < MAX_STATEMENTS) this.#statements.add(sql);
  };

  async #open(): Promise<void> {
    const { file, create } = this.#options;
    const isNew = !existsSync(file);
    if (isNew) {
      if (!create) throw notInitialized();
      await makeFolder(dirname(file));
      await this.#connectWriter();
    }
    this.#readers = await openReaders(this.#options, this.#remember);
    this.generation.open();
    const [mode] = await this.#readers.pool.all<{ journal_mode: string }>('PRAGMA journal_mode');
    if (!isNew && mode?.journal_mode !== 'wal') await this.#connectWriter();
    const done = await migrationsDone(this.#readers.pool);
    if (!create && done.length === 0) throw notInitialized();
  }

  async #close(): Promise<void> {
    await this.#opening?.catch(() => undefined);
    const writer = await this.#writer?.catch(() => undefined);
    await Promise.all([writer?.writer.close(), this.#readers?.pool.close()]);
    await this.#release();
  }

  /** Lets go of every connection, the writer last: SQLite empties its log when the last one is closed. */
  async #release(): Promise<void> {
    const readers = this.#readers;
    const writer = await this.#writer?.catch(() => undefined);
    this.#readers = undefined;
    this.#writer = undefined;
    this.#openWriter = undefined;
    this.generation.close();
    try {
      await readers?.close();
      await writer?.close();
    } catch (error) {
      throw translateSqliteError(error);
    }
  }

  async #ensureWriter(): Promise<OpenWriter> {
    if (this.#readers === undefined || this.#closing !== undefined) throw closedStore();
    return this.#connectWriter();
  }

  #connectWriter(): Promise<OpenWriter> {
    this.#writer ??= openWriter(this.#options, this.#remember).then(
      (writer) => (this.#openWriter = writer),
      (error: unknown) => {
        this.#writer = undefined;
        throw translateSqliteError(error);
      },
    );
    return this.#writer;
  }

  /** Runs TypeORM's migration machinery inside a transaction of ours, which holds the write lock from its start. */
  async #schemaChange<T>(work: (source: DataSource, done: readonly string[]) => Promise<T>): Promise<T> {
    const { source, writer } = await this.#ensureWriter();
    return writer.transaction(async (transaction) => {
      const done = await migrationsDone(transaction);
      try {
        return await work(source, done);
      } catch (error) {
        throw translateSqliteError(error);
      }
    });
  }
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (cause) {
    throw new Unavailable('DATABASE_UNAVAILABLE', `the folder ${folder} cannot be made`, { cause });
  }
}
