import { describe, expect, it } from '@jest/globals';
import { Conflict, Unavailable } from '@markitect/domain';
import { causeCode } from './cause-code.js';

const coded = (code: unknown, cause?: unknown) =>
  Object.assign(new Error('/secret/path', { cause }), { code });
const failed = (cause?: unknown) => new Unavailable('FILE_SYSTEM_FAILED', 'failed', { cause });

describe('causeCode', () => {
  it.each([
    ['the cause', failed(coded('ENOSPC')), 'ENOSPC'],
    ['the cause of the cause', failed(new Error('x', { cause: coded('SQLITE_FULL') })), 'SQLITE_FULL'],
    ['a cause behind one of our own', failed(failed(coded('EIO'))), 'EIO'],
  ])('finds the code of %s', (_name, error, code) => {
    expect(causeCode(error)).toBe(code);
  });

  it.each([
    ['nothing', undefined],
    ['text', '/secret/path'],
    ['an error without a code', new Error('x')],
    ['a code that is a message', coded('no space left at /secret/path')],
    ['a code that is a number', coded(28)],
    ['a code of Node itself', coded('ERR_INVALID_ARG_TYPE')],
    ['an error of our own', new Conflict('DOCUMENT_CHANGED', 'changed')],
  ])('says nothing of %s', (_name, cause) => {
    expect(causeCode(failed(cause))).toBeUndefined();
  });

  it('ends where causes go in circles', () => {
    const circle: Error & { cause?: unknown } = new Error('x');
    circle.cause = circle;
    expect(causeCode(circle)).toBeUndefined();
    expect(causeCode(undefined)).toBeUndefined();
  });
});
