import type {
  AnalyticsEvent,
  Conversation,
  JsonObject,
  Message,
  StoredRecord,
  Timestamp,
} from '@markitect/domain';
import type { AnalyticsEventRow, ConversationRow, MessageRow, RecordRow } from './people.schema.js';

/** The columns of a record that {@link recordValues} fills, in its order. */
export const recordColumns = ['key', 'version', 'created_at', 'updated_at', 'value'] as const;

/** What is stored of a record. */
export function recordValues(record: StoredRecord): (string | number)[] {
  const { key, version, createdAt, updatedAt, value } = record;
  return [key, version, Date.parse(createdAt), Date.parse(updatedAt), JSON.stringify(value)];
}

/** The record of a row. */
export function recordOf(row: Omit<RecordRow, 'id'>): StoredRecord {
  return {
    key: row.key,
    value: object(row.value),
    version: row.version,
    createdAt: time(row.created_at),
    updatedAt: time(row.updated_at),
  };
}

/** The columns of a conversation that {@link conversationValues} fills, in its order. */
export const conversationColumns = [
  'key',
  'user_id',
  'title',
  'messages',
  'created_at',
  'updated_at',
  'metadata',
] as const;

/** What is stored of a conversation. */
export function conversationValues(conversation: Conversation): (string | number | null)[] {
  const { id, userId, title = null, messages, createdAt, updatedAt, metadata } = conversation;
  return [
    id,
    userId,
    title,
    messages,
    Date.parse(createdAt),
    Date.parse(updatedAt),
    JSON.stringify(metadata),
  ];
}

/** The conversation of a row. */
export function conversationOf(row: Omit<ConversationRow, 'id'>): Conversation {
  return {
    id: row.key,
    userId: row.user_id,
    ...(row.title === null ? {} : { title: row.title }),
    metadata: object(row.metadata),
    messages: row.messages,
    createdAt: time(row.created_at),
    updatedAt: time(row.updated_at),
  };
}

/** The columns of a message that {@link messageValues} fills, in its order. */
export const messageColumns = ['position', 'key', 'role', 'at', 'metadata', 'content'] as const;

/** What is stored of a message, but for its conversation. */
export function messageValues(message: Message): (string | number)[] {
  const { position, id, role, at, metadata, content } = message;
  return [position, id, role, Date.parse(at), JSON.stringify(metadata), content];
}

/** The message of a row. */
export function messageOf(row: Omit<MessageRow, 'conversation_id'>): Message {
  return {
    id: row.key,
    position: row.position,
    role: row.role,
    content: row.content,
    metadata: object(row.metadata),
    at: time(row.at),
  };
}

/** The columns of an event that {@link eventValues} fills, in its order. */
export const eventColumns = ['key', 'type', 'user_id', 'at', 'properties'] as const;

/** What is stored of an event. */
export function eventValues(event: AnalyticsEvent): (string | number | null)[] {
  const { id, type, userId = null, at, properties } = event;
  return [id, type, userId, Date.parse(at), JSON.stringify(properties)];
}

/** The event of a row. */
export function eventOf(row: Omit<AnalyticsEventRow, 'id'>): AnalyticsEvent {
  return {
    id: row.key,
    type: row.type,
    ...(row.user_id === null ? {} : { userId: row.user_id }),
    at: time(row.at),
    properties: object(row.properties),
  };
}

function object(json: string): JsonObject {
  return JSON.parse(json) as JsonObject;
}

function time(ms: number): Timestamp {
  return new Date(ms).toISOString();
}
