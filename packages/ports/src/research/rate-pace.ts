import type { RateLimit } from '@markitect/domain';
import { RATE_MARGIN, type RatePermit } from './rate-limit-repository.js';

/** How much of a limit is used up. Times in milliseconds since 1970, with fractions. */
export interface RatePace extends Pick<RateLimit, 'perSecond' | 'burst'> {
  /** The theoretical arrival time of the generic cell rate algorithm: what was given out lasts until then. */
  readonly usedUntil: number;
  /** No permit is given for earlier. */
  readonly heldUntil: number;
  /** When each of the permits of one window can be given out again. Empty where there are too many to tell apart. */
  readonly lanes: readonly number[];
}

/** A permit that was given, and what is left then. */
export interface RateStep {
  readonly pace: RatePace;
  readonly permit: RatePermit;
}

/** Up to this rate the lateness of each permit is accounted for. */
export const MAX_EXACT_RATE = 256;
/** The part of the slack in which a permit may be used; the rest is for what happens between a look at the clock and the act. */
const PATIENCE = 0.4;

/** A limit of which nothing is used up, or what `before` says. */
export function paceOf(
  { perSecond, burst }: Pick<RateLimit, 'perSecond' | 'burst'>,
  before?: Pick<RatePace, 'usedUntil' | 'heldUntil' | 'lanes'>,
): RatePace {
  const count = perSecond <= MAX_EXACT_RATE ? Math.ceil(perSecond) : 0;
  const kept = [...(before?.lanes ?? [])].sort((left, right) => right - left);
  return {
    perSecond,
    burst,
    usedUntil: before?.usedUntil ?? 0,
    heldUntil: before?.heldUntil ?? 0,
    lanes: Array.from({ length: count }, (_, index) => kept[index] ?? 0),
  };
}

/** From when on the next permit can be had. */
export function nextPermitTime(pace: RatePace): number {
  const { burst, usedUntil, heldUntil, lanes } = pace;
  const next = Math.max(
    heldUntil,
    usedUntil - (burst - 1) * spacing(pace),
    lanes.length === 0 ? 0 : Math.min(...lanes),
  );
  // To the microsecond: what is less comes from the arithmetic, and would put a permit off by a millisecond.
  return Math.round(next * 1000) / 1000;
}

/** Gives the next permit, for now or later; `undefined` when it is for later than `maxWaitMs` from now. */
export function nextPermit(pace: RatePace, nowMs: number, maxWaitMs: number): RateStep | undefined {
  const at = Math.max(nowMs, nextPermitTime(pace));
  if (at > nowMs + maxWaitMs) return undefined;
  const paced = { ...pace, usedUntil: Math.max(pace.usedUntil, at) + spacing(pace) };
  return pace.lanes.length === 0
    ? { pace: paced, permit: { at: stamp(at) } }
    : inLane(paced, free(pace.lanes), at);
}

/**
 * Gives a permit for now in place of one that was not used in time: its lane is as free as it was. `undefined` when the
 * lane is somebody else's already, or the limit is held back.
 */
export function renewedPermit(pace: RatePace, unused: RatePermit, nowMs: number): RateStep | undefined {
  const lane = unused.lane === undefined ? -1 : pace.lanes.indexOf(unused.lane);
  return lane < 0 || pace.heldUntil > nowMs ? undefined : inLane(pace, lane, nowMs);
}

function inLane(pace: RatePace, lane: number, at: number): RateStep {
  // In any window of this length there is at most one act of each lane.
  const windowMs = (pace.lanes.length / pace.perSecond) * 1000;
  const slack = windowMs * RATE_MARGIN;
  const again = at + slack + windowMs;
  return {
    pace: { ...pace, lanes: pace.lanes.with(lane, again) },
    permit: { at: stamp(at), until: new Date(Math.floor(at + slack * PATIENCE)).toISOString(), lane: again },
  };
}

function free(lanes: readonly number[]): number {
  return lanes.indexOf(Math.min(...lanes));
}

/** Without lanes to count in, permits are spaced wider, so that those used a little late do not exceed the rate. */
function spacing({ perSecond, lanes }: RatePace): number {
  return (1000 / perSecond) * (lanes.length === 0 ? 1 + RATE_MARGIN : 1);
}

/** Not earlier than the time, which has fractions. */
function stamp(ms: number): string {
  return new Date(Math.ceil(ms)).toISOString();
}
