import type { CutoverRun } from './cutover-state.js';

/** One that is running says so more often than this, in milliseconds. */
const SILENCE_MS = 60_000;

/**
 * Whether a backfill or a diff says that it runs, but has not for a minute: its process has died, or is frozen.
 *
 * @param now milliseconds since 1970
 */
export function isCutOff({ status, updatedAt }: CutoverRun, now: number): boolean {
  return status === 'running' && now - Date.parse(updatedAt) > SILENCE_MS;
}
