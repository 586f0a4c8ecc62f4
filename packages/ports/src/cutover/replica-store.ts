import type { JsonValue } from '@markitect/domain';
import { definePort } from '../port.js';

/** The whole state of one key, or that there is none. */
export interface ReplicaEntry {
  readonly key: string;
  /** `undefined`: nothing is kept under the key. */
  readonly state: JsonValue | undefined;
}

/**
 * One side of a component as the cutover engine copies and compares it: the state of each key as one JSON value, alike
 * on both sides. Errors: those of the store.
 */
export interface ReplicaStore {
  /** In the order asked for. */
  read(keys: readonly string[]): Promise<readonly ReplicaEntry[]>;

  /** Makes the keys be in these states, versions and times included. Doing it twice is doing it once. */
  write(entries: readonly ReplicaEntry[]): Promise<void>;

  /** The keys after one, in the order of code points; fewer than `limit` only at the end. */
  keys(after: string | undefined, limit: number): Promise<readonly string[]>;

  /** What this side has and cannot name a key of, each in words: none of it is copied. Absent: there can be none. */
  unkeyed?(): Promise<readonly string[]>;
}

export const replicaStorePort = definePort<ReplicaStore>('ReplicaStore', {
  read: { kind: 'read', idempotent: true },
  write: { kind: 'write', idempotent: true },
  keys: { kind: 'read', idempotent: true },
  unkeyed: { kind: 'read', idempotent: true },
});
