import type { ReplicaEntry, ReplicaStore } from '@markitect/ports';
import { GroupCommit } from '../engine/group-commit.js';
import type { SqlExecutor, SqlReader } from '../engine/sql-executor.js';
import type { SqliteConnection } from '../sqlite.connection.js';
import { readKeys } from './json-rows.js';

/** How the states of one kind are kept. */
export interface ReplicaTable<T> {
  /** The table that has the keys. */
  readonly table: string;
  /** What an entry holds; `undefined`: that there is nothing. Throws Invalid `REQUEST_INVALID`. */
  readonly ofEntry: (entry: ReplicaEntry) => T | undefined;
  readonly entryOf: (key: string, item: T | undefined) => ReplicaEntry;
  /** Those that there are. */
  readonly read: (reader: SqlReader, keys: readonly string[]) => Promise<ReadonlyMap<string, T>>;
  /** Puts items in place of what is there under their keys; `undefined` removes. */
  readonly write: (transaction: SqlExecutor, items: ReadonlyMap<string, T | undefined>) => Promise<void>;
}

interface Request<T> {
  readonly name: string;
  readonly items: ReadonlyMap<string, T | undefined>;
}

/**
 * One side of a component in a SQLite database. Writes that wait together are committed together. Errors as the port
 * says, and Conflict `TRANSACTION_NESTED` for writes inside a unit of work; the connection must be open.
 */
export class SqliteReplicaStore<T> implements ReplicaStore {
  readonly #connection: SqliteConnection;
  readonly #kind: ReplicaTable<T>;
  readonly #writes: GroupCommit<Request<T>, undefined>;
  #last = 0;

  constructor(connection: SqliteConnection, kind: ReplicaTable<T>) {
    this.#connection = connection;
    this.#kind = kind;
    this.#writes = new GroupCommit(() => connection.writer(), {
      // The later of two writes of a key is the one that counts, also within a group.
      keyOf: ({ name }) => name,
      weightOf: ({ items }) => items.size,
      maxRequests: 256,
      maxWeight: 1000,
      write: async (transaction, requests) => {
        const items = new Map<string, T | undefined>();
        for (const request of requests) for (const [key, item] of request.items) items.set(key, item);
        await kind.write(transaction, items);
        return requests.map(() => ({ value: undefined }));
      },
    });
  }

  async read(keys: readonly string[]): Promise<readonly ReplicaEntry[]> {
    const { read, entryOf } = this.#kind;
    const found = await this.#connection.readers().snapshot((reader) => read(reader, keys));
    return keys.map((key) => entryOf(key, found.get(key)));
  }

  async write(entries: readonly ReplicaEntry[]): Promise<void> {
    this.#connection.refuseInsideUnitOfWork('ReplicaStore.write');
    if (entries.length === 0) return;
    const items = new Map(entries.map((entry) => [entry.key, this.#kind.ofEntry(entry)]));
    this.#last += 1;
    await this.#writes.submit({ name: String(this.#last), items });
  }

  async keys(after: string | undefined, limit: number): Promise<readonly string[]> {
    return readKeys(this.#connection.readers(), this.#kind.table, after, limit);
  }
}
