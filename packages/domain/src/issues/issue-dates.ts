import { Invalid } from '../errors/markitect-error.js';
import type { Timestamp } from '../timestamp.js';
import type { CalendarDate } from './issue.js';

const MINUTE_MS = 60_000;

/** A day, then perhaps a time, then perhaps a zone: what of ISO 8601 people and programs write. */
const instants = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:?\d\d)?)?$/i;

/** How an instant is read. */
export interface InstantReading {
  /** What a day or a time without a zone is meant in. Default `UTC`; `local`: that of the machine. */
  readonly zone?: 'UTC' | 'local';
}

/**
 * Reads a day, `2026-11-21`, which means its beginning, or a time, `2026-11-21T08:00Z`, with seconds or without, in any
 * zone. Throws Invalid `REQUEST_INVALID` naming the field, also for what is no day or time at all: the 30th of February,
 * 25 o'clock.
 */
export function parseInstant(text: string, field: string, { zone = 'UTC' }: InstantReading = {}): Timestamp {
  const time = timeOf(text, zone);
  if (time !== undefined) return new Date(time).toISOString();
  const allowed = 'a day or time there is, e.g. 2026-11-21 or 2026-11-21T08:00:00Z';
  throw new Invalid('REQUEST_INVALID', `${field} must be ${allowed}`, { details: { field, allowed } });
}

/** Whether a text is a day that there is, like `2026-11-21`. */
export function isCalendarDate(text: string): text is CalendarDate {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  // The 31st of February is taken for a day of March.
  const time = Date.parse(text);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

function timeOf(text: string, zone: 'UTC' | 'local'): number | undefined {
  const [, day = '', hours = '0', minutes = '0', seconds = '0', fraction = '', offset] =
    instants.exec(text) ?? [];
  // Date takes years below 100 for those of the last century.
  if (
    !isCalendarDate(day) ||
    day < '0101' ||
    Number(hours) > 23 ||
    Number(minutes) > 59 ||
    Number(seconds) > 59
  ) {
    return undefined;
  }
  const clock = [hours, minutes, seconds, fraction.slice(0, 3).padEnd(3, '0')].map(Number);
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  if (offset === undefined && zone === 'local') {
    const [hour, minute, second, ms] = clock;
    return new Date(year, month - 1, date, hour, minute, second, ms).getTime();
  }
  const behindMs = offset === undefined || offset.toUpperCase() === 'Z' ? 0 : offsetMs(offset);
  if (behindMs === undefined) return undefined;
  const [hour, minute, second, ms] = clock;
  return Date.UTC(year, month - 1, date, hour, minute, second, ms) - behindMs;
}

/** How far a zone is ahead of UTC; `undefined`: there is no such zone. */
function offsetMs(offset: string): number | undefined {
  const [hours, minutes] = [Number(offset.slice(1, 3)), Number(offset.slice(-2))];
  if (hours > 23 || minutes > 59) return undefined;
  return (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * MINUTE_MS;
}
