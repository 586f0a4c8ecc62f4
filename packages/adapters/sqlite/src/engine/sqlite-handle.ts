import { translateSqliteError } from './translate-sqlite-error.js';

/** What can be bound to a statement. */
export type SqlValue = string | number | null | Uint8Array;

/** What of a sqlite3 statement is used here. */
export interface DriverStatement {
  all(parameters: readonly SqlValue[], done: (error: Error | null, rows: unknown[]) => void): unknown;
  run(
    parameters: readonly SqlValue[],
    done: (this: { changes: number }, error: Error | null) => void,
  ): unknown;
  finalize(done: () => void): unknown;
}

/** What of a sqlite3 database is used here. */
export interface DriverDatabase {
  prepare(sql: string, done: (error: Error | null) => void): DriverStatement;
  exec(sql: string, done: (error: Error | null) => void): unknown;
}

/** Statements kept prepared by one connection; the least used go first. */
const MAX_STATEMENTS = 100;

/**
 * One sqlite3 connection with promises, prepared statements that are kept, and translated errors. For one user at a
 * time: sqlite3 does not keep the order of calls that are not awaited.
 *
 * Rows are always read to the end. sqlite3's `get` would leave the statement open after the first row, and with it
 * the snapshot of the database that the connection sees.
 */
export class SqliteHandle {
  readonly #database: DriverDatabase;
  readonly #statements = new Map<string, DriverStatement>();
  readonly #onPrepared: ((sql: string) => void) | undefined;

  /** `onPrepared` is told of each text that is prepared: once while it is kept. */
  constructor(database: DriverDatabase, onPrepared?: (sql: string) => void) {
    this.#database = database;
    this.#onPrepared = onPrepared;
  }

  /** The rows a statement gives. */
  all<Row>(sql: string, parameters: readonly SqlValue[] = []): Promise<Row[]> {
    return this.#with(
      sql,
      (statement) =>
        new Promise<Row[]>((resolve, reject) => {
          statement.all(parameters, (error, rows) => {
            if (error === null) resolve(rows as Row[]);
            else reject(translateSqliteError(error));
          });
        }),
    );
  }

  /** Runs a statement that gives no rows and answers how many rows it changed. */
  run(sql: string, parameters: readonly SqlValue[] = []): Promise<number> {
    return this.#with(
      sql,
      (statement) =>
        new Promise<number>((resolve, reject) => {
          statement.run(parameters, function (error) {
            if (error === null) resolve(this.changes);
            else reject(translateSqliteError(error));
          });
        }),
    );
  }

  /** Runs statements without parameters that are not worth keeping. */
  exec(sql: string): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      this.#database.exec(sql, (error) => {
        if (error === null) resolve();
        else reject(translateSqliteError(error));
      });
    });
  }

  /** Lets go of all prepared statements. A connection with statements left cannot be closed. */
  async finalize(): Promise<void> {
    const statements = [...this.#statements.values()];
    this.#statements.clear();
    await Promise.all(statements.map((each) => new Promise<void>((resolve) => each.finalize(resolve))));
  }

  #with<T>(sql: string, use: (statement: DriverStatement) => Promise<T>): Promise<T> {
    const statement = this.#prepared(sql);
    return statement === undefined ? this.#prepare(sql).then(use) : use(statement);
  }

  #prepared(sql: string): DriverStatement | undefined {
    const statement = this.#statements.get(sql);
    if (statement !== undefined && this.#statements.size === MAX_STATEMENTS) {
      this.#statements.delete(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  async #prepare(sql: string): Promise<DriverStatement> {
    const statement = await new Promise<DriverStatement>((resolve, reject) => {
      const made = this.#database.prepare(sql, (error) => {
        if (error === null) resolve(made);
        else reject(translateSqliteError(error));
      });
    });
    if (this.#statements.size >= MAX_STATEMENTS) {
      const [oldest] = this.#statements;
      if (oldest !== undefined) {
        this.#statements.delete(oldest[0]);
        oldest[1].finalize(() => undefined);
      }
    }
    this.#statements.set(sql, statement);
    this.#onPrepared?.(sql);
    return statement;
  }
}
