/** Which state of a file or folder: another one has another. */
export interface FileStamp {
  readonly ino: bigint;
  readonly size: bigint;
  readonly mtimeNs: bigint;
}

/** The ticks by which file systems count time are shorter; within one, two states may have one stamp. */
const TICK_MS = 40;

/** Whether two stamps are of one state; `undefined` is the state of what is not there. */
export function isSameStamp(a: FileStamp | undefined, b: FileStamp | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.ino === b.ino && a.size === b.size && a.mtimeNs === b.mtimeNs;
}

/**
 * Whether a state was so new, when it began to be looked at, that a further one could have the same stamp.
 *
 * @param seenAt in milliseconds since 1970
 */
export function isTooFresh(stamp: FileStamp | undefined, seenAt: number): boolean {
  return stamp !== undefined && Math.abs(seenAt - stampTime(stamp).getTime()) < TICK_MS;
}

/** When it came about, to the nearest millisecond: times that were set from one are a little beside it. */
export function stampTime({ mtimeNs }: FileStamp): Date {
  return new Date(Number((mtimeNs + 500_000n) / 1_000_000n));
}
