import { pathToFileURL } from 'node:url';
import { Corrupt } from '@markitect/domain';
import sqlite3 from 'sqlite3';
import { SqliteHandle } from '../engine/sqlite-handle.js';
import { translateSqliteError } from '../engine/translate-sqlite-error.js';
import { fileFaults } from './integrity.js';

/** How far a copy is, in pages of the database. */
export interface CopyProgress {
  readonly pages: number;
  readonly totalPages: number;
}

/** How a database is copied. */
export interface CopyOptions {
  readonly busyTimeoutMs: number;
  /** Changes of files that are committed and not in place: the copy waits this long for a moment without any. */
  readonly patienceMs: number;
  readonly onProgress: (progress: CopyProgress) => void;
  readonly signal: AbortSignal | undefined;
}

/** Pages copied at a time: one megabyte as a rule. */
const STEP_PAGES = 256;

/** How long a state of the database without pending files is waited for before it is looked again. */
const PAUSE_MS = 20;

/**
 * Copies one state of a database, which others may go on writing, to a new file: every commit acknowledged before is in
 * it, and none by half. Answers how many changes of files were pending in that state. Throws the signal's reason when
 * that is aborted, else as {@link translateSqliteError}.
 */
export async function copyDatabase(file: string, target: string, options: CopyOptions): Promise<number> {
  const database = await openDatabase(file, sqlite3.OPEN_READONLY);
  const handle = new SqliteHandle(database);
  try {
    await handle.exec(`PRAGMA busy_timeout = ${options.busyTimeoutMs}`);
    const pending = await beginSettled(handle, options);
    // The transaction holds the state for all steps. Without it, each commit of another process would start the
    // copy from its beginning.
    await copyPages(database, target, options);
    await handle.run('COMMIT');
    return pending;
  } finally {
    await handle.finalize();
    await closeDatabase(database);
  }
}

/** Reads all of a copy that nobody has open. Throws Corrupt `DATABASE_CORRUPT` when it is not whole. */
export async function verifyCopy(file: string): Promise<void> {
  // Immutable: SQLite makes no files beside it.
  const uri = `${pathToFileURL(file).href}?immutable=1`;
  const database = await openDatabase(uri, sqlite3.OPEN_READONLY | sqlite3.OPEN_URI);
  const handle = new SqliteHandle(database);
  try {
    const [fault] = await fileFaults(handle, 'quick_check');
    if (fault === undefined) return;
    throw new Corrupt('DATABASE_CORRUPT', `the copy is not whole: ${fault}`, { details: { fault } });
  } finally {
    await handle.finalize();
    await closeDatabase(database);
  }
}

/** Begins a transaction that reads, if possible in a state in which no changes of files are pending. */
async function beginSettled(
  handle: SqliteHandle,
  { patienceMs, signal }: Pick<CopyOptions, 'patienceMs' | 'signal'>,
): Promise<number> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    signal?.throwIfAborted();
    await handle.run('BEGIN');
    const known = await handle.all(`SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'outbox'`);
    const [row] =
      known.length === 0
        ? []
        : await handle.all<{ count: number }>(
            `SELECT count(*) AS count FROM outbox WHERE kind IN ('file-replace', 'file-remove')`,
          );
    const pending = row?.count ?? 0;
    if (pending === 0 || performance.now() >= deadline) return pending;
    await handle.run('COMMIT');
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

async function copyPages(
  database: sqlite3.Database,
  target: string,
  { onProgress, signal }: Pick<CopyOptions, 'onProgress' | 'signal'>,
): Promise<void> {
  const backup = await startBackup(database, target);
  try {
    while (!backup.completed) {
      signal?.throwIfAborted();
      await step(backup);
      const { pageCount: totalPages, remaining } = backup;
      onProgress({ pages: totalPages - remaining, totalPages });
    }
  } finally {
    await new Promise<void>((resolve) => backup.finish(() => resolve()));
  }
}

/** What of a sqlite3 backup is used here; its own types leave it out. */
interface DriverBackup {
  readonly completed: boolean;
  readonly pageCount: number;
  readonly remaining: number;
  step(pages: number, done: (error: Error | null) => void): void;
  finish(done: () => void): void;
}

interface BackupSource {
  backup(target: string, done: (error: Error | null) => void): DriverBackup;
}

function startBackup(database: sqlite3.Database, target: string): Promise<DriverBackup> {
  return new Promise((resolve, reject) => {
    const source = database as sqlite3.Database & BackupSource;
    const backup = source.backup(target, (error) => {
      if (error === null) resolve(backup);
      else reject(translateSqliteError(error));
    });
  });
}

function step(backup: DriverBackup): Promise<void> {
  return new Promise((resolve, reject) => {
    backup.step(STEP_PAGES, (error) => {
      if (error === null) resolve();
      else reject(translateSqliteError(error));
    });
  });
}

function openDatabase(file: string, mode: number): Promise<sqlite3.Database> {
  return new Promise((resolve, reject) => {
    const database = new sqlite3.Database(file, mode, (error) => {
      if (error === null) resolve(database);
      else reject(translateSqliteError(error));
    });
  });
}

function closeDatabase(database: sqlite3.Database): Promise<void> {
  return new Promise((resolve, reject) => {
    database.close((error) => {
      if (error === null) resolve();
      else reject(translateSqliteError(error));
    });
  });
}
