import { FairLease, type LeaseStats } from '@markitect/connections';
import { Timeout } from '@markitect/domain';
import type { SqliteHandle, SqlValue } from './sqlite-handle.js';
import { closedStore } from './translate-sqlite-error.js';

/** The connections that read, each by one caller at a time. They see what is committed when a statement starts. */
export class SqliteReaders {
  readonly #lease: FairLease<SqliteHandle>;

  /** `timeoutMs`: the longest a read waits for a free connection before it throws Timeout `READ_TIMEOUT`. */
  constructor(handles: readonly SqliteHandle[], timeoutMs: number) {
    this.#lease = new FairLease(handles, {
      timeoutMs,
      timedOut: (waitedMs) =>
        new Timeout('READ_TIMEOUT', `a read waited ${Math.round(waitedMs)} ms for a free connection`, {
          details: { timeoutMs },
        }),
      closed: closedStore,
    });
  }

  /** The rows a statement gives. */
  all<Row>(sql: string, parameters?: readonly SqlValue[]): Promise<Row[]> {
    return this.#lease.use((handle) => handle.all<Row>(sql, parameters));
  }

  /** Runs work on one of the connections. */
  use<T>(work: (handle: SqliteHandle) => Promise<T>): Promise<T> {
    return this.#lease.use(work);
  }

  /** Runs several statements that all see the same state of the database. */
  snapshot<T>(work: (handle: SqliteHandle) => Promise<T>): Promise<T> {
    return this.#lease.use(async (handle) => {
      await handle.run('BEGIN');
      try {
        const result = await work(handle);
        await handle.run('COMMIT');
        return result;
      } catch (error) {
        await handle.run('ROLLBACK').catch(() => undefined);
        throw error;
      }
    });
  }

  /** Refuses new reads and waits for those that run or wait. */
  close(): Promise<void> {
    return this.#lease.close();
  }

  stats(): LeaseStats {
    return this.#lease.stats();
  }
}
