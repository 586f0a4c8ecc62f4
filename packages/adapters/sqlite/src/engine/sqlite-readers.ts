import { FairLease, type LeaseStats } from '@markitect/connections';
import type { SqliteHandle, SqlValue } from './sqlite-handle.js';
import { closedStore } from './translate-sqlite-error.js';

/** The connections that read, each by one caller at a time. They see what is committed when a statement starts. */
export class SqliteReaders {
  readonly #lease: FairLease<SqliteHandle>;

  constructor(handles: readonly SqliteHandle[]) {
    this.#lease = new FairLease(handles, { closed: closedStore });
  }

  /** The rows a statement gives. */
  all<Row>(sql: string, parameters?: readonly SqlValue[]): Promise<Row[]> {
    return this.#lease.use((handle) => handle.all<Row>(sql, parameters));
  }

  /** Runs several statements that all see the same state of the database. */
  snapshot<T>(work: (handle: SqliteHandle) => Promise<T>): Promise<T> {
    return this.#lease.use(async (handle) => {
      await handle.run('BEGIN');
      try {
        return await work(handle);
      } finally {
        await handle.run('COMMIT');
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
