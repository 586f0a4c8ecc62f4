import type { CutoverRun } from '@markitect/domain';
import { failureOf } from '../engine/failure-of.js';

/** Runs what saves how far it is. When it throws, that is saved as well, as far as it can be. Throws what it throws. */
export async function stoppedOnFailure<T>(
  save: (change: Pick<CutoverRun, 'status' | 'failure'>) => Promise<void>,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    // Where this cannot be saved, the time of the last save tells that nothing runs any more.
    await save({ status: 'stopped', failure: failureOf(error) }).catch(() => undefined);
    throw error;
  }
}

/** What a run goes on with of a former one: not why that has stopped. */
export function withoutFailure<R extends CutoverRun>(run: R): R {
  const going: R & { failure?: unknown } = { ...run };
  delete going.failure;
  return going;
}
