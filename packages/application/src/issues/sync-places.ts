import type { Timestamp } from '@markitect/domain';
import type { MirrorProgress } from '@markitect/ports';

/**
 * How far back changes are asked for again. A tracker stamps a change when its transaction begins and shows it when it
 * is committed, so that one stamped earlier can appear later.
 */
const OVERLAP_MS = 5_000;

/** From when on changes are asked for that may be seen later than they are stamped. */
export function earlier(time: Timestamp): Timestamp {
  return new Date(Math.max(0, Date.parse(time) - OVERLAP_MS)).toISOString();
}

/** The later of two times. */
export function later(a: Timestamp | undefined, b: Timestamp): Timestamp {
  return a === undefined || a < b ? b : a;
}

/**
 * Up to when, by the clock of the tracker, all was read after its second was over, in a run that began at `now` by ours.
 * The tracker's clock has gone on by as much as ours since the last change known then was seen, whatever the two show.
 */
export function settledBy(before: MirrorProgress, next: Timestamp, now: Timestamp): Timestamp {
  const { since, sinceSeenAt, settled } = before;
  const sure = later(settled, earlier(next));
  if (since === undefined || sinceSeenAt === undefined) return sure;
  return Date.parse(now) - Date.parse(sinceSeenAt) >= OVERLAP_MS ? later(sure, since) : sure;
}
