import { compareCodePoints, type ReplicaEntry, replicaEntry, type ReplicaStore } from '@markitect/ports';
import type { KeyedTexts } from '../json-files/keyed-texts.js';
import type { EntryCodec } from './entry-codec.js';

/** The states in JSON files, for a cutover. A write of several keys is one change of the files. */
export class JsonReplicaStore<T extends Parameters<typeof replicaEntry>[1] & object> implements ReplicaStore {
  readonly #files: KeyedTexts;
  readonly #codec: EntryCodec<T>;
  readonly #stateOf: (entry: ReplicaEntry) => T | undefined;

  /** @param stateOf checks an entry. Throws Invalid `REQUEST_INVALID` */
  constructor(files: KeyedTexts, codec: EntryCodec<T>, stateOf: (entry: ReplicaEntry) => T | undefined) {
    this.#files = files;
    this.#codec = codec;
    this.#stateOf = stateOf;
  }

  async read(keys: readonly string[]): Promise<readonly ReplicaEntry[]> {
    const found = await this.#files.read(keys);
    return keys.map((key, index) => {
      const kept = found[index];
      return replicaEntry(key, kept && this.#codec.decode(key, kept));
    });
  }

  async write(entries: readonly ReplicaEntry[]): Promise<void> {
    if (entries.length === 0) return;
    const states = entries.map((entry) => ({ key: entry.key, state: this.#stateOf(entry) }));
    await this.#files.change(
      states.map(({ key }) => key),
      (current) => {
        for (const { key, state } of states) {
          const before = current.get(key);
          if (state === undefined) current.remove(key);
          else current.put(key, (surroundings) => this.#codec.encode(state, surroundings, before));
        }
      },
    );
  }

  async keys(after: string | undefined, limit: number): Promise<readonly string[]> {
    const keys = await this.#files.keys();
    const from = after === undefined ? 0 : placeAfter(keys, after);
    return keys.slice(from, from + limit);
  }

  unkeyed(): Promise<readonly string[]> {
    return this.#files.unkeyed();
  }
}

/** How many of these keys, which are sorted, are not behind one. */
export function placeAfter(keys: readonly string[], after: string): number {
  let [from, to] = [0, keys.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (compareCodePoints(keys[middle] ?? '', after) <= 0) from = middle + 1;
    else to = middle;
  }
  return from;
}
