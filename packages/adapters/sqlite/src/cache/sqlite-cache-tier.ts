import { isMarkitectError, Unavailable } from '@markitect/domain';
import type { CacheTier, TierEntry, TierUsage } from '@markitect/ports';
import { GroupCommit } from '../engine/group-commit.js';
import type { SqlExecutor } from '../engine/sql-executor.js';
import type { SqlValue } from '../engine/sqlite-handle.js';
import type { SqliteConnection } from '../sqlite.connection.js';

/** How a {@link SqliteCacheTier} is kept. */
export interface SqliteCacheTierOptions {
  /** What the entries may occupy together, in bytes; beyond that the first written go. Default: 64 MiB. */
  readonly maxBytes?: number;
  /** How often expired entries are removed and the bound is seen to, in milliseconds. Default: a minute. */
  readonly cleanUpEveryMs?: number;
  /** The time in milliseconds since 1970. Default: the clock of the machine. */
  readonly now?: () => number;
}

/** Entries written by one statement. */
const MANY = 32;

/** Rows removed by one transaction of the clean-up, which others who write wait for. */
const CLEAN_UP_ROWS = 500;

type Entries = readonly (readonly [key: string, entry: TierEntry])[];

/** What is written: entries, or keys to be forgotten. */
type Write = { readonly entries: Entries } | { readonly keys: readonly string[] | 'all' };

interface Row {
  readonly key: string;
  readonly version: number;
  readonly end: number | null;
  readonly body: string | Uint8Array;
}

/**
 * A tier in the table `cache` of a SQLite database, shared by all processes that have it open. Writes that wait together
 * share a commit. Inside a unit of work nothing is kept and nothing deleted, for it would wait for the end of that; a
 * tier may forget, and need not.
 */
export class SqliteCacheTier implements CacheTier {
  readonly #connection: SqliteConnection;
  readonly #maxBytes: number;
  readonly #cleanUpEveryMs: number;
  readonly #now: () => number;
  readonly #writes: GroupCommit<Write, undefined>;
  #timer: NodeJS.Timeout | undefined;
  #isCleaningUp = false;
  #evictions = 0;

  constructor(connection: SqliteConnection, options: SqliteCacheTierOptions = {}) {
    this.#connection = connection;
    this.#maxBytes = options.maxBytes ?? 64 * 1024 * 1024;
    this.#cleanUpEveryMs = options.cleanUpEveryMs ?? 60_000;
    this.#now = options.now ?? Date.now;
    let count = 0;
    this.#writes = new GroupCommit(() => connection.writer(), {
      keyOf: () => String((count += 1)),
      weightOf: weightOf,
      maxRequests: 64,
      maxWeight: 4 * 1024 * 1024,
      write: async (transaction, requests) => {
        for (const request of requests) await write(transaction, request);
        return requests.map(() => ({ value: undefined }));
      },
    });
  }

  /** Begins to clean up in the background. Ends with {@link close}; keeps no process alive. */
  open(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setInterval(() => void this.cleanUp().catch(() => undefined), this.#cleanUpEveryMs);
    this.#timer.unref();
  }

  /** Cleans up no more. The connection is closed by whoever opened it. */
  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async getMany(keys: readonly string[]): Promise<(TierEntry | undefined)[]> {
    if (keys.length === 0) return [];
    const rows = await this.#guarded('read', () =>
      this.#connection.readers().all<Row>(
        `SELECT key, version, expires_at AS end, body FROM cache
         WHERE key IN (SELECT value FROM json_each(?)) AND (expires_at IS NULL OR expires_at > ?)`,
        [JSON.stringify(keys), this.#now()],
      ),
    );
    const found = new Map(rows.map((row) => [row.key, entryOf(row)]));
    return keys.map((key) => found.get(key));
  }

  async setMany(entries: Entries): Promise<void> {
    if (entries.length > 0) await this.#write({ entries });
  }

  async deleteMany(keys: readonly string[]): Promise<void> {
    if (keys.length > 0) await this.#write({ keys });
  }

  async clear(): Promise<void> {
    await this.#write({ keys: 'all' });
  }

  async usage(): Promise<TierUsage> {
    const [row] = await this.#guarded('read', () =>
      this.#connection
        .readers()
        .all<{ entries: number; bytes: number }>(
          'SELECT count(*) AS entries, total(bytes) AS bytes FROM cache',
        ),
    );
    return { entries: row?.entries, bytes: row?.bytes, evictions: this.#evictions };
  }

  /**
   * Removes what has expired, and the first written of what is too much; a few hundred rows at a time, so that nobody who
   * writes waits for long. Any number of processes may do so.
   */
  async cleanUp(): Promise<void> {
    if (this.#isCleaningUp) return;
    this.#isCleaningUp = true;
    try {
      await this.#remove('expires_at <= ?', () => [this.#now()]);
      const { bytes = 0 } = await this.usage();
      if (bytes <= this.#maxBytes) return;
      const [last] = await this.#guarded('read', () =>
        this.#connection.readers().all<{ id: number }>(
          `SELECT id FROM (SELECT id, sum(bytes) OVER (ORDER BY id DESC) AS above FROM cache)
           WHERE above > ? ORDER BY id DESC LIMIT 1`,
          // A little more than needed, so that the next entry does not ask for it again.
          [this.#maxBytes * 0.9],
        ),
      );
      if (last !== undefined) {
        const count = await this.#remove('id <= ?', () => [last.id]);
        this.#evictions += count;
      }
    } finally {
      this.#isCleaningUp = false;
    }
  }

  async #remove(condition: string, parameters: () => SqlValue[]): Promise<number> {
    let all = 0;
    const rows = (limit: number) => `SELECT id FROM cache WHERE ${condition} LIMIT ${limit}`;
    for (;;) {
      const some = await this.#guarded('read', () => this.#connection.readers().all(rows(1), parameters()));
      if (some.length === 0) return all;
      const removed = await this.#guarded('clean up', async () =>
        (await this.#connection.writer()).transaction((transaction) =>
          transaction.run(`DELETE FROM cache WHERE id IN (${rows(CLEAN_UP_ROWS)})`, parameters()),
        ),
      );
      all += removed;
      if (removed < CLEAN_UP_ROWS) return all;
    }
  }

  async #write(request: Write): Promise<void> {
    if (this.#connection.unitOfWork.getStore()?.isOpen === true) return;
    await this.#guarded('write', () => this.#writes.submit(request));
  }

  async #guarded<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      const why = isMarkitectError(cause) ? `: ${cause.message}` : '';
      throw new Unavailable('CACHE_TIER_FAILED', `the table of the cache cannot ${what}${why}`, { cause });
    }
  }
}

async function write(executor: SqlExecutor, request: Write): Promise<void> {
  if ('keys' in request) {
    if (request.keys === 'all') await executor.run('DELETE FROM cache');
    else {
      await executor.run('DELETE FROM cache WHERE key IN (SELECT value FROM json_each(?))', [
        JSON.stringify(request.keys),
      ]);
    }
    return;
  }
  // The last of several for one key counts.
  const entries = [...new Map(request.entries)];
  for (let at = 0; at < entries.length;) {
    const count = entries.length - at >= MANY ? MANY : 1;
    await executor.run(
      insertOf(count),
      entries.slice(at, at + count).flatMap(([key, entry]) => parametersOf(key, entry)),
    );
    at += count;
  }
}

const insertOf = (count: number): string =>
  `INSERT OR REPLACE INTO cache(key, version, expires_at, bytes, body) VALUES ${'(?, ?, ?, ?, ?), '.repeat(count).slice(0, -2)}`;

function parametersOf(key: string, { version, expiresAt, body }: TierEntry): SqlValue[] {
  const bytes = bytesOf(key) + bytesOf(body);
  // The driver takes only its own kind of bytes.
  const kept = typeof body === 'string' ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  return [key, version, Number.isFinite(expiresAt) ? expiresAt : null, bytes, kept];
}

function entryOf({ version, end, body }: Row): TierEntry {
  return { version, expiresAt: end ?? Number.POSITIVE_INFINITY, body };
}

function weightOf(request: Write): number {
  if ('keys' in request) return 100;
  return request.entries.reduce((sum, [key, { body }]) => sum + key.length + body.length, 0);
}

function bytesOf(value: string | Uint8Array): number {
  return typeof value === 'string' ? Buffer.byteLength(value) : value.byteLength;
}
