import { refuseField } from '../errors/refuse-field.js';
import type { Timestamp } from '../timestamp.js';

/** Checks an instant: RFC 3339 in UTC with milliseconds, years 0 to 9999. Throws Invalid `REQUEST_INVALID` naming the field. */
export function checkedTimestamp(text: string, field: string): Timestamp {
  const ms = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text) ? Date.parse(text) : Number.NaN;
  // Written otherwise by the calendar: the 30th of February.
  const isWrong = Number.isNaN(ms) || new Date(ms).toISOString() !== text;
  refuseField(field, isWrong, 'an instant such as 2026-11-21T08:37:00.000Z');
  return text;
}
