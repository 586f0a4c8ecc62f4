import { Conflict, type CutoverState } from '@markitect/domain';
import type { StageChange } from '@markitect/ports';
import { type Component, HEARTBEAT_TTL_MS } from '../engine/component.js';

/** How long writes that are under way may take before a change is given up: longer than a process can be silent. */
const DRAIN_TIMEOUT_MS = 2 * HEARTBEAT_TTL_MS;
const DRAIN_PAUSE_MS = 10;

/**
 * Moves a component to another stage or share: holds new writes back, waits for those under way, changes, and lets go.
 * Throws Conflict `CUTOVER_CHANGED` (judged in another epoch), `CUTOVER_SWITCHING` (a change is under way, or writes do not
 * end); then nothing has changed. So it is with what `judge` throws, which is asked once no write is under way, so that
 * what it sees is what there is when the change is made; it is given the state at the beginning.
 */
export async function changeStage(
  component: Component,
  planned: Omit<StageChange, 'token'>,
  judge?: (begun: CutoverState) => Promise<void>,
): Promise<CutoverState> {
  const { store, clock, process, name } = component;
  const change = { ...planned, token: component.nextToken() };
  await component.beat();
  const finish = async (begun: CutoverState): Promise<CutoverState | undefined> => {
    if (judge !== undefined) {
      if ((await store.depth(name)).inFlight > 0) return undefined;
      await judge(begun);
    }
    return store.finishChange(change);
  };
  try {
    const begun = await store.beginChange(change, process);
    const since = clock.now();
    while ((await finish(begun)) === undefined) {
      if (clock.now() - since > DRAIN_TIMEOUT_MS) {
        const { inFlight } = await store.depth(name);
        throw new Conflict(
          'CUTOVER_SWITCHING',
          `${inFlight} writes of ${name} do not end; nothing was changed`,
          { retryable: true, details: { component: name, inFlight } },
        );
      }
      await clock.sleep(DRAIN_PAUSE_MS);
      await component.stayHeardOf();
    }
  } catch (error) {
    // It may have been begun though no answer came.
    await component.leftovers.abort(change);
    throw error;
  }
  return component.reload();
}
