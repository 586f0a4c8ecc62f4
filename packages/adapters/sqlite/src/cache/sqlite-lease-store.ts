import { randomUUID } from 'node:crypto';
import { isMarkitectError, Unavailable } from '@markitect/domain';
import type { LeaseAnswer, LeaseFailure, LeaseOutcome, LeaseStore } from '@markitect/ports';
import type { SqlExecutor, SqlReader } from '../engine/sql-executor.js';
import { GroupCommit, type Outcome } from '../engine/group-commit.js';
import type { SqliteConnection } from '../sqlite.connection.js';

/** How a {@link SqliteLeaseStore} is kept. */
export interface SqliteLeaseStoreOptions {
  /** The time in milliseconds since 1970, the same in all processes. Default: the clock of the machine. */
  readonly now?: () => number;
}

/** Leases that have ended are removed this often, in milliseconds. */
const TIDY_MS = 60_000;

type Step = (executor: SqlExecutor) => Promise<unknown>;

/**
 * Leases among all processes that share a SQLite database. To ask for a lease that is held is a read; those that are
 * granted, renewed and released at the same time share a commit. Inside a unit of work it answers with Unavailable
 * `CACHE_LEASE_FAILED`, for it would wait for the end of that: do without.
 */
export class SqliteLeaseStore implements LeaseStore {
  readonly #connection: SqliteConnection;
  readonly #now: () => number;
  readonly #writes: GroupCommit<{ readonly name: string; readonly step: Step }, unknown>;
  #nextTidying = 0;

  constructor(connection: SqliteConnection, { now = Date.now }: SqliteLeaseStoreOptions = {}) {
    this.#connection = connection;
    this.#now = now;
    this.#writes = new GroupCommit(() => connection.writer(), {
      keyOf: ({ name }) => name,
      weightOf: () => 1,
      maxRequests: 64,
      maxWeight: 64,
      write: async (transaction, requests) => {
        const outcomes: Outcome<unknown>[] = [];
        for (const { step } of requests) outcomes.push({ value: await step(transaction) });
        await this.#tidy(transaction);
        return outcomes;
      },
    });
  }

  async acquire(name: string, ttlMs: number): Promise<LeaseAnswer> {
    return this.#guarded(async () => {
      const present = await this.#present(this.#connection.readers(), name);
      if (present !== undefined) return present;
      return this.#write(name, async (executor) => {
        const token = randomUUID();
        const now = this.#now();
        const changes = await executor.run(
          `INSERT INTO cache_leases(name, token, held_until) VALUES (?, ?, ?)
           ON CONFLICT(name) DO UPDATE SET token = excluded.token, held_until = excluded.held_until, failure = NULL
           WHERE held_until <= ?`,
          [name, token, now + ttlMs, now],
        );
        if (changes === 1) return { kind: 'granted', token };
        return (await this.#present(executor, name)) ?? { kind: 'held', forMs: 1 };
      });
    });
  }

  async renew(name: string, token: string, ttlMs: number): Promise<boolean> {
    return this.#guarded(() =>
      this.#write(name, async (executor) => {
        const now = this.#now();
        const changes = await executor.run(
          `UPDATE cache_leases SET held_until = ?
           WHERE name = ? AND token = ? AND failure IS NULL AND held_until > ?`,
          [now + ttlMs, name, token, now],
        );
        return changes === 1;
      }),
    );
  }

  async release(name: string, token: string, outcome: LeaseOutcome): Promise<void> {
    await this.#guarded(() =>
      this.#write(name, (executor) =>
        outcome.kind === 'done'
          ? executor.run('DELETE FROM cache_leases WHERE name = ? AND token = ? AND failure IS NULL', [
              name,
              token,
            ])
          : executor.run(
              `UPDATE cache_leases SET held_until = ?, failure = ?
               WHERE name = ? AND token = ? AND failure IS NULL`,
              [this.#now() + outcome.keepMs, JSON.stringify(outcome.failure), name, token],
            ),
      ),
    );
  }

  async #present(reader: SqlReader, name: string): Promise<LeaseAnswer | undefined> {
    const now = this.#now();
    const [row] = await reader.all<{ until: number; failure: string | null }>(
      'SELECT held_until AS until, failure FROM cache_leases WHERE name = ? AND held_until > ?',
      [name, now],
    );
    if (row === undefined) return undefined;
    if (row.failure === null) return { kind: 'held', forMs: row.until - now };
    const { code, message, details } = JSON.parse(row.failure) as LeaseFailure;
    return { kind: 'failed', failure: { code, message, details } };
  }

  #write<T>(name: string, step: (executor: SqlExecutor) => Promise<T>): Promise<T> {
    return this.#writes.submit({ name, step }) as Promise<T>;
  }

  async #tidy(executor: SqlExecutor): Promise<void> {
    const now = this.#now();
    if (now < this.#nextTidying) return;
    this.#nextTidying = now + TIDY_MS;
    await executor.run('DELETE FROM cache_leases WHERE held_until <= ?', [now]);
  }

  async #guarded<T>(work: () => Promise<T>): Promise<T> {
    try {
      this.#connection.refuseInsideUnitOfWork('LeaseStore');
      return await work();
    } catch (cause) {
      const why = isMarkitectError(cause) ? `: ${cause.message}` : '';
      throw new Unavailable('CACHE_LEASE_FAILED', `the leases cannot be reached${why}`, { cause });
    }
  }
}
