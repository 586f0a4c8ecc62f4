import { type BackfillState, isCutOff } from '@markitect/domain';

/** A backfill, and how fast it is while it runs. */
export interface BackfillProgress extends BackfillState {
  /** On average since it was begun. */
  readonly keysPerSecond?: number;
  /** How long the rest takes at that rate, in milliseconds. */
  readonly remainingMs?: number;
}

/** Adds the rate and the time that is left to a backfill that runs, as far as they can be told. */
export function backfillProgress(state: BackfillState, now: number): BackfillProgress {
  const { status, seen, total, startedAt, updatedAt } = state;
  const tookMs = Date.parse(updatedAt) - Date.parse(startedAt);
  if (status !== 'running' || seen === 0 || tookMs <= 0 || isCutOff(state, now)) return state;
  const keysPerSecond = (seen / tookMs) * 1000;
  const left = total === undefined || total === 0 ? undefined : Math.max(0, total - seen);
  return {
    ...state,
    keysPerSecond,
    ...(left === undefined ? {} : { remainingMs: Math.round((left / keysPerSecond) * 1000) }),
  };
}
