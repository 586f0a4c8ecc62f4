import type { TableSchema } from '../documents/document.schema.js';

/**
 * A row of `rate_limits`: one limit, or a name that is only held back. Times in milliseconds since 1970, with fractions.
 */
export interface RateLimitRow {
  id: number;
  /** The name of the limit. */
  scraper_name: string;
  /** Null: there is no limit, the name is only held back. */
  per_second: number | null;
  burst: number;
  /** The theoretical arrival time of the algorithm: when all that was given out is used up. */
  used_until: number;
  /** No permit is given for earlier. */
  held_until: number;
  created_at: number;
  updated_at: number;
  /** JSON: when each permit of a window can be given out again. */
  lanes: string;
}

const integer = { type: 'integer' } as const;
const real = { type: 'real' } as const;

/** The table of rate limits. */
export const rateLimitTable: TableSchema<RateLimitRow> = {
  name: 'RateLimitRow',
  tableName: 'rate_limits',
  columns: {
    id: { ...integer, primary: true, generated: 'increment' },
    scraper_name: { type: 'text' },
    per_second: { ...real, nullable: true },
    burst: integer,
    used_until: real,
    held_until: real,
    created_at: integer,
    updated_at: integer,
    lanes: { type: 'text' },
  },
  indices: [{ name: 'rate_limits_by_scraper_name', columns: ['scraper_name'], unique: true }],
};
