import { setTimeout as delay } from 'node:timers/promises';
import { documentLinkTable, documentTable, documentTagTable } from '@markitect/adapter-sql';
import { isMarkitectError, Unavailable } from '@markitect/domain';
import sqlite3 from 'sqlite3';
import type { DataSource } from 'typeorm';
import { migrations, MIGRATIONS_TABLE } from '../migrations/migrations.js';
import { connectionPragmas, type ResolvedSqliteOptions } from '../sqlite-options.js';
import { SqliteHandle } from './sqlite-handle.js';
import { SqliteWriter } from './sqlite-writer.js';

/** The longest that closing waits for readers of other processes before it leaves the log as it is. */
const CLOSING_WAIT_MS = 100;

/**
 * How long the write-ahead log grows before it is moved into the file, in pages of 4 KiB. That costs two syncs, which
 * commits would wait for eight times as often with SQLite's own 1,000.
 */
const CHECKPOINT_PAGES = 8000;

/** The open connection that writes. */
export interface OpenWriter {
  readonly source: DataSource;
  readonly writer: SqliteWriter;
  /** Moves the write-ahead log into the file and closes it; nothing may run on it any more. */
  readonly close: () => Promise<void>;
}

/**
 * Opens the connection that writes and creates the file where there is none: a TypeORM data source, which owns the
 * schema and its migrations. Throws as {@link translateSqliteError}.
 */
export async function openWriter(
  options: ResolvedSqliteOptions,
  onPrepared?: (sql: string) => void,
): Promise<OpenWriter> {
  const typeorm = await import('typeorm');
  const source = new typeorm.DataSource({
    type: 'sqlite',
    database: options.file,
    driver: quietDriver,
    entities: [
      new typeorm.EntitySchema(documentTable),
      new typeorm.EntitySchema(documentTagTable),
      new typeorm.EntitySchema(documentLinkTable),
    ],
    migrations,
    migrationsTableName: MIGRATIONS_TABLE,
    logging: false,
  });
  await source.initialize();
  try {
    const handle = new SqliteHandle(databaseOf(source), onPrepared);
    await handle.exec(connectionPragmas(options));
    await enableWriteAheadLog(handle, options.writeTimeoutMs);
    await handle.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    const close = async (): Promise<void> => {
      // What this does not move into the file stays in the log, from where every reader finds it: no long read, nor a
      // backup, of another process is worth waiting for.
      await handle.exec(`PRAGMA busy_timeout = ${CLOSING_WAIT_MS}`).catch(() => undefined);
      await handle.run('PRAGMA wal_checkpoint(TRUNCATE)').catch(() => undefined);
      await handle.finalize();
      await source.destroy();
    };
    return { source, writer: new SqliteWriter(handle, options.writeTimeoutMs), close };
  } catch (error) {
    await source.destroy();
    throw error;
  }
}

/** TypeORM turns on sqlite3's verbose mode, which records a stack trace for every call of the whole process. */
const quietDriver: typeof sqlite3 & { verbose: () => unknown } = Object.assign(
  Object.create(sqlite3) as typeof sqlite3,
  { verbose: () => quietDriver },
);

function databaseOf(source: DataSource): sqlite3.Database {
  const { driver } = source;
  if ('databaseConnection' in driver && driver.databaseConnection instanceof sqlite3.Database) {
    return driver.databaseConnection;
  }
  throw new Unavailable('DATABASE_UNAVAILABLE', 'TypeORM has no SQLite connection');
}

/** Another process may be doing the same: SQLite does not wait for that by itself. */
async function enableWriteAheadLog(handle: SqliteHandle, timeoutMs: number): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    try {
      await handle.exec('PRAGMA journal_mode = WAL');
      return;
    } catch (error) {
      const isBusy = isMarkitectError(error) && error.code === 'DATABASE_BUSY';
      if (!isBusy || performance.now() > deadline) throw error;
      await delay(20);
    }
  }
}
