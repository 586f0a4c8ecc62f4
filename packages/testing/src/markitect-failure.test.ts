import { expect, it } from '@jest/globals';
import { NotFound } from '@markitect/domain';
import { markitectFailure } from './markitect-failure.js';

it('gives the error an operation fails with', async () => {
  const error = new NotFound('DOCUMENT_NOT_FOUND', 'none');
  expect(await markitectFailure(() => Promise.reject(error))).toBe(error);
});

it('does not accept success, nor an error that nothing translated', async () => {
  await expect(markitectFailure(() => Promise.resolve())).rejects.toThrow('expected to fail');
  await expect(markitectFailure(() => Promise.reject(new Error('raw')))).rejects.toThrow(
    'not a MarkitectError',
  );
});
