import { setTimeout as sleep } from 'node:timers/promises';
import { isSearchOver, type ResearchStatus } from './research-status.js';

/** How often it is looked. */
const INTERVAL_MS = 300;
/** Every so many looks it is also looked whether the tasks are still alive. */
const REPAIR_EVERY = 10;

/** How a research is looked at. */
export interface ResearchView {
  read(): Promise<ResearchStatus>;
  repair(status: ResearchStatus): Promise<boolean>;
}

/** See `ResearchService.watch`. */
export async function* watchResearch(
  view: ResearchView,
  signal?: AbortSignal,
): AsyncGenerator<ResearchStatus, void, undefined> {
  let last = '';
  for (let look = 0; signal?.aborted !== true; look += 1) {
    let status = await view.read();
    if (look % REPAIR_EVERY === 0 && (await view.repair(status))) status = await view.read();
    const text = JSON.stringify(status);
    if (text !== last) yield status;
    if (isSearchOver(status.search)) return;
    last = text;
    // The timer's only failure is the signal's, and that ends the loop.
    await sleep(INTERVAL_MS, undefined, { signal }).catch(() => undefined);
  }
}
