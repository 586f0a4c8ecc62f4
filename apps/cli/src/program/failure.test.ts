import { describe, expect, it } from '@jest/globals';
import { NotFound, Unavailable } from '@markitect/domain';
import { failureOf } from './failure.js';
import { UsageError } from './usage-error.js';

describe('failureOf', () => {
  it('takes code, remedy and exit code of a coded error from the tables', () => {
    const error = new NotFound('DOCUMENT_NOT_FOUND', 'there is none', { details: { path: 'x.md' } });
    expect(failureOf(error)).toMatchObject({
      code: 'DOCUMENT_NOT_FOUND',
      message: 'there is none',
      details: { path: 'x.md' },
      exitCode: 3,
    });
  });

  it('names what the system said, in a word', () => {
    const cause = Object.assign(new Error('no space at /secret'), { code: 'ENOSPC' });
    const error = new Unavailable('FILE_SYSTEM_FAILED', 'failed', { details: { path: 'x' }, cause });
    expect(failureOf(error).details).toEqual({ path: 'x', cause: 'ENOSPC' });
  });

  it('keeps the remedy of a usage error', () => {
    expect(failureOf(new UsageError('no', {}, 'Do it so.'))).toMatchObject({
      code: 'REQUEST_INVALID',
      remedy: 'Do it so.',
      exitCode: 2,
    });
  });

  it.each([new Error('boom'), 'boom'])(
    'says of anything else that it is unexpected and how to report it',
    (thrown) => {
      const failure = failureOf(thrown);
      expect(failure).toMatchObject({ code: 'UNEXPECTED', message: 'boom', exitCode: 1 });
      expect(failure.remedy).toContain('report');
    },
  );
});
