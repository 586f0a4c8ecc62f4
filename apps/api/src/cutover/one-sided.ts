import { Conflict } from '@markitect/domain';
import type { CutoverStateStore } from '@markitect/ports';

/** For so long nothing is asked again, in milliseconds. */
const MAX_AGE_MS = 250;

/**
 * Guards the database of a component that has no legacy store in this process. While others move the component, what is
 * written here alone would be overwritten, and what is read may be old: the promise is rejected with Conflict
 * `CUTOVER_SIDE_MISSING`, and with what the store throws. Asks the store at most four times a second.
 */
export function oneSided(store: CutoverStateStore, component: string): () => Promise<void> {
  let asked: Promise<void> | undefined;
  let askedAt = Number.NEGATIVE_INFINITY;
  const ask = async (): Promise<void> => {
    const state = await store.get(component);
    if (state === undefined || state.stage === 'complete') return;
    const setting = `legacy.${component}`;
    throw new Conflict(
      'CUTOVER_SIDE_MISSING',
      `${component} is in stage ${state.stage} of a cutover, and no ${setting} is set here`,
      { details: { component, stage: state.stage, setting } },
    );
  };
  return () => {
    if (asked === undefined || performance.now() - askedAt > MAX_AGE_MS) {
      askedAt = performance.now();
      asked = ask();
    }
    return asked;
  };
}
