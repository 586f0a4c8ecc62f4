import type { JsonObject, Page, PageRequest, StoredRecord } from '@markitect/domain';
import { type Port, definePort } from '../port.js';

/** Which records to list, by key in the order of code points. */
export interface RecordQuery extends PageRequest {
  /** Only keys that begin with this text. */
  readonly prefix?: string;
}

/**
 * JSON objects under keys. Writes throw Conflict `RECORD_CHANGED` with `details.version` when `expected` is given and
 * not the stored version; 0 stands for "there is none". Errors of all operations: Invalid `REQUEST_INVALID` naming the
 * field; those of the store.
 */
export interface RecordRepository {
  get(key: string): Promise<StoredRecord | undefined>;

  /** In the order asked for; `undefined` where there is none. */
  getMany(keys: readonly string[]): Promise<readonly (StoredRecord | undefined)[]>;

  /** One page. Throws Invalid `CURSOR_INVALID`. */
  list(query: RecordQuery): Promise<Page<StoredRecord>>;

  /** All of them, by key, fetched as they are asked for. */
  stream(query: Omit<RecordQuery, keyof PageRequest>): AsyncIterable<StoredRecord>;

  count(): Promise<number>;

  /** Stores a value in place of the one of its key. */
  save(key: string, value: JsonObject, expected?: number): Promise<StoredRecord>;

  /** Changes a value by a JSON merge patch (RFC 7396). Throws NotFound `RECORD_NOT_FOUND`. */
  patch(key: string, patch: JsonObject, expected?: number): Promise<StoredRecord>;

  /** Answers whether there was one. */
  remove(key: string, expected?: number): Promise<boolean>;
}

const recordPort = (name: string): Port<RecordRepository> =>
  definePort<RecordRepository>(name, {
    get: { kind: 'read', idempotent: true, key: (key) => key },
    getMany: { kind: 'read', idempotent: true },
    list: { kind: 'read', idempotent: true },
    stream: { kind: 'read', idempotent: true },
    count: { kind: 'read', idempotent: true },
    save: { kind: 'write', idempotent: false, key: (key) => key },
    patch: { kind: 'write', idempotent: false, key: (key) => key },
    remove: { kind: 'write', idempotent: true, key: (key) => key },
  });

/** The profiles of users, by their ids. */
export const profileRepositoryPort = recordPort('ProfileRepository');

/** The configuration, by name. */
export const configurationRepositoryPort = recordPort('ConfigurationRepository');
