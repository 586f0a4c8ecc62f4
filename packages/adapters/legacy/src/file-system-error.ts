import { Forbidden, isMarkitectError, type MarkitectError, Unavailable, Unexpected } from '@markitect/domain';

/** The code Node gives a failed system call, e.g. `ENOENT`; `undefined` for an error that is none. */
export function errnoOf(error: unknown): string | undefined {
  // Told by its shape: `instanceof` fails for errors of another realm, and test runners run code in one.
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

const reasons: Readonly<Record<string, string>> = {
  EDQUOT: 'the disk quota is used up',
  EIO: 'the disk reported an error',
  EISDIR: 'it is a folder',
  EMFILE: 'this process has too many files open',
  ENFILE: 'the system has too many files open',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'something on its path is not a folder',
  EROFS: 'the disk is read-only',
};

/** The one translator of Node's file errors. Ours pass through unchanged. */
export function fileSystemError(error: unknown, path: string, use: 'read' | 'write'): MarkitectError {
  if (isMarkitectError(error)) return error;
  const errno = errnoOf(error);
  const options = { cause: error, details: { path, ...(errno === undefined ? {} : { errno }) } };
  // Node's own complaints about arguments are defects of ours, not of the disk.
  if (errno === undefined || errno.startsWith('ERR_')) {
    return new Unexpected('UNEXPECTED', `${path}: ${String(error)}`, options);
  }
  // A link that leads to itself is an error of that link alone.
  if (errno === 'EACCES' || errno === 'EPERM' || errno === 'ELOOP') {
    return use === 'read'
      ? new Forbidden('FILE_UNREADABLE', `${path} may not be read`, options)
      : new Forbidden('FILE_UNWRITABLE', `${path} may not be changed`, options);
  }
  return new Unavailable('FILE_SYSTEM_FAILED', `${path}: ${reasons[errno] ?? errno}`, options);
}

/** Does work with the file at a path; its errors are translated. */
export async function translated<T>(path: string, use: 'read' | 'write', work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw fileSystemError(error, path, use);
  }
}
