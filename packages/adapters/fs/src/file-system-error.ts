import { Forbidden, Invalid, isMarkitectError, type MarkitectError } from '@markitect/domain';
import { NotFound, Unavailable, Unexpected } from '@markitect/domain';

/** What was being done with a path: reading what a person named, or keeping our own files. */
export type FileUse = 'source' | 'store';

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
  ESTALE: 'the network disk has lost the file',
};

/** The one translator of Node's file errors. Ours pass through unchanged. */
export function fileSystemError(error: unknown, path: string, use: FileUse): MarkitectError {
  if (isMarkitectError(error)) return error;
  const errno = errnoOf(error);
  const options = { cause: error, details: { path, ...(errno === undefined ? {} : { errno }) } };
  if (errno === undefined) return new Unexpected('UNEXPECTED', `${path}: ${String(error)}`, options);
  if (use === 'source') {
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
        return unsupported(path, error);
    }
  }
  // Node's own complaints about arguments are defects of ours, not of the disk.
  if (errno.startsWith('ERR_')) return new Unexpected('UNEXPECTED', `${path}: ${String(error)}`, options);
  const reason = reasons[errno] ?? errno;
  return new Unavailable('FILE_SYSTEM_FAILED', `${path}: ${reason}`, options);
}

/** A path that is not a Markdown file although it should be. */
export function unsupported(path: string, cause?: unknown): Invalid {
  return new Invalid('SOURCE_UNSUPPORTED', `${path} is neither a Markdown file nor a folder`, {
    details: { path },
    ...(cause === undefined ? {} : { cause }),
  });
}
