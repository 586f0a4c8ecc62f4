import {
  checkedRecordKey,
  checkedRecordValue,
  type JsonObject,
  type Page,
  type PageRequest,
  type StoredRecord,
} from '@markitect/domain';
import {
  configurationRepositoryPort,
  type Port,
  profileRepositoryPort,
  type RecordQuery,
  type RecordRepository,
} from '@markitect/ports';
import { GroupCommit } from '../engine/group-commit.js';
import { PointReads } from '../engine/point-reads.js';
import { streamPages } from '../engine/stream-pages.js';
import type { SqliteConnection } from '../sqlite.connection.js';
import {
  countRecords,
  listRecords,
  type RecordAnswer,
  readRecord,
  readRecords,
  recordReplicas,
  type RecordTable,
  type RecordWrite,
  writeRecords,
} from './record-rows.js';
import { SqliteReplicaStore } from './sqlite-replica-store.js';

/** What the repositories of people can be given besides their database. */
export interface SqlitePeopleOptions {
  /** The time in milliseconds since 1970. Default: the clock of the machine. */
  readonly now?: () => number;
}

/**
 * Records in one table of a SQLite database. Single reads that come together are read together, writes of different
 * keys that wait together are committed together. Errors as the port says, and Conflict `TRANSACTION_NESTED` for writes
 * inside a unit of work; the connection must be open.
 */
class SqliteRecordRepository implements RecordRepository {
  readonly #connection: SqliteConnection;
  readonly #table: RecordTable;
  readonly #port: Port<RecordRepository>;
  readonly #pointReads: PointReads<string, StoredRecord>;
  readonly #writes: GroupCommit<RecordWrite, RecordAnswer>;

  constructor(
    connection: SqliteConnection,
    table: RecordTable,
    port: Port<RecordRepository>,
    { now = Date.now }: SqlitePeopleOptions = {},
  ) {
    this.#connection = connection;
    this.#table = table;
    this.#port = port;
    this.#pointReads = new PointReads(() => connection.readers(), {
      one: (reader, key) => readRecord(reader, table, key),
      many: (reader, keys) => readRecords(reader, table, keys),
    });
    this.#writes = new GroupCommit(() => connection.writer(), {
      keyOf: ({ key }) => key,
      // Their number is what limits a group: to know their size they would have to be written out once more.
      weightOf: () => 1,
      maxRequests: 256,
      maxWeight: 256,
      write: (transaction, requests) => writeRecords(transaction, table, requests, now()),
    });
  }

  async get(key: string): Promise<StoredRecord | undefined> {
    return this.#pointReads.get(checkedRecordKey(key));
  }

  async getMany(keys: readonly string[]): Promise<readonly (StoredRecord | undefined)[]> {
    for (const key of keys) checkedRecordKey(key);
    const found = await readRecords(this.#connection.readers(), this.#table, keys);
    return keys.map((key) => found.get(key));
  }

  async list(query: RecordQuery): Promise<Page<StoredRecord>> {
    return listRecords(this.#connection.readers(), this.#table, this.#port, query);
  }

  stream(query: Omit<RecordQuery, keyof PageRequest>): AsyncIterable<StoredRecord> {
    return streamPages((page) => this.list({ ...query, ...page }), true);
  }

  async count(): Promise<number> {
    return countRecords(this.#connection.readers(), this.#table);
  }

  async save(key: string, value: JsonObject, expected?: number): Promise<StoredRecord> {
    checkedRecordValue(value);
    const request = { kind: 'save', key, value: copyOf(value), expected } as const;
    return (await this.#write(request)) as StoredRecord;
  }

  async patch(key: string, patch: JsonObject, expected?: number): Promise<StoredRecord> {
    checkedRecordValue(patch, 'patch');
    const request = { kind: 'patch', key, patch: copyOf(patch), expected } as const;
    return (await this.#write(request)) as StoredRecord;
  }

  async remove(key: string, expected?: number): Promise<boolean> {
    return (await this.#write({ kind: 'remove', key, expected })) as boolean;
  }

  async #write(request: RecordWrite): Promise<RecordAnswer> {
    this.#connection.refuseInsideUnitOfWork(`${this.#port.name}.${request.kind}`);
    checkedRecordKey(request.key);
    return this.#writes.submit(request);
  }
}

/** What is stored of an object, which its owner may change meanwhile. */
function copyOf(value: JsonObject): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject;
}

/** The profiles of users in a SQLite database. */
export class SqliteProfileRepository extends SqliteRecordRepository {
  constructor(connection: SqliteConnection, options?: SqlitePeopleOptions) {
    super(connection, 'profiles', profileRepositoryPort, options);
  }
}

/** The configuration in a SQLite database. */
export class SqliteConfigurationRepository extends SqliteRecordRepository {
  constructor(connection: SqliteConnection, options?: SqlitePeopleOptions) {
    super(connection, 'configuration', configurationRepositoryPort, options);
  }
}

/** The profiles of a SQLite database as the engine of a cutover copies them. */
export class SqliteProfileReplicaStore extends SqliteReplicaStore<StoredRecord> {
  constructor(connection: SqliteConnection) {
    super(connection, recordReplicas('profiles'));
  }
}

/** The configuration of a SQLite database as the engine of a cutover copies it. */
export class SqliteConfigurationReplicaStore extends SqliteReplicaStore<StoredRecord> {
  constructor(connection: SqliteConnection) {
    super(connection, recordReplicas('configuration'));
  }
}
