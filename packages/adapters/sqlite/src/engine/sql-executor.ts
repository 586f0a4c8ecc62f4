import type { SqlValue } from './sqlite-handle.js';

/** What can be asked: the connections that read, one of them, or a transaction. */
export interface SqlReader {
  /** The rows a statement gives. */
  all<Row>(sql: string, parameters?: readonly SqlValue[]): Promise<Row[]>;
}

/** What can also be changed: a transaction. */
export interface SqlExecutor extends SqlReader {
  /** Runs a statement and answers how many rows it changed. */
  run(sql: string, parameters?: readonly SqlValue[]): Promise<number>;
}
