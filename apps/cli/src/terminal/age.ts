import { countOf } from './quantities.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long ago something was, in milliseconds, for people: `just now`, `5 min ago`, `2 h ago`, `3 days ago`, `2 years ago`. */
export function showAge(ms: number): string {
  // The clock of another machine may be ahead of ours.
  if (ms < MINUTE) return 'just now';
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min ago`;
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h ago`;
  const days = Math.floor(ms / DAY);
  if (days < 14) return `${countOf(days, 'day')} ago`;
  if (days < 70) return `${countOf(Math.floor(days / 7), 'week')} ago`;
  if (days < 730) return `${countOf(Math.floor(days / 30.44), 'month')} ago`;
  return `${countOf(Math.floor(days / 365.25), 'year')} ago`;
}

/** The same of an instant. */
export function showSince(timestamp: string, now = Date.now()): string {
  return showAge(now - Date.parse(timestamp));
}
