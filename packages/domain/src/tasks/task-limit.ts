import { refuseField } from '../errors/refuse-field.js';
import { rateLimit } from '../research/rate-limit.js';

/** What tasks of one limit key may take of a shared thing, over all workers of all processes. */
export interface TaskLimit {
  readonly key: string;
  /** How many may run at the same time, from 1. Absent: any number. */
  readonly concurrency?: number;
  /** How many may begin in a second; kept as a `RateLimit`. Absent: any number. */
  readonly perSecond?: number;
  /** How many may begin at once after a rest. Default 1. */
  readonly burst?: number;
}

/** Checks a limit. Throws Invalid `REQUEST_INVALID` naming the field. */
export function taskLimit(limit: TaskLimit): TaskLimit {
  const { key, concurrency, perSecond, burst = 1 } = limit;
  refuseField('key', key.length < 1 || key.length > 200, '1 to 200 characters');
  refuseField(
    'concurrency',
    concurrency !== undefined &&
      !(Number.isInteger(concurrency) && concurrency >= 1 && concurrency <= 100_000),
    'a whole number from 1 to 100,000',
  );
  if (perSecond !== undefined) rateLimit({ name: key, perSecond, burst });
  refuseField('concurrency', concurrency === undefined && perSecond === undefined, 'given, or perSecond');
  return limit;
}
