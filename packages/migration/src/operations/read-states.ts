import { isMarkitectError, type JsonValue, type MarkitectError } from '@markitect/domain';
import type { ReplicaStore } from '@markitect/ports';

/** The state of a key on one side; or why it cannot be read. */
export interface KeyState {
  readonly state: JsonValue | undefined;
  readonly damage?: MarkitectError;
}

/** Errors that say something of what is read, and nothing of the store: it is damaged, or may not be read. */
const OF_ONE_KEY: readonly string[] = ['Corrupt', 'Forbidden'];

/**
 * Reads keys of one side, in the order asked for. When it says that something is damaged or may not be read each is read
 * for itself, so that one keeps back no other. Throws what else the side throws.
 */
export async function readStates(
  replica: ReplicaStore,
  keys: readonly string[],
): Promise<readonly KeyState[]> {
  try {
    return await replica.read(keys);
  } catch (error) {
    if (!isMarkitectError(error) || !OF_ONE_KEY.includes(error.kind)) throw error;
    const [first, ...rest] = keys;
    if (first === undefined || rest.length === 0) return [{ state: undefined, damage: error }];
    const states: KeyState[] = [];
    for (const key of keys) states.push(...(await readStates(replica, [key])));
    return states;
  }
}
