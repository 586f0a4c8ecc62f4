import type { TableSchema } from '../documents/document.schema.js';

/** A row of `profiles` or `configuration`. Times in milliseconds since 1970. */
export interface RecordRow {
  id: number;
  key: string;
  version: number;
  created_at: number;
  updated_at: number;
  /** JSON: an object. */
  value: string;
}

/** A row of `conversations`. Times in milliseconds since 1970. */
export interface ConversationRow {
  id: number;
  /** The id that it is known by. */
  key: string;
  user_id: string;
  title: string | null;
  /** How many rows of `messages` it has. */
  messages: number;
  created_at: number;
  updated_at: number;
  /** JSON: an object. */
  metadata: string;
}

/** A row of `messages`. Times in milliseconds since 1970. */
export interface MessageRow {
  conversation_id: number;
  /** From 1, without gaps. */
  position: number;
  /** The id that it is known by. */
  key: string;
  role: string;
  at: number;
  /** JSON: an object. */
  metadata: string;
  content: string;
}

/** A row of `analytics_events`. Times in milliseconds since 1970. */
export interface AnalyticsEventRow {
  id: number;
  /** The id that it is known by. */
  key: string;
  type: string;
  user_id: string | null;
  at: number;
  /** JSON: an object. */
  properties: string;
}

const text = { type: 'text' } as const;
const integer = { type: 'integer' } as const;

const recordTable = (name: string, tableName: string): TableSchema<RecordRow> => ({
  name,
  tableName,
  columns: {
    id: { ...integer, primary: true, primaryKeyConstraintName: `${tableName}_pk` },
    key: text,
    version: integer,
    created_at: integer,
    updated_at: integer,
    value: text,
  },
  indices: [{ name: `${tableName}_by_key`, columns: ['key'], unique: true }],
});

/** The table of the profiles of users. */
export const profileTable = recordTable('ProfileRow', 'profiles');

/** The table of the configuration. */
export const configurationTable = recordTable('ConfigurationRow', 'configuration');

/** The table of conversations. */
export const conversationTable: TableSchema<ConversationRow> = {
  name: 'ConversationRow',
  tableName: 'conversations',
  columns: {
    id: { ...integer, primary: true, primaryKeyConstraintName: 'conversations_pk' },
    key: text,
    user_id: text,
    title: { ...text, nullable: true },
    messages: integer,
    created_at: integer,
    updated_at: integer,
    metadata: text,
  },
  indices: [
    { name: 'conversations_by_key', columns: ['key'], unique: true },
    { name: 'conversations_by_user', columns: ['user_id', 'key'] },
  ],
};

/** The table of what is said in conversations. */
export const messageTable: TableSchema<MessageRow> = {
  name: 'MessageRow',
  tableName: 'messages',
  columns: {
    conversation_id: { ...integer, primary: true, primaryKeyConstraintName: 'messages_pk' },
    position: { ...integer, primary: true, primaryKeyConstraintName: 'messages_pk' },
    key: text,
    role: text,
    at: integer,
    metadata: text,
    content: text,
  },
  indices: [{ name: 'messages_by_key', columns: ['conversation_id', 'key'], unique: true }],
  foreignKeys: [
    {
      name: 'messages_of_conversation',
      target: 'ConversationRow',
      columnNames: ['conversation_id'],
      referencedColumnNames: ['id'],
      onDelete: 'CASCADE',
    },
  ],
};

/** The table of events, found by time, alone or of one type or user. */
export const analyticsEventTable: TableSchema<AnalyticsEventRow> = {
  name: 'AnalyticsEventRow',
  tableName: 'analytics_events',
  columns: {
    id: { ...integer, primary: true, primaryKeyConstraintName: 'analytics_events_pk' },
    key: text,
    type: text,
    user_id: { ...text, nullable: true },
    at: integer,
    properties: text,
  },
  indices: [
    { name: 'analytics_events_by_key', columns: ['key'], unique: true },
    { name: 'analytics_events_by_at', columns: ['at', 'key'] },
    { name: 'analytics_events_by_type', columns: ['type', 'at', 'key'] },
    { name: 'analytics_events_by_user', columns: ['user_id', 'at', 'key'] },
  ],
};
