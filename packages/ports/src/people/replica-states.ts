import {
  type AnalyticsEvent,
  type Conversation,
  Invalid,
  type JsonObject,
  type JsonValue,
  type Message,
  type StoredRecord,
} from '@markitect/domain';
import type { ReplicaEntry } from '../cutover/replica-store.js';

/** What a replica store keeps of a conversation under its id: the conversation, with its messages in place of their number. */
export type ConversationState = Omit<Conversation, 'messages'> & { readonly messages: readonly Message[] };

/** The state of a key as a replica store gives it: of a record itself, of an event itself. */
export function replicaEntry(
  key: string,
  state: StoredRecord | ConversationState | AnalyticsEvent | undefined,
): ReplicaEntry {
  // Through JSON: what a state is on one side it is on the other, whatever the class of the objects.
  return { key, state: state && (JSON.parse(JSON.stringify(state)) as JsonValue) };
}

/**
 * The record of an entry; `undefined`: there is none. Only its form is checked: what a legacy store has kept so far may
 * pass the limits for what is new. Throws Invalid `REQUEST_INVALID` naming the field.
 */
export function recordOfEntry({ key, state }: ReplicaEntry): StoredRecord | undefined {
  if (state === undefined) return undefined;
  const fields = objectOf(key, state, '');
  return {
    key: sameKey(key, fields.key),
    value: objectOf(key, fields.value, 'value'),
    version: positive(key, fields.version, 'version'),
    createdAt: instant(key, fields.createdAt, 'createdAt'),
    updatedAt: instant(key, fields.updatedAt, 'updatedAt'),
  };
}

/** The conversation of an entry, as {@link recordOfEntry}. */
export function conversationOfEntry({ key, state }: ReplicaEntry): ConversationState | undefined {
  if (state === undefined) return undefined;
  const fields = objectOf(key, state, '');
  const { title, messages } = fields;
  if (!Array.isArray(messages)) throw malformed(key, 'messages');
  return {
    id: sameKey(key, fields.id),
    userId: text(key, fields.userId, 'userId'),
    ...(title === undefined ? {} : { title: text(key, title, 'title') }),
    metadata: objectOf(key, fields.metadata, 'metadata'),
    createdAt: instant(key, fields.createdAt, 'createdAt'),
    updatedAt: instant(key, fields.updatedAt, 'updatedAt'),
    messages: messages.map((each: JsonValue, index) => messageOf(key, each, index)),
  };
}

/** The event of an entry, as {@link recordOfEntry}. */
export function eventOfEntry({ key, state }: ReplicaEntry): AnalyticsEvent | undefined {
  if (state === undefined) return undefined;
  const fields = objectOf(key, state, '');
  return {
    id: sameKey(key, fields.id),
    type: text(key, fields.type, 'type'),
    ...(fields.userId === undefined ? {} : { userId: text(key, fields.userId, 'userId') }),
    at: instant(key, fields.at, 'at'),
    properties: objectOf(key, fields.properties, 'properties'),
  };
}

function messageOf(key: string, value: JsonValue, index: number): Message {
  const field = `messages[${index}]`;
  const fields = objectOf(key, value, field);
  const position = positive(key, fields.position, `${field}.position`);
  if (position !== index + 1) throw malformed(key, `${field}.position`);
  return {
    id: text(key, fields.id, `${field}.id`),
    position,
    role: text(key, fields.role, `${field}.role`),
    content: text(key, fields.content, `${field}.content`),
    metadata: objectOf(key, fields.metadata, `${field}.metadata`),
    at: instant(key, fields.at, `${field}.at`),
  };
}

function objectOf(
  key: string,
  value: JsonValue | undefined,
  field: string,
): Partial<JsonObject> & JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed(key, field);
  return value as JsonObject;
}

function text(key: string, value: JsonValue | undefined, field: string): string {
  if (typeof value !== 'string' || !value.isWellFormed()) throw malformed(key, field);
  return value;
}

function sameKey(key: string, value: JsonValue | undefined): string {
  if (value !== key || !key.isWellFormed()) throw malformed(key, 'key');
  return key;
}

function positive(key: string, value: JsonValue | undefined, field: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 1) throw malformed(key, field);
  return value;
}

function instant(key: string, value: JsonValue | undefined, field: string): string {
  const instantText = text(key, value, field);
  const ms = Date.parse(instantText);
  const isCanonical =
    instantText.length === 24 && !Number.isNaN(ms) && new Date(ms).toISOString() === instantText;
  if (!isCanonical) throw malformed(key, field);
  return instantText;
}

function malformed(key: string, field: string): Invalid {
  const path = field === '' ? 'state' : `state.${field}`;
  return new Invalid(
    'REQUEST_INVALID',
    `what the other store keeps under ${key} has not the form it must: ${path}`,
    {
      details: { key, field: path },
    },
  );
}
