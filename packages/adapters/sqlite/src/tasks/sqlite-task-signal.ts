import type { TaskSignal } from '@markitect/ports';
import type { SqliteHandle } from '../engine/sqlite-handle.js';
import type { SqliteConnection } from '../sqlite.connection.js';
import { taskBell } from './task-bell.js';

/** How a {@link SqliteTaskSignal} listens. */
export interface SqliteTaskSignalOptions {
  /** How often it looks for commits of other processes, in milliseconds. Default 200. */
  readonly pollMs?: number;
}

/**
 * Wakes workers after commits that may let a task begin: of this process when they are settled, of others by SQLite's
 * count of foreign commits (`PRAGMA data_version`), which reads no table and is asked for only while somebody waits.
 * Each worker needs one of its own: what one wait has told is not told again.
 */
export class SqliteTaskSignal implements TaskSignal {
  readonly #connection: SqliteConnection;
  readonly #pollMs: number;
  /** The count that each of the reading connections had the last time. */
  readonly #versions = new WeakMap<SqliteHandle, number>();
  #rung: number;

  constructor(connection: SqliteConnection, { pollMs = 200 }: SqliteTaskSignalOptions = {}) {
    this.#connection = connection;
    this.#pollMs = pollMs;
    // Whoever begins to listen has not looked yet.
    this.#rung = taskBell(connection).count - 1;
  }

  wait(atMostMs: number, signal?: AbortSignal): Promise<void> {
    const bell = taskBell(this.#connection);
    if (signal?.aborted === true || bell.count !== this.#rung) {
      this.#rung = bell.count;
      return Promise.resolve();
    }
    return new Promise<void>((resolve) => {
      const settle = (): void => {
        this.#rung = bell.count;
        stopListening();
        clearTimeout(deadline);
        clearInterval(poll);
        signal?.removeEventListener('abort', settle);
        resolve();
      };
      const stopListening = bell.listen(settle);
      const deadline = setTimeout(settle, Math.min(atMostMs, 2 ** 31 - 1));
      const look = (): void => void this.#isChanged().then((isChanged) => isChanged && settle());
      const poll = setInterval(look, this.#pollMs);
      signal?.addEventListener('abort', settle);
      look();
    });
  }

  /** A database that cannot be asked has nothing to tell. */
  async #isChanged(): Promise<boolean> {
    try {
      return await this.#connection.readers().use(async (handle) => {
        const [row] = await handle.all<{ data_version: number }>('PRAGMA data_version');
        const before = this.#versions.get(handle);
        const now = row?.data_version ?? 0;
        this.#versions.set(handle, now);
        return before !== now;
      });
    } catch {
      return false;
    }
  }
}
