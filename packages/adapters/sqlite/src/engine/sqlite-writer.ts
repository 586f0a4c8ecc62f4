import { setTimeout as delay } from 'node:timers/promises';
import { FairLease, type LeaseStats } from '@markitect/connections';
import { isMarkitectError, Timeout } from '@markitect/domain';
import type { SqliteHandle, SqlValue } from './sqlite-handle.js';
import { closedStore } from './translate-sqlite-error.js';

/** The pause after SQLite itself has waited for the lock in vain, in milliseconds. */
const RETRY_PAUSE_MS = 20;

/**
 * An open transaction on the writer connection. It is gone when the work it was given to ends; using it later throws
 * Unavailable `DATABASE_UNAVAILABLE`, so that nothing can slip into another transaction.
 */
export class SqliteTransaction {
  readonly #handle: SqliteHandle;
  #over = false;

  constructor(handle: SqliteHandle) {
    this.#handle = handle;
  }

  /** The rows a statement gives. */
  all<Row>(sql: string, parameters?: readonly SqlValue[]): Promise<Row[]> {
    return this.#open().all<Row>(sql, parameters);
  }

  /** Runs a statement and answers how many rows it changed. */
  run(sql: string, parameters?: readonly SqlValue[]): Promise<number> {
    return this.#open().run(sql, parameters);
  }

  /** Called by the writer when the work has ended. */
  end(): void {
    this.#over = true;
  }

  #open(): SqliteHandle {
    if (this.#over) throw closedStore();
    return this.#handle;
  }
}

/**
 * The writer connection, held until {@link release}: transactions of its holder may follow one another on it. One
 * call at a time.
 */
export class WriterHold {
  readonly #handle: SqliteHandle;
  readonly #giveBack: () => void;

  constructor(handle: SqliteHandle, giveBack: () => void) {
    this.#handle = handle;
    this.#giveBack = giveBack;
  }

  /**
   * Begins a transaction with SQLite's write lock. While another process holds the lock it tries again as long as
   * `patience` says; then throws Unavailable `DATABASE_BUSY`.
   */
  async begin(patience: () => boolean): Promise<void> {
    await this.#patiently(patience, () => this.#handle.run('BEGIN IMMEDIATE'));
  }

  /** Runs a statement that is a transaction by itself and gives its rows. Waits for the write lock as {@link begin}. */
  statement<Row>(sql: string, parameters: readonly SqlValue[], patience: () => boolean): Promise<Row[]> {
    return this.#patiently(patience, () => this.#handle.all<Row>(sql, parameters));
  }

  async #patiently<T>(patience: () => boolean, work: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!isBusy(error) || !patience()) throw error;
        await delay(RETRY_PAUSE_MS);
      }
    }
  }

  all<Row>(sql: string, parameters?: readonly SqlValue[]): Promise<Row[]> {
    return this.#handle.all<Row>(sql, parameters);
  }

  run(sql: string, parameters?: readonly SqlValue[]): Promise<number> {
    return this.#handle.run(sql, parameters);
  }

  /** SQLite has rolled back by itself after some errors; then there is nothing left to roll back. */
  async rollback(): Promise<void> {
    await this.#handle.run('ROLLBACK').catch(() => undefined);
  }

  release(): void {
    this.#giveBack();
  }
}

/** Whether another process held SQLite's lock for too long. */
function isBusy(error: unknown): boolean {
  return isMarkitectError(error) && error.code === 'DATABASE_BUSY';
}

/**
 * The one connection that writes. Transactions take turns in the order they were asked for; each holds SQLite's
 * write lock from its start, so none can fail half-way because another process writes.
 */
export class SqliteWriter {
  readonly #handle: SqliteHandle;
  readonly #lease: FairLease<SqliteHandle>;
  readonly #timeoutMs: number;

  constructor(handle: SqliteHandle, timeoutMs: number) {
    this.#handle = handle;
    this.#timeoutMs = timeoutMs;
    this.#lease = new FairLease([handle], {
      timeoutMs,
      timedOut: (waitedMs) =>
        new Timeout('WRITE_TIMEOUT', `a write waited ${Math.round(waitedMs)} ms for its turn`, {
          details: { timeoutMs },
        }),
      closed: closedStore,
    });
  }

  /**
   * Runs work in a transaction: committed when it returns, rolled back when it throws. Settles after the commit.
   * Throws what the work throws, Timeout `WRITE_TIMEOUT` when other writes of this process take too long,
   * Unavailable `DATABASE_BUSY` when another process holds the lock too long.
   */
  transaction<T>(work: (transaction: SqliteTransaction) => Promise<T>): Promise<T> {
    const deadline = performance.now() + this.#timeoutMs;
    return this.#lease.use(async () => {
      const hold = new WriterHold(this.#handle, () => undefined);
      await hold.begin(() => performance.now() + RETRY_PAUSE_MS < deadline);
      const transaction = new SqliteTransaction(this.#handle);
      try {
        const result = await work(transaction);
        await this.#handle.run('COMMIT');
        return result;
      } catch (error) {
        await hold.rollback();
        throw error;
      } finally {
        transaction.end();
      }
    });
  }

  /** Runs one statement that writes as a transaction by itself and gives its rows. Throws as {@link transaction}. */
  statement<Row>(sql: string, parameters: readonly SqlValue[]): Promise<Row[]> {
    const deadline = performance.now() + this.#timeoutMs;
    return this.#lease.use(() => {
      const hold = new WriterHold(this.#handle, () => undefined);
      return hold.statement<Row>(sql, parameters, () => performance.now() + RETRY_PAUSE_MS < deadline);
    });
  }

  /** Takes the connection in turn with everybody else who writes; nothing is begun yet. Throws as {@link transaction}. */
  async hold(): Promise<WriterHold> {
    const handle = this.#lease.tryAcquire() ?? (await this.#lease.acquire());
    return new WriterHold(handle, () => this.#lease.release(handle));
  }

  /** Runs work alone on the connection without a transaction: checkpoints and pragmas. */
  exclusive<T>(work: (handle: SqliteHandle) => Promise<T>): Promise<T> {
    return this.#lease.use(work);
  }

  /** Refuses new transactions and waits for those that run or wait. */
  close(): Promise<void> {
    return this.#lease.close();
  }

  stats(): LeaseStats {
    return this.#lease.stats();
  }
}
