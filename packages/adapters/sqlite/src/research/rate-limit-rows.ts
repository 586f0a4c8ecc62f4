import { rateLimitStateOf, ratePaceOf, type RateLimitRow } from '@markitect/adapter-sql';
import { type RateLimit, rateLimit, type RateLimitState } from '@markitect/domain';
import { nextPermit, paceOf, type RatePace, type RatePermit, renewedPermit } from '@markitect/ports';
import type { SqlExecutor, SqlReader } from '../engine/sql-executor.js';

const columns = 'scraper_name, per_second, burst, used_until, held_until, updated_at, lanes';

/** What is known of a name. */
export type StoredRate = Omit<RateLimitRow, 'id' | 'created_at'>;

/** What is known of a name; `undefined`: nothing. */
export async function readRate(reader: SqlReader, name: string): Promise<StoredRate | undefined> {
  const [row] = await reader.all<StoredRate>(`SELECT ${columns} FROM rate_limits WHERE scraper_name = ?`, [
    name,
  ]);
  return row;
}

/** The limit of a name, and when it gives the next permit. */
export async function readRateLimit(reader: SqlReader, name: string): Promise<RateLimitState | undefined> {
  const row = await readRate(reader, name);
  return row && rateLimitStateOf(row);
}

/** All limits by name. */
export async function listRateLimits(reader: SqlReader): Promise<readonly RateLimitState[]> {
  const rows = await reader.all<StoredRate>(`SELECT ${columns} FROM rate_limits ORDER BY scraper_name`);
  return rows.flatMap((row) => rateLimitStateOf(row) ?? []);
}

/**
 * Takes as many permits as can be used right now, `atMost` of them, and answers how many that are. A name without a
 * limit gives all. One read, and one write when any are taken.
 */
export async function takePermits(
  transaction: SqlExecutor,
  name: string,
  atMost: number,
  nowMs: number,
): Promise<number> {
  const row = await readRate(transaction, name);
  if (row === undefined) return atMost;
  let pace = ratePaceOf(row);
  if (pace === undefined) return row.held_until > nowMs ? 0 : atMost;
  let taken = 0;
  for (; taken < atMost; taken += 1) {
    const step = nextPermit(pace, nowMs, 0);
    if (step === undefined) break;
    pace = step.pace;
  }
  if (taken > 0) await storePace(transaction, name, pace, nowMs);
  return taken;
}

/**
 * Takes the next permit, unless it is for later than `maxWaitMs` from now, or one for now in place of one that was not
 * used. One read, and one write when it is taken.
 */
export async function takePermit(
  transaction: SqlExecutor,
  name: string,
  maxWaitMs: number,
  nowMs: number,
  unused?: RatePermit,
): Promise<RatePermit | undefined> {
  const row = await readRate(transaction, name);
  const pace = row && ratePaceOf(row);
  if (pace === undefined) {
    // The time it was held back to is over: there is nothing left to remember.
    if (row !== undefined && row.held_until <= nowMs) await removeRate(transaction, name);
    return unlimitedPermit(row, maxWaitMs, nowMs);
  }
  const step = (unused && renewedPermit(pace, unused, nowMs)) ?? nextPermit(pace, nowMs, maxWaitMs);
  if (step !== undefined) await storePace(transaction, name, step.pace, nowMs);
  return step?.permit;
}

/** The permit of a name without a limit, which may be held back. */
export function unlimitedPermit(
  row: Pick<StoredRate, 'held_until'> | undefined,
  maxWaitMs: number,
  nowMs: number,
): RatePermit | undefined {
  const at = Math.max(nowMs, row?.held_until ?? 0);
  return at > nowMs + maxWaitMs ? undefined : { at: new Date(Math.ceil(at)).toISOString() };
}

/** Sets a limit; what is used up stays so. Throws Invalid `REQUEST_INVALID`. */
export async function saveRateLimit(
  transaction: SqlExecutor,
  limit: RateLimit,
  nowMs: number,
): Promise<void> {
  const { name, perSecond, burst } = rateLimit(limit);
  const row = await readRate(transaction, name);
  const before = row && {
    usedUntil: row.used_until,
    heldUntil: row.held_until,
    lanes: JSON.parse(row.lanes) as readonly number[],
  };
  const { lanes } = paceOf(limit, before);
  await transaction.run(
    `INSERT INTO rate_limits(scraper_name, per_second, burst, used_until, held_until, created_at, updated_at, lanes)
     VALUES (?, ?, ?, 0, 0, ?, ?, ?)
     ON CONFLICT(scraper_name) DO UPDATE SET per_second = excluded.per_second, burst = excluded.burst,
       updated_at = excluded.updated_at, lanes = excluded.lanes`,
    [name, perSecond, burst, nowMs, nowMs, JSON.stringify(lanes)],
  );
}

/** Gives no permit of a name before a time, whether it has a limit or not. */
export async function holdBackRate(
  transaction: SqlExecutor,
  name: string,
  untilMs: number,
  nowMs: number,
): Promise<void> {
  await transaction.run(
    `INSERT INTO rate_limits(scraper_name, per_second, burst, used_until, held_until, created_at, updated_at, lanes)
     VALUES (?, NULL, 1, 0, ?, ?, ?, '[]')
     ON CONFLICT(scraper_name) DO UPDATE SET held_until = excluded.held_until, updated_at = excluded.updated_at
     WHERE held_until < excluded.held_until`,
    [name, untilMs, nowMs, nowMs],
  );
}

/** Forgets what is used up. Answers whether there was such a limit. */
export async function resetRate(transaction: SqlExecutor, name: string, nowMs: number): Promise<boolean> {
  const row = await readRate(transaction, name);
  const pace = row && ratePaceOf(row);
  if (pace === undefined) return false;
  await storePace(transaction, name, paceOf(pace), nowMs);
  return true;
}

/** Forgets a name. Answers whether it had a limit. */
export async function removeRate(transaction: SqlExecutor, name: string): Promise<boolean> {
  const rows = await transaction.all<{ per_second: number | null }>(
    'DELETE FROM rate_limits WHERE scraper_name = ? RETURNING per_second',
    [name],
  );
  return rows.some((row) => row.per_second !== null);
}

async function storePace(
  transaction: SqlExecutor,
  name: string,
  { usedUntil, heldUntil, lanes }: RatePace,
  nowMs: number,
): Promise<void> {
  await transaction.run(
    'UPDATE rate_limits SET used_until = ?, held_until = ?, lanes = ?, updated_at = ? WHERE scraper_name = ?',
    [usedUntil, heldUntil, JSON.stringify(lanes), nowMs, name],
  );
}
