import { refuseField } from '../errors/refuse-field.js';
import type { JsonObject } from '../json.js';
import type { Timestamp } from '../timestamp.js';
import { checkedTimestamp } from './checked-timestamp.js';
import { checkedRecordKey, checkedRecordValue } from './stored-record.js';

/** Something that happened, kept to be counted. Never changed. */
export interface AnalyticsEvent {
  /** Given by whoever reports it: one that is reported twice is kept once. */
  readonly id: string;
  readonly type: string;
  readonly userId?: string;
  readonly at: Timestamp;
  readonly properties: JsonObject;
}

/** Events reported at once. */
export const MAX_EVENTS = 10_000;

/**
 * Checks events to be appended: at most 10,000; ids, types and users as keys of records, properties as their values.
 * Leaves out those whose id came before. Throws Invalid `REQUEST_INVALID` naming the field, e.g. `events[2].at`.
 */
export function checkedEvents(events: readonly AnalyticsEvent[]): readonly AnalyticsEvent[] {
  refuseField('events', events.length > MAX_EVENTS, `at most ${MAX_EVENTS}`);
  const checked = new Map<string, AnalyticsEvent>();
  for (const [index, { id, type, userId, at, properties }] of events.entries()) {
    const field = `events[${index}]`;
    const event = {
      id: checkedRecordKey(id, `${field}.id`),
      type: checkedRecordKey(type, `${field}.type`),
      ...(userId === undefined ? {} : { userId: checkedRecordKey(userId, `${field}.userId`) }),
      at: checkedTimestamp(at, `${field}.at`),
      properties: checkedRecordValue(properties, `${field}.properties`),
    };
    if (!checked.has(id)) checked.set(id, event);
  }
  return [...checked.values()];
}
