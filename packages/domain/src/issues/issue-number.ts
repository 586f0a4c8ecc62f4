import { Invalid } from '../errors/markitect-error.js';

/** What people call an issue by: a whole number from 1, unique within its tracker. */
export type IssueNumber = number;

const largest = 2 ** 31 - 1;

/** Reads `42` or `#42`. Throws Invalid `REQUEST_INVALID` naming the field. */
export function parseIssueNumber(input: string | number, field = 'number'): IssueNumber {
  const value =
    typeof input === 'number' ? input : /^#?\d{1,10}$/.test(input) ? Number(input.replace('#', '')) : 0;
  if (Number.isInteger(value) && value >= 1 && value <= largest) return value;
  throw new Invalid('REQUEST_INVALID', `${field} must be the number of an issue, e.g. 42`, {
    details: { field, minimum: 1, maximum: largest },
  });
}
