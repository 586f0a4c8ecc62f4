import {
  checkedRecordKey,
  checkedRecordValue,
  type JsonObject,
  NotFound,
  type Page,
  type PageRequest,
  type StoredRecord,
} from '@markitect/domain';
import type { RecordQuery, RecordRepository } from '@markitect/ports';

/** What records need from outside. */
export interface RecordServicePorts {
  readonly records: RecordRepository;
}

/** How a {@link RecordService} speaks of its records. */
export interface RecordServiceOptions {
  /** What a record is called in messages: `user`. */
  readonly noun: string;
}

/**
 * JSON objects under keys: the profiles of users, or the parts of a configuration. Writes with `expected` throw Conflict
 * `RECORD_CHANGED` when the record is at another version; 0 stands for none. Errors of all operations: Invalid
 * `REQUEST_INVALID` naming the field; those of the store.
 */
export class RecordService {
  readonly #records: RecordRepository;
  readonly #noun: string;

  constructor({ records }: RecordServicePorts, { noun }: RecordServiceOptions) {
    this.#records = records;
    this.#noun = noun;
  }

  /** Throws NotFound `RECORD_NOT_FOUND`. */
  async get(key: string): Promise<StoredRecord> {
    const record = await this.find(key);
    if (record === undefined) throw this.#notFound(key);
    return record;
  }

  async find(key: string): Promise<StoredRecord | undefined> {
    return this.#records.get(checkedRecordKey(key));
  }

  /** One page, by key. Throws Invalid `CURSOR_INVALID`. */
  async list(query: RecordQuery): Promise<Page<StoredRecord>> {
    return this.#records.list(query);
  }

  /** All of them by key, fetched as they are asked for. */
  stream(query: Omit<RecordQuery, keyof PageRequest> = {}): AsyncIterable<StoredRecord> {
    return this.#records.stream(query);
  }

  async count(): Promise<number> {
    return this.#records.count();
  }

  /** Stores a value in place of the one of its key. */
  async save(key: string, value: JsonObject, expected?: number): Promise<StoredRecord> {
    // Before the store is asked: what is refused must not be taken for a write that failed on one side of a cutover.
    return this.#records.save(checkedRecordKey(key), checkedRecordValue(value), expected);
  }

  /** Changes a value by a JSON merge patch (RFC 7396): `null` removes a field. Throws NotFound `RECORD_NOT_FOUND`. */
  async patch(key: string, patch: JsonObject, expected?: number): Promise<StoredRecord> {
    return this.#records.patch(checkedRecordKey(key), checkedRecordValue(patch, 'patch'), expected);
  }

  /** Throws NotFound `RECORD_NOT_FOUND`. */
  async remove(key: string, expected?: number): Promise<void> {
    if (!(await this.#records.remove(checkedRecordKey(key), expected))) throw this.#notFound(key);
  }

  #notFound(key: string): NotFound {
    return new NotFound('RECORD_NOT_FOUND', `there is no ${this.#noun} ${key}`, { details: { key } });
  }
}
