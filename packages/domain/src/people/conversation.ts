import { refuseField } from '../errors/refuse-field.js';
import type { JsonObject } from '../json.js';
import type { Timestamp } from '../timestamp.js';
import { checkedTimestamp } from './checked-timestamp.js';
import { checkedRecordKey, checkedRecordValue } from './stored-record.js';

/** What a user and a system say to each other. */
export interface Conversation {
  /** Given by whoever begins it; unique. */
  readonly id: string;
  readonly userId: string;
  readonly title?: string;
  readonly metadata: JsonObject;
  /** How many messages it has. */
  readonly messages: number;
  readonly createdAt: Timestamp;
  /** When the last of its messages was said; without messages when it was begun. */
  readonly updatedAt: Timestamp;
}

/** A conversation to be begun. */
export type ConversationDraft = Pick<Conversation, 'id' | 'userId' | 'title'> & {
  readonly metadata?: JsonObject;
  /** Default: now. */
  readonly createdAt?: Timestamp;
};

/** Something said. */
export interface Message {
  /** Unique within its conversation. */
  readonly id: string;
  /** From 1, without gaps. */
  readonly position: number;
  /** Who says it, e.g. `user`, `assistant`. */
  readonly role: string;
  readonly content: string;
  readonly metadata: JsonObject;
  readonly at: Timestamp;
}

/** A message to be appended. */
export type MessageDraft = Pick<Message, 'id' | 'role' | 'content'> & {
  readonly metadata?: JsonObject;
  /** Default: now. */
  readonly at?: Timestamp;
};

/** Messages appended at once. */
export const MAX_MESSAGES = 1000;
export const MAX_MESSAGE_LENGTH = 1024 * 1024;
export const MAX_CONVERSATION_TITLE_LENGTH = 500;

/**
 * The conversation that a draft begins: id and user as keys of records, metadata as their values, a title of at most 500
 * characters without control characters. Throws Invalid `REQUEST_INVALID` naming the field.
 */
export function newConversation(draft: ConversationDraft, now: Timestamp): Conversation {
  const { title, metadata = {}, createdAt = now } = draft;
  if (title !== undefined) {
    refuseField(
      'title',
      title.length > MAX_CONVERSATION_TITLE_LENGTH || /\p{Cc}/u.test(title) || !title.isWellFormed(),
      `at most ${MAX_CONVERSATION_TITLE_LENGTH} characters without control characters`,
    );
  }
  return {
    id: checkedRecordKey(draft.id, 'id'),
    userId: checkedRecordKey(draft.userId, 'userId'),
    ...(title === undefined ? {} : { title }),
    metadata: checkedRecordValue(metadata, 'metadata'),
    messages: 0,
    createdAt: checkedTimestamp(createdAt, 'createdAt'),
    updatedAt: createdAt,
  };
}

/**
 * The messages of drafts, numbered from 1, at most 1000: ids and roles as keys of records, metadata as their values, content
 * of at most 1 MiB of characters. Leaves out those whose id came before. Throws Invalid `REQUEST_INVALID` naming the
 * field, e.g. `messages[2].content`.
 */
export function newMessages(drafts: readonly MessageDraft[], now: Timestamp): readonly Message[] {
  refuseField('messages', drafts.length > MAX_MESSAGES, `at most ${MAX_MESSAGES}`);
  const messages = new Map<string, Message>();
  for (const [index, { id, role, content, metadata = {}, at = now }] of drafts.entries()) {
    const field = `messages[${index}]`;
    refuseField(
      `${field}.content`,
      content.length > MAX_MESSAGE_LENGTH || !content.isWellFormed(),
      `at most ${MAX_MESSAGE_LENGTH} characters`,
    );
    const message = {
      id: checkedRecordKey(id, `${field}.id`),
      position: messages.size + 1,
      role: checkedRecordKey(role, `${field}.role`),
      content,
      metadata: checkedRecordValue(metadata, `${field}.metadata`),
      at: checkedTimestamp(at, `${field}.at`),
    };
    if (!messages.has(id)) messages.set(id, message);
  }
  return [...messages.values()];
}

/** A conversation after messages were added that it has not had. */
export function withMessages(conversation: Conversation, added: readonly Message[]): Conversation {
  const times = [conversation.updatedAt, ...added.map(({ at }) => at)];
  return {
    ...conversation,
    messages: conversation.messages + added.length,
    updatedAt: times.reduce((latest, at) => (at > latest ? at : latest)),
  };
}
