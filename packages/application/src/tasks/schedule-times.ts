import { Invalid, type Timestamp } from '@markitect/domain';
import { Cron } from 'croner';

/** The times of a schedule. */
export interface ScheduleTimes {
  readonly cron: string;
  readonly timeZone: string;
}

/**
 * The first time of a schedule after an instant, by the clocks of its time zone. Where clocks are changed it does what
 * people expect (as cron of P. Vixie does): a schedule of every hour (its hour begins with `*`) goes on evenly; any
 * other runs once a day it is meant for, at the end of the gap if its time is skipped, the first time if it comes
 * twice. Throws Invalid `SCHEDULE_INVALID`: the fields or the time zone cannot be understood, or the time never comes.
 */
export function nextScheduleTime(times: ScheduleTimes, after: Timestamp): Timestamp {
  const fields = times.cron.trim().split(/\s+/);
  if (fields.length !== 5 && fields.length !== 6) {
    throw refused(
      times,
      'it must have five fields (minute, hour, day, month, weekday) or six (seconds first)',
    );
  }
  const cron = fields.join(' ');
  const isOfEveryHour = fields.at(-4)?.startsWith('*') === true;
  try {
    const start = Date.parse(after);
    const next = isOfEveryHour
      ? nextOfEveryHour(cron, times.timeZone, start)
      : nextOfDay(cron, times.timeZone, start);
    if (next !== undefined) return new Date(next).toISOString();
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    const isZone = /time ?zone/i.test(message);
    throw refused(
      times,
      isZone ? `there is no time zone ${times.timeZone}` : message.replace(/^Cron\w+: /, ''),
      cause,
    );
  }
  throw refused(times, 'its time never comes');
}

/** Steps by which a search goes on that has found nothing new. Clocks are changed by minutes to a few hours. */
const STEP_MS = 60_000;
const MAX_STEPS = 500;

function nextOfDay(cron: string, timezone: string, start: number): number | undefined {
  const job = new Cron(cron, { timezone, paused: true });
  // Around a gap croner may answer the instant it was asked from.
  for (let step = 0; step < MAX_STEPS; step++) {
    const next = job.nextRun(new Date(start + step * STEP_MS))?.getTime();
    if (next === undefined || next > start) return next;
  }
  return undefined;
}

/** By the offset that holds at the time itself: what local clocks show twice comes twice, what they skip never. */
function nextOfEveryHour(cron: string, timeZone: string, start: number): number | undefined {
  const offsetAt = offsets(timeZone);
  const nextAt = (offset: number, from: number) =>
    new Cron(cron, { utcOffset: offset, paused: true }).nextRun(new Date(from))?.getTime();
  let from = start;
  for (let step = 0; step < MAX_STEPS; step++) {
    const offset = offsetAt(from);
    const first = nextAt(offset, from);
    if (first === undefined) return undefined;
    const otherOffset = offsetAt(first);
    if (otherOffset === offset) return first;
    // The clocks are changed on the way.
    const second = nextAt(otherOffset, from) ?? first;
    const fitting = offsetAt(second) === otherOffset;
    if (fitting && second > from) return second;
    from = Math.min(first, second);
  }
  return undefined;
}

/** What the clocks of a time zone are ahead of UTC at an instant, in minutes. */
function offsets(timeZone: string): (instant: number) => number {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  return (instant) => {
    const name = format.formatToParts(instant).find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const [, sign = '+', hours = '0', minutes = '0'] = /([+-])(\d+):(\d+)/.exec(name) ?? [];
    return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
  };
}

function refused({ cron, timeZone }: ScheduleTimes, why: string, cause?: unknown): Invalid {
  return new Invalid('SCHEDULE_INVALID', `the schedule "${cron}" cannot be used: ${why}`, {
    details: { cron, timeZone },
    ...(cause === undefined ? {} : { cause }),
  });
}
