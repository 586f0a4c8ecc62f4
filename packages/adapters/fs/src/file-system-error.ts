import {
  Conflict,
  type ErrorOptions,
  Forbidden,
  Invalid,
  isMarkitectError,
  type MarkitectError,
  NotFound,
  Unavailable,
  Unexpected,
} from '@markitect/domain';

/**
 * What was being done with a path: reading what a person named, keeping our own files, or reading and changing the
 * files of a store, whose path is relative to its root and whose errors never tell where that is.
 */
export type FileUse = 'source' | 'store' | 'file-read' | 'file-write';

/** The code Node gives a failed system call, e.g. `ENOENT`; `undefined` for an error that is none. */
export function errnoOf(error: unknown): string | undefined {
  // Told by its shape: `instanceof` fails for errors of another realm, and test runners run code in one.
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** Whether an error says that there is nothing at a path. */
export function isAbsence(error: unknown): boolean {
  const errno = errnoOf(error);
  return errno === 'ENOENT' || errno === 'ENOTDIR';
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EDQUOT: 'the disk quota is used up',
  EIO: 'the disk reported an error',
  EMFILE: 'this process has too many files open',
  ENFILE: 'the system has too many files open',
  ENOSPC: 'the disk is full',
  EPERM: 'not permitted',
  EROFS: 'the disk is read-only',
  EXDEV: 'another disk is mounted below the root',
  ENOENT: 'it was removed meanwhile',
  ESTALE: 'the network disk has lost the file',
};

/** The one translator of Node's file errors. Ours pass through unchanged. */
export function fileSystemError(error: unknown, path: string, use: FileUse): MarkitectError {
  if (isMarkitectError(error)) return error;
  const errno = errnoOf(error);
  const cause = use === 'file-read' || use === 'file-write' ? withoutPath(error, errno) : error;
  const options = { cause, details: { path, ...(errno === undefined ? {} : { errno }) } };
  // Node's own complaints about arguments are defects of ours, not of the disk.
  const named = errno === undefined ? undefined : nameOf(errno, path, use, options);
  if (named !== undefined) return named;
  if (errno === undefined || errno.startsWith('ERR_')) {
    return new Unexpected('UNEXPECTED', `${path}: ${String(cause)}`, options);
  }
  const reason = reasons[errno] ?? errno;
  return new Unavailable('FILE_SYSTEM_FAILED', `${path}: ${reason}`, options);
}

/** The error by which callers know this one in this use; `undefined`: it is a failure of the disk. */
function nameOf(
  errno: string,
  path: string,
  use: FileUse,
  options: ErrorOptions,
): MarkitectError | undefined {
  switch (use) {
    case 'store':
      return undefined;
    case 'source':
      return sourceError(errno, path, options);
    case 'file-read':
      return fileError(errno, path, options) ?? fileReadError(errno, path, options);
    case 'file-write':
      return fileError(errno, path, options) ?? fileWriteError(errno, path, options);
  }
}

function sourceError(errno: string, path: string, options: ErrorOptions): MarkitectError | undefined {
  switch (errno) {
    case 'ENOENT':
    case 'ENOTDIR':
    case 'ENAMETOOLONG':
    case 'ERR_INVALID_ARG_VALUE':
      // The last two: a name that no file can have, too long or with a NUL in it.
      return new NotFound('SOURCE_NOT_FOUND', `${path} does not exist`, options);
    case 'EACCES':
    case 'EPERM':
      return new Forbidden('FILE_UNREADABLE', `${path} may not be read`, options);
    case 'ELOOP':
      return new Invalid('LINK_LOOP', `${path} is a symbolic link that leads back to itself`, options);
    case 'EISDIR':
    case 'ENXIO':
      // ENXIO: a socket.
      return unsupported(path, options.cause);
    default:
      return undefined;
  }
}

function fileError(errno: string, path: string, options: ErrorOptions): MarkitectError | undefined {
  switch (errno) {
    case 'ELOOP':
      return new Forbidden('FILE_ESCAPES_ROOT', `${path} is a symbolic link`, options);
    case 'ENAMETOOLONG':
      return new Invalid('FILE_PATH_INVALID', `${path} is longer than this disk takes`, options);
    default:
      return undefined;
  }
}

function fileReadError(errno: string, path: string, options: ErrorOptions): MarkitectError | undefined {
  switch (errno) {
    case 'ENOENT':
    case 'ENOTDIR':
    case 'EISDIR':
    case 'ENXIO':
      return new NotFound('FILE_NOT_FOUND', `there is no file ${path}`, options);
    case 'EACCES':
    case 'EPERM':
      return new Forbidden('FILE_UNREADABLE', `${path} may not be read`, options);
    default:
      return undefined;
  }
}

function fileWriteError(errno: string, path: string, options: ErrorOptions): MarkitectError | undefined {
  switch (errno) {
    case 'EEXIST':
    case 'EISDIR':
    case 'ENOTDIR':
    case 'ENOTEMPTY':
      return new Conflict('FILE_NAME_CONFLICT', `${path}: a file or folder is in the way`, options);
    case 'EACCES':
    case 'EPERM':
      return new Forbidden('FILE_UNWRITABLE', `${path} may not be changed`, options);
    default:
      return undefined;
  }
}

/** Node's error without the absolute path that it has in its message and properties. */
function withoutPath(error: unknown, errno: string | undefined): unknown {
  if (errno === undefined) return error;
  const call = typeof error === 'object' && error !== null && 'syscall' in error ? String(error.syscall) : '';
  return Object.assign(new Error(`${errno}${call === '' ? '' : ` in ${call}`}`), { code: errno });
}

/** A path that is not a Markdown file although it should be. */
export function unsupported(path: string, cause?: unknown): Invalid {
  return new Invalid('SOURCE_UNSUPPORTED', `${path} is neither a Markdown file nor a folder`, {
    details: { path },
    ...(cause === undefined ? {} : { cause }),
  });
}
