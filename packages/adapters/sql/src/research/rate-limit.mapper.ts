import type { RateLimitState } from '@markitect/domain';
import { nextPermitTime, type RatePace } from '@markitect/ports';
import type { RateLimitRow } from './rate-limit.schema.js';

/** How much of the limit of a row is used up; `undefined` for a name that is only held back. */
export function ratePaceOf(
  row: Pick<RateLimitRow, 'per_second' | 'burst' | 'used_until' | 'held_until' | 'lanes'>,
): RatePace | undefined {
  if (row.per_second === null) return undefined;
  return {
    perSecond: row.per_second,
    burst: row.burst,
    usedUntil: row.used_until,
    heldUntil: row.held_until,
    lanes: JSON.parse(row.lanes) as readonly number[],
  };
}

/** The limit of a row; `undefined` for a name that is only held back. */
export function rateLimitStateOf(row: Omit<RateLimitRow, 'id' | 'created_at'>): RateLimitState | undefined {
  const pace = ratePaceOf(row);
  if (pace === undefined) return undefined;
  return {
    name: row.scraper_name,
    perSecond: pace.perSecond,
    burst: pace.burst,
    nextAt: new Date(Math.ceil(nextPermitTime(pace))).toISOString(),
    updatedAt: new Date(row.updated_at).toISOString(),
  };
}
