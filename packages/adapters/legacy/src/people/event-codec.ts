import { createHash } from 'node:crypto';
import { type AnalyticsEvent, isMarkitectError, type JsonValue } from '@markitect/domain';
import { eventOfEntry } from '@markitect/ports';
import { valueText } from '../json-files/json-style.js';
import type { EntryCodec } from './entry-codec.js';
import { isObject, LooseFields, looseInstant, looseText, UNKNOWN_TIME } from './loose-values.js';

const names = new Set(['id', 'type', 'userId', 'at', 'properties']);
const idNames = ['id', 'event_id', 'eventId'];

/**
 * An event is written as it is. Read is also what bots keep: a `type` by any of its names, numbers of users, times of
 * any kind; what has no name here becomes properties. One without an id has one that follows from what it says, and from
 * how many before it say the same; one that says no time was in 1970.
 */
export const eventCodec: EntryCodec<AnalyticsEvent> = {
  keyFields: idNames,
  newFormat: 'list',

  decode(key, { text }) {
    const written = JSON.parse(text) as JsonValue;
    return exact(key, written) ?? loose(key, written);
  },

  // On one line of its own in any layout.
  encode: (event, { style }) => valueText(event, { indent: '', space: style.space }, 0),

  keyOf(item) {
    if (!isObject(item)) return undefined;
    return `legacy-${createHash('sha256').update(JSON.stringify(item)).digest('hex').slice(0, 32)}`;
  },
};

function exact(key: string, written: JsonValue): AnalyticsEvent | undefined {
  if (!isObject(written) || written.id !== key || !Object.keys(written).every((name) => names.has(name)))
    return undefined;
  try {
    return eventOfEntry({ key, state: written });
  } catch (error) {
    if (isMarkitectError(error)) return undefined;
    throw error;
  }
}

function loose(key: string, written: JsonValue): AnalyticsEvent {
  const fields = new LooseFields(isObject(written) ? written : { value: written });
  fields.take(idNames, (value) => (looseText(value) === key ? key : undefined));
  const type = fields.take(['type', 'event', 'event_type', 'eventType', 'name', 'action'], text) ?? 'event';
  const userId = fields.take(['userId', 'user_id', 'user'], text);
  const at = fields.take(['at', 'timestamp', 'time', 'ts', 'date', 'created_at', 'createdAt'], looseInstant);
  return {
    id: key,
    type,
    ...(userId === undefined ? {} : { userId }),
    at: at ?? UNKNOWN_TIME,
    properties: fields.rest(['properties', 'data', 'payload']),
  };
}

function text(value: JsonValue | undefined): string | undefined {
  return typeof value === 'number' || (typeof value === 'string' && value !== '')
    ? looseText(value)
    : undefined;
}
