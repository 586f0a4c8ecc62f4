import { expect, it } from '@jest/globals';
import { DEFAULT_PAGE_LIMIT, MAX_PAGE_LIMIT, pageLimit } from './page.js';

it('pageLimit is the default unless a limit is asked for', () => {
  expect(pageLimit({})).toBe(DEFAULT_PAGE_LIMIT);
  expect(pageLimit({ limit: 1 })).toBe(1);
  expect(pageLimit({ limit: MAX_PAGE_LIMIT })).toBe(MAX_PAGE_LIMIT);
});

it.each([0, -1, 1.5, MAX_PAGE_LIMIT + 1, Number.NaN, Number.POSITIVE_INFINITY])(
  'pageLimit refuses %p and names the field',
  (limit) => {
    expect(() => pageLimit({ limit })).toThrow(
      expect.objectContaining({
        code: 'REQUEST_INVALID',
        details: { field: 'limit', minimum: 1, maximum: MAX_PAGE_LIMIT },
      }),
    );
  },
);
