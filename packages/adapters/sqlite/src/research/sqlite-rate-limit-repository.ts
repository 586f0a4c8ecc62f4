import { ratePaceOf } from '@markitect/adapter-sql';
import { type RateLimit, rateLimit, type RateLimitState, type Timestamp } from '@markitect/domain';
import { nextPermitTime, type RateLimitRepository, type RatePermit } from '@markitect/ports';
import { GroupCommit, type Outcome } from '../engine/group-commit.js';
import type { SqlExecutor } from '../engine/sql-executor.js';
import type { SqliteConnection } from '../sqlite.connection.js';
import {
  holdBackRate,
  listRateLimits,
  readRate,
  readRateLimit,
  removeRate,
  resetRate,
  saveRateLimit,
  takePermit,
  unlimitedPermit,
} from './rate-limit-rows.js';
import type { SqliteResearchOptions } from './sqlite-search-repository.js';

type Step = (executor: SqlExecutor, nowMs: number) => Promise<unknown>;

/**
 * Rates that all processes share which use a SQLite database. Permits that are asked for at the same time share a
 * commit; to ask in vain, or where there is no limit, is a read. Errors as the port says, and Conflict
 * `TRANSACTION_NESTED` for writes inside a unit of work; the connection must be open.
 */
export class SqliteRateLimitRepository implements RateLimitRepository {
  readonly #connection: SqliteConnection;
  readonly #now: () => number;
  readonly #writes: GroupCommit<Step, unknown>;

  constructor(connection: SqliteConnection, { now = Date.now }: SqliteResearchOptions = {}) {
    this.#connection = connection;
    this.#now = now;
    let requests = 0;
    this.#writes = new GroupCommit(() => connection.writer(), {
      // Done one after the other: any may share a commit.
      keyOf: () => String((requests += 1)),
      weightOf: () => 1,
      maxRequests: 64,
      maxWeight: 64,
      write: async (transaction, steps) => {
        const outcomes: Outcome<unknown>[] = [];
        // The time when the lock is held: one from before it would give permits for the past.
        for (const step of steps) outcomes.push({ value: await step(transaction, now()) });
        return outcomes;
      },
    });
  }

  async check(name: string): Promise<RateLimitState | undefined> {
    return readRateLimit(this.#connection.readers(), name);
  }

  async list(): Promise<readonly RateLimitState[]> {
    return listRateLimits(this.#connection.readers());
  }

  async take(name: string, maxWaitMs: number, unused?: RatePermit): Promise<RatePermit | undefined> {
    const row = await readRate(this.#connection.readers(), name);
    if (row === undefined) return unlimitedPermit(row, maxWaitMs, this.#now());
    const pace = ratePaceOf(row);
    // No permit comes nearer while others take some: what is too far away now need not be asked in turn.
    if (unused === undefined && pace !== undefined && nextPermitTime(pace) > this.#now() + maxWaitMs) {
      return undefined;
    }
    return this.#write('take', (executor, nowMs) => takePermit(executor, name, maxWaitMs, nowMs, unused));
  }

  async holdBack(name: string, until: Timestamp): Promise<void> {
    const untilMs = Date.parse(until);
    await this.#write('holdBack', (executor, nowMs) => holdBackRate(executor, name, untilMs, nowMs));
  }

  async update(limit: RateLimit): Promise<void> {
    rateLimit(limit);
    await this.#write('update', (executor, nowMs) => saveRateLimit(executor, limit, nowMs));
  }

  async reset(name: string): Promise<boolean> {
    return this.#write('reset', (executor, nowMs) => resetRate(executor, name, nowMs));
  }

  async remove(name: string): Promise<boolean> {
    return this.#write('remove', (executor) => removeRate(executor, name));
  }

  async #write<T>(operation: string, step: (executor: SqlExecutor, nowMs: number) => Promise<T>): Promise<T> {
    this.#connection.refuseInsideUnitOfWork(`RateLimitRepository.${operation}`);
    return (await this.#writes.submit(step)) as T;
  }
}
