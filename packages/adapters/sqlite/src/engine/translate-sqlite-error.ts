import { Corrupt, isMarkitectError, type MarkitectError, Unavailable, Unexpected } from '@markitect/domain';

/** The primary result codes that say something about the file, the disk or other processes. */
const faults: Readonly<Record<string, (cause: unknown) => MarkitectError>> = {
  SQLITE_BUSY: busy,
  SQLITE_LOCKED: busy,
  SQLITE_PROTOCOL: busy,
  SQLITE_CORRUPT: (cause) => new Corrupt('DATABASE_CORRUPT', 'the database file is damaged', { cause }),
  SQLITE_NOTADB: (cause) => new Corrupt('DATABASE_CORRUPT', 'the file is not a database', { cause }),
  SQLITE_FULL: unavailable('the disk of the database is full'),
  SQLITE_IOERR: unavailable('reading or writing the database file failed'),
  SQLITE_READONLY: unavailable('the database may not be written'),
  SQLITE_CANTOPEN: unavailable('the database file cannot be opened'),
  SQLITE_PERM: unavailable('the database file may not be accessed'),
  SQLITE_AUTH: unavailable('the database file may not be accessed'),
  SQLITE_NOMEM: unavailable('there is not enough memory for the database'),
  SQLITE_NOLFS: unavailable('the file system cannot hold a file this large'),
  SQLITE_INTERRUPT: unavailable('the database was closed during the operation'),
  SQLITE_MISUSE: unavailable('the database is closed'),
};

function busy(cause: unknown): MarkitectError {
  return new Unavailable('DATABASE_BUSY', 'another process holds the write lock of the database', { cause });
}

function unavailable(message: string): (cause: unknown) => MarkitectError {
  return (cause) => new Unavailable('DATABASE_UNAVAILABLE', message, { cause });
}

/**
 * The one place where errors of sqlite3 and TypeORM become errors of MarkiTect. What is already one passes through;
 * what says nothing about the outside world (a constraint, a syntax error) is a defect: Unexpected `UNEXPECTED`.
 */
export function translateSqliteError(error: unknown): MarkitectError {
  if (isMarkitectError(error)) return error;
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : String(error);
  // Only the migrations make tables: where one is missing they have not run.
  if (code === 'SQLITE_ERROR' && message.includes('no such table')) return notInitialized(error);
  return (
    (code === undefined ? undefined : faults[code]?.(error)) ??
    new Unexpected('UNEXPECTED', `the database refused a statement: ${message}`, { cause: error })
  );
}

/** There is no database here yet, or none with MarkiTect's tables. */
export function notInitialized(cause?: unknown): MarkitectError {
  return new Unavailable('STORE_NOT_INITIALIZED', 'there is no MarkiTect database yet', {
    ...(cause === undefined ? {} : { cause }),
    retryable: false,
  });
}

/** Whatever is asked of a store that is not open, or not any more. */
export function closedStore(): MarkitectError {
  return new Unavailable('DATABASE_UNAVAILABLE', 'the database is not open');
}

/** TypeORM wraps the driver's error; both carry the driver's code. */
function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  return 'driverError' in error ? codeOf(error.driverError) : undefined;
}
