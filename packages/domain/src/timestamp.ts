/** An instant as RFC 3339 in UTC with milliseconds, e.g. `2026-11-21T08:37:00.000Z`. Sorts as text. */
export type Timestamp = string;
