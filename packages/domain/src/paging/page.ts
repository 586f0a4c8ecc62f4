import { Invalid } from '../errors/markitect-error.js';

/** One page of a longer sequence. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Pass back unchanged, with the same query, for the next page; absent on the last page. */
  readonly nextCursor?: string;
}

/** What a caller says about the page it wants. */
export interface PageRequest {
  /** Items on the page, 1 to {@link MAX_PAGE_LIMIT}. Default {@link DEFAULT_PAGE_LIMIT}. */
  readonly limit?: number;
  /** The `nextCursor` of the page before. */
  readonly cursor?: string;
}

export const DEFAULT_PAGE_LIMIT = 50;
export const MAX_PAGE_LIMIT = 500;

/** The limit to use for a request. Throws Invalid `REQUEST_INVALID` naming the field when out of range. */
export function pageLimit(request: PageRequest): number {
  const limit = request.limit ?? DEFAULT_PAGE_LIMIT;
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_PAGE_LIMIT) {
    throw new Invalid(
      'REQUEST_INVALID',
      `limit must be a whole number from 1 to ${MAX_PAGE_LIMIT}, not ${limit}`,
      {
        details: { field: 'limit', minimum: 1, maximum: MAX_PAGE_LIMIT },
      },
    );
  }
  return limit;
}
