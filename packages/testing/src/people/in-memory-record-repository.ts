import {
  checkedRecordKey,
  checkedRecordValue,
  type JsonObject,
  mergePatch,
  NotFound,
  type Page,
  type PageRequest,
  requireVersion,
  type StoredRecord,
} from '@markitect/domain';
import {
  type Port,
  profileRepositoryPort,
  recordOfEntry,
  type RecordQuery,
  type RecordRepository,
  recordSequence,
  replicaEntry,
  type ReplicaStore,
} from '@markitect/ports';
import { streamOf } from '../unit-of-work/port-calls.js';
import { mapReplicas, pageInMemory } from './in-memory-people.js';

/** How an {@link InMemoryRecordRepository} works. */
export interface InMemoryRecordOptions {
  /** The port that its cursors belong to. Default: profiles. */
  readonly port?: Port<RecordRepository>;
  /** The time in milliseconds since 1970. Default: the clock of the machine. */
  readonly now?: () => number;
}

/** A record repository for tests that keeps everything in memory and the whole contract. */
export class InMemoryRecordRepository implements RecordRepository {
  /** The same records as the engine of a cutover copies them. */
  readonly replicas: ReplicaStore;
  readonly #records = new Map<string, StoredRecord>();
  readonly #port: Port<RecordRepository>;
  readonly #now: () => number;

  constructor({ port = profileRepositoryPort, now = Date.now }: InMemoryRecordOptions = {}) {
    this.#port = port;
    this.#now = now;
    this.replicas = mapReplicas(this.#records, recordOfEntry, replicaEntry);
  }

  async get(key: string): Promise<StoredRecord | undefined> {
    await Promise.resolve();
    return structuredClone(this.#records.get(checkedRecordKey(key)));
  }

  getMany(keys: readonly string[]): Promise<readonly (StoredRecord | undefined)[]> {
    return Promise.all(keys.map((key) => this.get(key)));
  }

  async list(query: RecordQuery): Promise<Page<StoredRecord>> {
    await Promise.resolve();
    const matching = [...this.#records.values()].filter(({ key }) => key.startsWith(query.prefix ?? ''));
    return pageInMemory(recordSequence(this.#port, query), matching);
  }

  stream(query: Omit<RecordQuery, keyof PageRequest>): AsyncIterable<StoredRecord> {
    return streamOf((page) => this.list({ ...query, ...page }));
  }

  count(): Promise<number> {
    return Promise.resolve(this.#records.size);
  }

  async save(key: string, value: JsonObject, expected?: number): Promise<StoredRecord> {
    await Promise.resolve();
    return this.#write(checkedRecordKey(key), checkedRecordValue(value), expected);
  }

  async patch(key: string, patch: JsonObject, expected?: number): Promise<StoredRecord> {
    await Promise.resolve();
    checkedRecordValue(patch, 'patch');
    const stored = this.#records.get(checkedRecordKey(key));
    requireVersion(key, expected, stored?.version ?? 0);
    if (stored === undefined) {
      throw new NotFound('RECORD_NOT_FOUND', `there is no record ${key}`, { details: { key } });
    }
    return this.#write(key, checkedRecordValue(mergePatch(stored.value, patch)), expected);
  }

  async remove(key: string, expected?: number): Promise<boolean> {
    await Promise.resolve();
    requireVersion(key, expected, this.#records.get(checkedRecordKey(key))?.version ?? 0);
    return this.#records.delete(key);
  }

  #write(key: string, value: JsonObject, expected: number | undefined): StoredRecord {
    const { version = 0, createdAt } = this.#records.get(key) ?? {};
    requireVersion(key, expected, version);
    const updatedAt = new Date(this.#now()).toISOString();
    const record = structuredClone({
      key,
      value,
      version: version + 1,
      createdAt: createdAt ?? updatedAt,
      updatedAt,
    });
    this.#records.set(key, record);
    return structuredClone(record);
  }
}
