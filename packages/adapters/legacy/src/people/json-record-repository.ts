import {
  checkedRecordKey,
  checkedRecordValue,
  isMarkitectError,
  type JsonObject,
  type JsonValue,
  mergePatch,
  NotFound,
  type Page,
  type PageRequest,
  requireVersion,
  type StoredRecord,
} from '@markitect/domain';
import {
  type Port,
  type RecordQuery,
  type RecordRepository,
  recordOfEntry,
  recordSequence,
  type ReplicaStore,
} from '@markitect/ports';
import type { JsonFilesOptions, KeyedTexts } from '../json-files/keyed-texts.js';
import { type Clock, openFiles } from './entry-codec.js';
import { JsonReplicaStore, placeAfter } from './json-replica-store.js';
import { recordCodec } from './record-codec.js';

/** Records of a list or stream that are read at once. */
const CHUNK = 500;

/**
 * Records in JSON files as bots keep them, which other programs may go on to read. Besides what its port says it throws
 * Corrupt `LEGACY_FILE_CORRUPT` naming a damaged file, to which nothing is written until it is mended. Where each record
 * has a file the others go on: `list` and `stream` leave the damaged one out, as `onDamaged` is told; `count` counts it.
 */
export class JsonRecordRepository implements RecordRepository {
  readonly #port: Port<RecordRepository>;
  readonly #files: KeyedTexts;
  readonly #now: () => Date;
  readonly #isOneFile: boolean;
  /** The same records as a cutover copies them. */
  readonly replicas: ReplicaStore;

  constructor(
    port: Port<RecordRepository>,
    options: JsonFilesOptions,
    { now = () => new Date() }: Clock = {},
  ) {
    this.#port = port;
    this.#files = openFiles(options, recordCodec);
    this.#now = now;
    this.#isOneFile = options.layout === 'one-file';
    this.replicas = new JsonReplicaStore(this.#files, recordCodec, recordOfEntry);
  }

  async get(key: string): Promise<StoredRecord | undefined> {
    return (await this.getMany([key]))[0];
  }

  async getMany(keys: readonly string[]): Promise<readonly (StoredRecord | undefined)[]> {
    for (const key of keys) checkedRecordKey(key);
    return this.#read(keys);
  }

  async list(query: RecordQuery): Promise<Page<StoredRecord>> {
    const sequence = recordSequence(this.#port, query);
    const keys = withPrefix(await this.#files.keys(), query.prefix ?? '');
    const from = sequence.after === undefined ? 0 : placeAfter(keys, sequence.after[0]);
    const items: StoredRecord[] = [];
    for (let at = from; at < keys.length && items.length <= sequence.limit; at += sequence.limit + 1) {
      items.push(...(await this.#sound(keys.slice(at, at + sequence.limit + 1))));
    }
    return sequence.page(items);
  }

  async *stream(query: Omit<RecordQuery, keyof PageRequest>): AsyncGenerator<StoredRecord, void, undefined> {
    recordSequence(this.#port, query);
    const keys = withPrefix(await this.#files.keys(), query.prefix ?? '');
    for (let at = 0; at < keys.length; at += CHUNK) yield* await this.#sound(keys.slice(at, at + CHUNK));
  }

  async count(): Promise<number> {
    return (await this.#files.keys()).length;
  }

  async save(key: string, value: JsonObject, expected?: number): Promise<StoredRecord> {
    // The caller may go on to use the object.
    const checked = copyOf(checkedRecordValue(value));
    return this.#write(key, expected, () => checked);
  }

  async patch(key: string, patch: JsonObject, expected?: number): Promise<StoredRecord> {
    const checked = copyOf(checkedRecordValue(patch, 'patch'));
    return this.#write(key, expected, (stored) => {
      if (stored !== undefined) return checkedRecordValue(mergePatch(stored.value, checked));
      throw new NotFound('RECORD_NOT_FOUND', `there is no record ${key}`, { details: { key } });
    });
  }

  async remove(key: string, expected?: number): Promise<boolean> {
    checkedRecordKey(key);
    return this.#files.change([key], (current) => {
      const kept = current.get(key);
      requireVersion(key, expected, kept === undefined ? 0 : recordCodec.decode(key, kept).version);
      current.remove(key);
      return kept !== undefined;
    });
  }

  async #write(
    key: string,
    expected: number | undefined,
    valueFor: (stored: StoredRecord | undefined) => JsonObject,
  ): Promise<StoredRecord> {
    checkedRecordKey(key);
    const record = await this.#files.change([key], (current) => {
      const before = current.get(key);
      const stored = before && recordCodec.decode(key, before);
      requireVersion(key, expected, stored?.version ?? 0);
      const now = this.#now().toISOString();
      const changed = {
        key,
        value: valueFor(stored),
        version: (stored?.version ?? 0) + 1,
        createdAt: stored?.createdAt ?? now,
        updatedAt: now,
      };
      current.put(key, (surroundings) => recordCodec.encode(changed, surroundings, before));
      return changed;
    });
    return { ...record, value: copyOf(record.value) };
  }

  async #read(keys: readonly string[]): Promise<readonly (StoredRecord | undefined)[]> {
    const found = await this.#files.read(keys);
    return keys.map((key, index) => {
      const kept = found[index];
      return kept && recordCodec.decode(key, kept);
    });
  }

  /** Those of these records that are there and can be read. */
  async #sound(keys: readonly string[]): Promise<readonly StoredRecord[]> {
    const records = this.#isOneFile
      ? await this.#read(keys)
      : (await Promise.all(keys.map((key) => this.#read([key]).catch(unlessDamaged)))).flat();
    return records.filter((record) => record !== undefined);
  }
}

function unlessDamaged(error: unknown): readonly undefined[] {
  if (isMarkitectError(error) && error.code === 'LEGACY_FILE_CORRUPT') return [];
  throw error;
}

function withPrefix(keys: readonly string[], prefix: string): readonly string[] {
  return prefix === '' ? keys : keys.filter((key) => key.startsWith(prefix));
}

function copyOf<T extends JsonValue>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
