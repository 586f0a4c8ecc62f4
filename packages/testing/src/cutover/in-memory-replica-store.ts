import type { JsonValue } from '@markitect/domain';
import type { ReplicaEntry, ReplicaStore } from '@markitect/ports';

/** What happens around the operations of a replica, for tests of faults. */
export interface ReplicaHooks {
  /** Before an operation; throws: it does not happen. */
  readonly before?: (operation: keyof ReplicaStore, keys: readonly string[]) => Promise<void> | void;
  /** After it has happened; throws: the caller does not learn of it. */
  readonly after?: (operation: keyof ReplicaStore, keys: readonly string[]) => Promise<void> | void;
}

/**
 * One side of a component in memory. `states` is the store itself: a repository under test may keep its records there, and
 * several replicas with hooks of their own may share it, as processes do. Every operation is one step.
 */
export class InMemoryReplicaStore implements ReplicaStore {
  readonly states: Map<string, JsonValue>;
  readonly #hooks: ReplicaHooks;

  constructor(states = new Map<string, JsonValue>(), hooks: ReplicaHooks = {}) {
    this.states = states;
    this.#hooks = hooks;
  }

  async read(keys: readonly string[]): Promise<readonly ReplicaEntry[]> {
    await this.#hooks.before?.('read', keys);
    const entries = keys.map((key) => ({ key, state: structuredClone(this.states.get(key)) }));
    await this.#hooks.after?.('read', keys);
    return entries;
  }

  async write(entries: readonly ReplicaEntry[]): Promise<void> {
    const keys = entries.map(({ key }) => key);
    await this.#hooks.before?.('write', keys);
    for (const { key, state } of entries) {
      if (state === undefined) this.states.delete(key);
      else this.states.set(key, structuredClone(state));
    }
    await this.#hooks.after?.('write', keys);
  }

  async keys(after: string | undefined, limit: number): Promise<readonly string[]> {
    await this.#hooks.before?.('keys', []);
    const sorted = [...this.states.keys()]
      .map((key) => Buffer.from(key))
      .sort((a, b) => Buffer.compare(a, b));
    const first = after === undefined ? undefined : Buffer.from(after);
    const rest = sorted.filter((key) => first === undefined || Buffer.compare(key, first) > 0);
    await this.#hooks.after?.('keys', []);
    return rest.slice(0, limit).map(String);
  }
}
