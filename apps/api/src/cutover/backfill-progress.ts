import { type BackfillState, isCutOff } from '@markitect/domain';

/** A backfill, and how fast it is while it runs. */
export interface BackfillProgress extends BackfillState {
  /** On average since it was begun, or last gone on with. */
  readonly keysPerSecond?: number;
  /** How long the rest takes at that rate, in milliseconds. */
  readonly remainingMs?: number;
}

/** Adds the rate and the time that is left to a backfill that runs, as far as they can be told. */
export function backfillProgress(state: BackfillState, now: number): BackfillProgress {
  const { status, seen, total, startedAt, updatedAt, resumed = { at: startedAt, seen: 0 } } = state;
  const tookMs = Date.parse(updatedAt) - Date.parse(resumed.at);
  const done = seen - resumed.seen;
  if (status !== 'running' || done <= 0 || tookMs <= 0 || isCutOff(state, now)) return state;
  const keysPerSecond = (done / tookMs) * 1000;
  const left = total === undefined || total === 0 ? undefined : Math.max(0, total - seen);
  return {
    ...state,
    keysPerSecond,
    ...(left === undefined ? {} : { remainingMs: Math.round((left / keysPerSecond) * 1000) }),
  };
}
