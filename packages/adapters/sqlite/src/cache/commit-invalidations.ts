import { setTimeout as delay } from 'node:timers/promises';
import { invalidationName } from '@markitect/ports';
import type { SqlExecutor } from '../engine/sql-executor.js';
import type { SqliteConnection } from '../sqlite.connection.js';
import { announceInvalidations } from './announce-invalidations.js';
import { addInvalidations, type LogState, readLogState } from './invalidation-rows.js';

/** Lets the commits of a repository invalidate tags. */
export class CommitInvalidations {
  readonly #connection: SqliteConnection;
  readonly #names: readonly string[];

  constructor(connection: SqliteConnection, tags: readonly string[]) {
    this.#connection = connection;
    this.#names = tags.map((name) => invalidationName({ kind: 'tag', name }));
  }

  /** Part of the transaction like any row. Answers what to announce after the commit; `undefined`: nothing. */
  async add(transaction: SqlExecutor): Promise<LogState | undefined> {
    if (this.#names.length === 0) return undefined;
    await addInvalidations(transaction, this.#names);
    return readLogState(transaction);
  }

  /** After the commit, and before anybody is told of it. Throws as a write does. */
  async announce(log: LogState | undefined): Promise<void> {
    const { generation, writeTimeoutMs } = this.#connection;
    if (log === undefined || (!log.isPending && generation.raise(log.newest))) return;
    const hold = await (await this.#connection.writer()).hold();
    const deadline = performance.now() + writeTimeoutMs;
    try {
      const patience = () => performance.now() < deadline;
      // Whoever committed pending files is about to put them in place, in another process.
      await announceInvalidations(generation, hold, patience, () => delay(20));
    } finally {
      hold.release();
    }
  }
}
