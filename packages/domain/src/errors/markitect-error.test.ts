import { describe, expect, it, jest } from '@jest/globals';
import { errorCodes, type ErrorCode, type ErrorKind } from './error-codes.js';
import * as errors from './markitect-error.js';
import {
  Conflict,
  Invalid,
  isMarkitectError,
  MarkitectError,
  NotFound,
  Unavailable,
} from './markitect-error.js';

/** The class of each kind. */
const classes: Record<ErrorKind, new (code: never, message: string) => MarkitectError> = {
  Conflict: errors.Conflict,
  Corrupt: errors.Corrupt,
  Forbidden: errors.Forbidden,
  Invalid: errors.Invalid,
  NotFound: errors.NotFound,
  NotSupported: errors.NotSupported,
  RateLimited: errors.RateLimited,
  Timeout: errors.Timeout,
  Unavailable: errors.Unavailable,
  Unexpected: errors.Unexpected,
};

describe('a MarkitectError', () => {
  it.each(Object.entries(errorCodes))('can carry %s', (code, { kind, remedy }) => {
    const error = new classes[kind](code as never, 'what happened');
    expect(error).toBeInstanceOf(MarkitectError);
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ code, kind, remedy, name: kind, message: 'what happened' });
  });

  it.each(Object.keys(classes))('%s has at least one code', (kind) => {
    expect(Object.values(errorCodes).map((each) => each.kind)).toContain(kind);
  });

  it('carries details, operation and cause, or plainly none', () => {
    const cause = new Error('vendor');
    const full = new NotFound('DOCUMENT_NOT_FOUND', 'none', {
      details: { path: 'a.md' },
      operation: 'DocumentRepository.get',
      cause,
    });
    expect(full).toMatchObject({ details: { path: 'a.md' }, operation: 'DocumentRepository.get', cause });
    const plain = new NotFound('DOCUMENT_NOT_FOUND', 'none');
    expect(plain.details).toEqual({});
    expect(plain.operation).toBeUndefined();
    expect('cause' in plain).toBe(false);
  });

  it.each<[ErrorKind, boolean]>([
    ['Unavailable', true],
    ['RateLimited', true],
    ['Timeout', true],
    ['Invalid', false],
    ['Conflict', false],
    ['Corrupt', false],
  ])('of the kind %s can be tried again: %p', (kind, retryable) => {
    const code = (Object.keys(errorCodes) as ErrorCode[]).find((each) => errorCodes[each].kind === kind);
    expect(new classes[kind as 'Invalid'](code as never, '').retryable).toBe(retryable);
  });

  it('is retryable or not as the thrower says', () => {
    expect(new Unavailable('DATABASE_UNAVAILABLE', '', { retryable: false }).retryable).toBe(false);
    expect(new Conflict('DOCUMENT_CHANGED', '', { retryable: true }).retryable).toBe(true);
  });

  it('takes only the codes of its kind', () => {
    // @ts-expect-error -- a code of the kind Conflict
    expect(new Invalid('DOCUMENT_CHANGED', '').kind).toBe('Conflict');
    // @ts-expect-error -- no code at all
    expect(() => new Invalid('NO_SUCH_CODE', '')).toThrow(TypeError);
  });
});

describe('isMarkitectError', () => {
  it('recognises the errors of another copy of the package', async () => {
    jest.resetModules();
    const copy = await import('./markitect-error.js');
    const error = new copy.Invalid('REQUEST_INVALID', 'from the copy');
    expect(error).not.toBeInstanceOf(MarkitectError);
    expect(isMarkitectError(error)).toBe(true);
    expect(copy.isMarkitectError(new Invalid('REQUEST_INVALID', ''))).toBe(true);
  });

  it.each([undefined, null, 'error', 7, {}, new Error('plain'), { code: 'REQUEST_INVALID' }])(
    'does not take %p for one',
    (value) => {
      expect(isMarkitectError(value)).toBe(false);
    },
  );
});
