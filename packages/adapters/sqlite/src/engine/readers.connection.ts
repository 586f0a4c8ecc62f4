import sqlite3 from 'sqlite3';
import { connectionPragmas, type ResolvedSqliteOptions } from '../sqlite-options.js';
import { SqliteHandle } from './sqlite-handle.js';
import { SqliteReaders } from './sqlite-readers.js';
import { translateSqliteError } from './translate-sqlite-error.js';

/** The open connections that read. */
export interface OpenReaders {
  readonly pool: SqliteReaders;
  /** Closes them; nothing may run on them any more. */
  readonly close: () => Promise<void>;
}

/** Opens the connections that read an existing file. Throws as {@link translateSqliteError}. */
export async function openReaders(
  options: ResolvedSqliteOptions,
  onPrepared?: (sql: string) => void,
): Promise<OpenReaders> {
  const databases: sqlite3.Database[] = [];
  const closeAll = async (): Promise<void> => {
    await Promise.all(databases.map(closeDatabase));
  };
  try {
    // One after the other: the first finds out whether the file can be opened at all.
    for (let count = 0; count < options.readers; count++) {
      databases.push(await openDatabase(options.file));
    }
    const handles = databases.map((database) => new SqliteHandle(database, onPrepared));
    await Promise.all(handles.map((handle) => handle.exec(connectionPragmas(options))));
    const close = async (): Promise<void> => {
      await Promise.all(handles.map((handle) => handle.finalize()));
      await closeAll();
    };
    return { pool: new SqliteReaders(handles, options.writeTimeoutMs), close };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

function openDatabase(file: string): Promise<sqlite3.Database> {
  return new Promise((resolve, reject) => {
    const database = new sqlite3.Database(file, sqlite3.OPEN_READONLY, (error) => {
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
