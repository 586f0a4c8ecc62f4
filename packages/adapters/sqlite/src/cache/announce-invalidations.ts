import { setTimeout as delay } from 'node:timers/promises';
import type { WriterHold } from '../engine/sqlite-writer.js';
import type { GenerationFile } from './generation-file.js';
import { passOverFiles, readLogState } from './invalidation-rows.js';

/** How often processes look into the table itself, in milliseconds, whatever the generation file says. */
export const POLL_MS = 1000;

/**
 * Tells every process of all invalidations that are committed. Between a commit and this nobody may be told that it has
 * happened.
 *
 * A position is announced only when each change of a file that was committed at or before it is in place. Else a value
 * could be made of the old file after the announcement, and would count as made after the commit. `catchUp` puts files in
 * place; those that cannot be are passed over: what puts them in place later invalidates everything.
 *
 * `false`: the file can't be written (a full disk, a directory that has become read-only). Then whoever has something to
 * acknowledge waits for {@link unannounced} first. Throws as a write does.
 */
export async function announceInvalidations(
  generation: GenerationFile,
  hold: WriterHold,
  patience: () => boolean,
  catchUp: () => Promise<unknown>,
): Promise<boolean> {
  let state = await readLogState(hold);
  if (state.isPending) {
    await catchUp();
    state = await readLogState(hold);
  }
  if (!state.isPending && generation.raise(state.newest)) return true;
  await hold.begin(patience);
  let isAnnounced: boolean;
  try {
    await passOverFiles(hold);
    const { newest } = await readLogState(hold);
    isAnnounced = generation.raise(newest) || generation.renew(newest);
    await hold.run('COMMIT');
  } catch (error) {
    await hold.rollback();
    throw error;
  }
  return isAnnounced;
}

/** Settles when every process has had the time to look into the table itself. */
export async function unannounced(): Promise<void> {
  await delay(2 * POLL_MS);
}
