import { describe, expect, it } from '@jest/globals';
import { Invalid } from '@markitect/domain';
import { translateSqliteError } from './translate-sqlite-error.js';

const driverError = (code: string, message = 'details') =>
  Object.assign(new Error(`${code}: ${message}`), { code });

describe('translateSqliteError', () => {
  it.each([
    ['SQLITE_BUSY', 'DATABASE_BUSY'],
    ['SQLITE_LOCKED', 'DATABASE_BUSY'],
    ['SQLITE_FULL', 'DATABASE_UNAVAILABLE'],
    ['SQLITE_IOERR', 'DATABASE_UNAVAILABLE'],
    ['SQLITE_READONLY', 'DATABASE_UNAVAILABLE'],
    ['SQLITE_CANTOPEN', 'DATABASE_UNAVAILABLE'],
    ['SQLITE_MISUSE', 'DATABASE_UNAVAILABLE'],
    ['SQLITE_CORRUPT', 'DATABASE_CORRUPT'],
    ['SQLITE_NOTADB', 'DATABASE_CORRUPT'],
    ['SQLITE_CONSTRAINT', 'UNEXPECTED'],
    ['SQLITE_ERROR', 'UNEXPECTED'],
  ])('makes %s %s and keeps the cause', (code, expected) => {
    const cause = driverError(code);
    expect(translateSqliteError(cause)).toMatchObject({ code: expected, cause });
  });

  it('looks through the error TypeORM wraps around the driver’s', () => {
    const wrapped = Object.assign(new Error('query failed'), { driverError: driverError('SQLITE_BUSY') });
    expect(translateSqliteError(wrapped).code).toBe('DATABASE_BUSY');
  });

  it('takes a missing table for a store that was not initialized', () => {
    const error = translateSqliteError(driverError('SQLITE_ERROR', 'no such table: documents'));
    expect(error).toMatchObject({ code: 'STORE_NOT_INITIALIZED', retryable: false });
  });

  it('lets errors of MarkiTect pass and takes anything else for a defect', () => {
    const own = new Invalid('CURSOR_INVALID', 'x');
    expect(translateSqliteError(own)).toBe(own);
    expect(translateSqliteError('text').code).toBe('UNEXPECTED');
    expect(translateSqliteError(null).code).toBe('UNEXPECTED');
  });
});
