import type { SqlExecutor, SqlReader } from '../engine/sql-executor.js';
import type { SqliteConnection } from '../sqlite.connection.js';

/** Where a repository reads and writes: on a connection, or in a transaction. */
export interface SqlAccess {
  reader(): SqlReader;
  /** Runs work whole or not at all. `operation`: its name within the port. */
  write<T>(operation: string, work: (executor: SqlExecutor) => Promise<T>): Promise<T>;
  /** Whether the next page may be read while nobody has asked for it yet. */
  readonly readsAhead: boolean;
}

/** Each write is a transaction of its own, refused with Conflict `TRANSACTION_NESTED` inside a unit of work. */
export function connectionAccess(connection: SqliteConnection, port: string): SqlAccess {
  return {
    reader: () => connection.readers(),
    write: async (operation, work) => {
      connection.refuseInsideUnitOfWork(`${port}.${operation}`);
      const writer = await connection.writer();
      return writer.transaction(work);
    },
    readsAhead: true,
  };
}

/** Everything happens in a transaction that somebody else ends. For one call at a time. */
export function transactionAccess(executor: SqlExecutor): SqlAccess {
  return { reader: () => executor, write: (_, work) => work(executor), readsAhead: false };
}
