import { describe, expect, it } from '@jest/globals';
import { NotFound } from '@markitect/domain';
import { errnoOf, type FileUse, fileSystemError, isAbsence } from './file-system-error.js';

const failure = (code: string) => Object.assign(new Error(`${code}: as Node says it`), { code });

describe('errors of the file system', () => {
  it.each<[string, FileUse, string]>([
    ['ENOENT', 'source', 'SOURCE_NOT_FOUND'],
    ['ENOTDIR', 'source', 'SOURCE_NOT_FOUND'],
    ['ENAMETOOLONG', 'source', 'SOURCE_NOT_FOUND'],
    ['EACCES', 'source', 'FILE_UNREADABLE'],
    ['EPERM', 'source', 'FILE_UNREADABLE'],
    ['ELOOP', 'source', 'LINK_LOOP'],
    ['EISDIR', 'source', 'SOURCE_UNSUPPORTED'],
    ['ENXIO', 'source', 'SOURCE_UNSUPPORTED'],
    ['EMFILE', 'source', 'FILE_SYSTEM_FAILED'],
    ['EIO', 'source', 'FILE_SYSTEM_FAILED'],
    ['EACCES', 'store', 'FILE_SYSTEM_FAILED'],
    ['ENOSPC', 'store', 'FILE_SYSTEM_FAILED'],
    ['EROFS', 'store', 'FILE_SYSTEM_FAILED'],
    ['EWHATEVER', 'store', 'FILE_SYSTEM_FAILED'],
    ['ERR_INVALID_ARG_TYPE', 'store', 'UNEXPECTED'],
  ])('%s while using a %s is %s, naming the path', (errno, use, code) => {
    const cause = failure(errno);
    const error = fileSystemError(cause, '/some/path.md', use);
    expect(error).toMatchObject({ code, cause, details: { path: '/some/path.md' } });
    expect(error.message).toContain('/some/path.md');
  });

  it.each<[string, FileUse, string]>([
    ['ENOENT', 'file-read', 'FILE_NOT_FOUND'],
    ['ENOTDIR', 'file-read', 'FILE_NOT_FOUND'],
    ['EISDIR', 'file-read', 'FILE_NOT_FOUND'],
    ['EACCES', 'file-read', 'FILE_UNREADABLE'],
    ['ELOOP', 'file-read', 'FILE_ESCAPES_ROOT'],
    ['EMFILE', 'file-read', 'FILE_SYSTEM_FAILED'],
    ['ENOENT', 'file-write', 'FILE_SYSTEM_FAILED'],
    ['ENOTDIR', 'file-write', 'FILE_NAME_CONFLICT'],
    ['EISDIR', 'file-write', 'FILE_NAME_CONFLICT'],
    ['EEXIST', 'file-write', 'FILE_NAME_CONFLICT'],
    ['EPERM', 'file-write', 'FILE_UNWRITABLE'],
    ['ELOOP', 'file-write', 'FILE_ESCAPES_ROOT'],
    ['ENAMETOOLONG', 'file-write', 'FILE_PATH_INVALID'],
    ['EXDEV', 'file-write', 'FILE_SYSTEM_FAILED'],
    ['EROFS', 'file-write', 'FILE_SYSTEM_FAILED'],
    ['ERR_WHATEVER', 'file-write', 'UNEXPECTED'],
  ])('%s in a %s is %s, and does not tell where the root is', (errno, use, code) => {
    const cause = Object.assign(failure(errno), {
      message: `${errno}: open '/root/a'`,
      path: '/root/a',
      syscall: 'open',
    });
    const error = fileSystemError(cause, 'a', use);
    expect(error).toMatchObject({ code, details: { path: 'a', errno } });
    expect(`${error.message} ${String(error.cause)} ${JSON.stringify(error.cause)}`).not.toContain('/root');
    expect(String(error.cause)).toContain(`${errno} in open`);
  });

  it('says in words what a full disk is, and that another try may do', () => {
    expect(fileSystemError(failure('ENOSPC'), '/x', 'store')).toMatchObject({
      message: '/x: the disk is full',
      retryable: true,
      details: { errno: 'ENOSPC' },
    });
  });

  it('lets our own errors through and owns up to what it does not know', () => {
    const own = new NotFound('SOURCE_NOT_FOUND', 'x');
    expect(fileSystemError(own, '/x', 'source')).toBe(own);
    expect(fileSystemError(new TypeError('oops'), '/x', 'source').code).toBe('UNEXPECTED');
    expect(fileSystemError('thrown text', '/x', 'source').code).toBe('UNEXPECTED');
  });

  it('takes only ENOENT and ENOTDIR for absence', () => {
    expect(['ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP', 'EIO'].map((errno) => isAbsence(failure(errno)))).toEqual(
      [true, true, false, false, false],
    );
    expect(errnoOf(null)).toBeUndefined();
    expect(errnoOf(new Error('x'))).toBeUndefined();
  });
});
