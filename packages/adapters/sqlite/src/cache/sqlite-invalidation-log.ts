import { setTimeout as delay } from 'node:timers/promises';
import { isMarkitectError, Unavailable } from '@markitect/domain';
import {
  EVERYTHING,
  type Invalidation,
  type InvalidationLog,
  invalidationName,
  type LatestInvalidations,
  type LogPage,
} from '@markitect/ports';
import { GroupCommit } from '../engine/group-commit.js';
import type { SqliteTransaction } from '../engine/sqlite-writer.js';
import type { SqliteConnection } from '../sqlite.connection.js';
import { announceInvalidations, POLL_MS, unannounced } from './announce-invalidations.js';
import { addInvalidations, HORIZON, readLogState } from './invalidation-rows.js';

/** How a {@link SqliteInvalidationLog} is kept. */
export interface SqliteInvalidationLogOptions {
  /**
   * How long an invalidation is remembered, in milliseconds. What is in a cache for longer counts as invalid then and is
   * made again. Default: 30 days.
   */
  readonly keptForMs?: number;
}

const DAY_MS = 24 * 3_600_000;

interface Appended {
  readonly position: number;
  readonly isPending: boolean;
}

/**
 * The log of all processes that share a SQLite database: rows of it, and the number of the newest in a file beside it
 * that costs no query to read. Invalidations of a unit of work come into it with its commit. Once {@link open} has
 * settled, it looks into the table every second besides, for what a process has committed that was killed before it
 * could announce it.
 */
export class SqliteInvalidationLog implements InvalidationLog {
  readonly #connection: SqliteConnection;
  readonly #keptForMs: number;
  readonly #appends: GroupCommit<readonly string[], Appended>;
  #timer: NodeJS.Timeout | undefined;
  #isLooking = false;
  #nextPruning = 0;
  /** What the table says, and when it was asked: all there is to go by where there is no generation file. */
  #seen: number | undefined;
  #seenAt = Number.NEGATIVE_INFINITY;

  constructor(connection: SqliteConnection, { keptForMs = 30 * DAY_MS }: SqliteInvalidationLogOptions = {}) {
    this.#connection = connection;
    this.#keptForMs = keptForMs;
    this.#appends = new GroupCommit(() => connection.writer(), {
      keyOf: () => uniqueKey(),
      weightOf: (names) => names.length,
      maxRequests: 256,
      maxWeight: 10_000,
      write: append,
    });
  }

  /**
   * As the port says. Costs a system call, once in a turn of the event loop. Where the generation file can't be read it
   * goes by the table, which is read every second, and is `Infinity` while that can't be read either.
   */
  readonly position = (): number => {
    const announced = this.#connection.generation.read();
    if (announced !== undefined) return announced;
    const isRecent = performance.now() - this.#seenAt < 1.5 * POLL_MS;
    return isRecent && this.#seen !== undefined ? this.#seen : Number.POSITIVE_INFINITY;
  };

  /** Makes the generation file where there is none, and begins to look after it. The connection must be migrated. */
  async open(): Promise<void> {
    await this.#guarded('cannot be opened', async () => {
      await this.#look();
      const announced = this.#connection.generation.read() ?? Number.POSITIVE_INFINITY;
      // Who may not write goes by the table until somebody does.
      if (announced === Number.POSITIVE_INFINITY) await this.#announce().catch(() => false);
      else if (announced > (this.#seen ?? 0)) await this.#goOnAfter();
    });
    if (this.#timer !== undefined) return;
    this.#timer = setInterval(() => void this.#lookAgain(), POLL_MS);
    this.#timer.unref();
  }

  /** Looks no more. The connection is closed by whoever opened it. */
  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async since(position: number, limit = 1000): Promise<LogPage> {
    const [head, ...rows] = await this.#guarded('cannot be read', () =>
      this.#connection.readers().all<{ name: string; position: number; newest: number }>(
        `SELECT name, position, (SELECT seq FROM sqlite_sequence WHERE name = 'cache_invalidations') AS newest
         FROM cache_invalidations WHERE name = '${HORIZON}'
         UNION ALL SELECT * FROM (
           SELECT name, position, 0 FROM cache_invalidations WHERE position > ? AND name <> '${HORIZON}'
           ORDER BY position LIMIT ?)`,
        [position, limit],
      ),
    );
    if (head === undefined)
      throw new Unavailable('CACHE_LOG_FAILED', 'the log of invalidations has no beginning');
    if (position < head.position) return { invalidations: [], position: head.newest, isTruncated: true };
    const last = rows.length < limit ? head.newest : (rows.at(-1)?.position ?? head.newest);
    return {
      invalidations: rows.map((row) => ({ name: row.name, position: row.position })),
      position: last,
      isTruncated: false,
    };
  }

  async latest(names: readonly string[]): Promise<LatestInvalidations> {
    const rows = await this.#guarded('cannot be read', () =>
      this.#connection
        .readers()
        .all<{ name: string; position: number }>(
          `SELECT name, position FROM cache_invalidations WHERE name IN (SELECT value FROM json_each(?))`,
          [JSON.stringify([HORIZON, ...names])],
        ),
    );
    const positions = new Map(rows.map(({ name, position }) => [name, position]));
    const horizon = positions.get(HORIZON) ?? Number.POSITIVE_INFINITY;
    positions.delete(HORIZON);
    return { positions, horizon };
  }

  /** As the port says. Inside a unit of work it is refused: Conflict `TRANSACTION_NESTED`; use its transaction. */
  async append(invalidations: readonly Invalidation[]): Promise<number> {
    this.#connection.refuseInsideUnitOfWork('InvalidationLog.append');
    return this.#guarded('cannot be written', async () => {
      const names = invalidations.map(invalidationName);
      const { position, isPending } = await this.#appends.submit(names);
      const isAnnounced = !isPending && this.#connection.generation.raise(position);
      if (!isAnnounced && !(await this.#announce())) await unannounced();
      return position;
    });
  }

  async #announce(): Promise<boolean> {
    const hold = await (await this.#connection.writer()).hold();
    const deadline = performance.now() + this.#connection.writeTimeoutMs;
    try {
      return await announceInvalidations(
        this.#connection.generation,
        hold,
        () => performance.now() < deadline,
        // Whoever committed them is about to put them in place, in another process.
        () => delay(20),
      );
    } finally {
      hold.release();
    }
  }

  /**
   * A position was announced that the database does not have: it is an older copy, or a power cut has taken back the last
   * commits. Nobody knows what values were made of those.
   */
  async #goOnAfter(): Promise<void> {
    const writer = await this.#connection.writer();
    await writer.transaction(async (transaction) => {
      const announced = this.#connection.generation.read();
      const { newest } = await readLogState(transaction);
      if (announced === undefined || announced <= newest) return;
      await transaction.run(
        'INSERT OR REPLACE INTO cache_invalidations(position, name, invalidated_at) VALUES (?, ?, ?)',
        [announced + 1, EVERYTHING, Date.now()],
      );
    });
    await this.#announce();
  }

  async #look(): Promise<void> {
    const { generation } = this.#connection;
    const askedAt = performance.now();
    const { newest, isPending } = await readLogState(this.#connection.readers());
    if (!isPending || this.#seen === undefined) this.#seen = newest;
    this.#seenAt = askedAt;
    generation.verify();
    const announced = generation.read();
    if (announced !== undefined && announced < newest && !isPending) generation.raise(newest);
  }

  async #lookAgain(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      await this.#look();
      // Whoever was about to replace the file has been killed.
      if (this.#connection.generation.read() === Number.POSITIVE_INFINITY) await this.#announce();
      if (performance.now() > this.#nextPruning) await this.prune();
    } catch {
      // The database may be closed, or busy: there is a next time.
    } finally {
      this.#isLooking = false;
    }
  }

  /** Forgets what is older than an invalidation is remembered. Done every hour besides. Throws as a write does. */
  async prune(): Promise<void> {
    this.#nextPruning = performance.now() + DAY_MS / 24;
    const before = Date.now() - this.#keptForMs;
    const oldest = `SELECT max(position) AS position FROM cache_invalidations
      WHERE name <> '${HORIZON}' AND invalidated_at < ?`;
    const [found] = await this.#connection.readers().all<{ position: number | null }>(oldest, [before]);
    if (found?.position == null) return;
    const writer = await this.#connection.writer();
    await writer.transaction(async (transaction) => {
      const [row] = await transaction.all<{ position: number | null }>(oldest, [before]);
      if (row?.position == null) return;
      await transaction.run(`DELETE FROM cache_invalidations WHERE position <= ? AND name <> '${HORIZON}'`, [
        row.position,
      ]);
      await transaction.run(`UPDATE cache_invalidations SET position = ? WHERE name = '${HORIZON}'`, [
        row.position,
      ]);
    });
  }

  async #guarded<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      if (isMarkitectError(cause) && cause.code === 'CACHE_LOG_FAILED') throw cause;
      const why = isMarkitectError(cause) ? `: ${cause.message}` : '';
      throw new Unavailable('CACHE_LOG_FAILED', `the log of invalidations ${what}${why}`, { cause });
    }
  }
}

/** All names of all requests take consecutive positions, in the order in which they came. */
async function append(
  transaction: SqliteTransaction,
  requests: readonly (readonly string[])[],
): Promise<{ value: Appended }[]> {
  const names = requests.flat();
  await addInvalidations(transaction, names);
  const { newest, isPending } = await readLogState(transaction);
  let position = newest - names.length;
  return requests.map((request) => ({ value: { position: (position += request.length), isPending } }));
}

let keys = 0;

/** Requests do not exclude one another. */
function uniqueKey(): string {
  keys += 1;
  return String(keys);
}
