import { refuseField } from '../errors/refuse-field.js';
import type { Timestamp } from '../timestamp.js';

/** How often something may be asked, over all workers of all processes. */
export interface RateLimit {
  /** The scraper, or a part of it: `web:example.org`. */
  readonly name: string;
  /** More than 0. */
  readonly perSecond: number;
  /** How many may follow each other without a pause after a rest, from 1. */
  readonly burst: number;
}

/** A limit and how much of it is used up. */
export interface RateLimitState extends RateLimit {
  /** When the next permit can be had; in the past: at once. */
  readonly nextAt: Timestamp;
  readonly updatedAt: Timestamp;
}

/** Checks a limit. Throws Invalid `REQUEST_INVALID` naming the field. */
export function rateLimit(limit: RateLimit): RateLimit {
  const { name, perSecond, burst } = limit;
  refuseField('name', name.length < 1 || name.length > 200, '1 to 200 characters');
  refuseField('perSecond', !(perSecond >= 0.001 && perSecond <= 100_000), 'a number from 0.001 to 100,000');
  refuseField(
    'burst',
    !(Number.isInteger(burst) && burst >= 1 && burst <= 100_000),
    'a whole number from 1 to 100,000',
  );
  return limit;
}
