import { isMarkitectError, type JsonValue, type MarkitectError } from '@markitect/domain';
import type { ReplicaStore } from '@markitect/ports';

/** The state of a key on one side; or what is damaged about it. */
export interface KeyState {
  readonly state: JsonValue | undefined;
  readonly damage?: MarkitectError;
}

/**
 * Reads keys of one side, in the order asked for. When it says that something is damaged each is read for itself, so that
 * one keeps back no other. Throws what else the side throws.
 */
export async function readStates(
  replica: ReplicaStore,
  keys: readonly string[],
): Promise<readonly KeyState[]> {
  try {
    return await replica.read(keys);
  } catch (error) {
    if (!isMarkitectError(error) || error.kind !== 'Corrupt') throw error;
    const [first, ...rest] = keys;
    if (first === undefined || rest.length === 0) return [{ state: undefined, damage: error }];
    const states: KeyState[] = [];
    for (const key of keys) states.push(...(await readStates(replica, [key])));
    return states;
  }
}
