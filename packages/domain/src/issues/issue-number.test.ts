import { expect, it } from '@jest/globals';
import { parseIssueNumber } from './issue-number.js';

it.each([
  ['42', 42],
  ['#42', 42],
  [42, 42],
  ['007', 7],
  [2 ** 31 - 1, 2 ** 31 - 1],
])('the number of an issue can be written %j', (input, number) => {
  expect(parseIssueNumber(input)).toBe(number);
});

it.each(['', '#', '0', '-1', '1.5', '1e3', ' 1', '##1', 'x', '99999999999', 2 ** 31, 0, -1, 1.5, Number.NaN])(
  '%j is no number of an issue',
  (input) => {
    expect(() => parseIssueNumber(input, 'by')).toThrow(
      expect.objectContaining({
        code: 'REQUEST_INVALID',
        details: { field: 'by', minimum: 1, maximum: 2 ** 31 - 1 },
      }),
    );
  },
);
