import { isMarkitectError, type JsonValue, type Message } from '@markitect/domain';
import { conversationOfEntry, type ConversationState } from '@markitect/ports';
import { valueText } from '../json-files/json-style.js';
import type { EntryCodec } from './entry-codec.js';
import { isObject, LooseFields, looseInstant, looseText, UNKNOWN_TIME } from './loose-values.js';

/**
 * A conversation is written as the state that replicas have of it. Read is also what bots keep: a list of messages
 * under the id of a user, or an object with such a list; messages without id, with a `text`, with times of any kind.
 * What has no name here becomes metadata. One that says no time began in 1970.
 */
export const conversationCodec: EntryCodec<ConversationState> = {
  keyFields: ['id', 'conversation_id', 'conversationId', 'session_id', 'sessionId', 'user_id', 'userId'],
  newFormat: 'object',

  decode(key, { text }) {
    const written = JSON.parse(text) as JsonValue;
    return exact(key, written) ?? loose(key, written);
  },

  encode: (conversation, { style, depth }) => valueText(conversation, style, depth),
};

function exact(key: string, written: JsonValue): ConversationState | undefined {
  if (!isObject(written) || written.id !== key) return undefined;
  try {
    return conversationOfEntry({ key, state: written });
  } catch (error) {
    if (isMarkitectError(error)) return undefined;
    throw error;
  }
}

function loose(key: string, written: JsonValue): ConversationState {
  const fields = new LooseFields(isObject(written) ? written : { messages: written });
  fields.take(['id', 'conversation_id', 'conversationId', 'session_id', 'sessionId'], (value) =>
    looseText(value) === key ? key : undefined,
  );
  const userId = fields.take(['userId', 'user_id', 'user'], scalar) ?? key;
  const title = fields.take(['title', 'name'], (value) =>
    typeof value === 'string' ? value.toWellFormed() : undefined,
  );
  const items = fields.take(['messages', 'history', 'turns'], (value) =>
    Array.isArray(value) ? (value as readonly JsonValue[]) : undefined,
  );
  const began = fields.take(['createdAt', 'created_at', 'started_at', 'timestamp'], looseInstant);
  const changed = fields.take(['updatedAt', 'updated_at', 'last_activity'], looseInstant);
  const messages = withIds((items ?? []).map((item, index) => message(item, index)));
  const times = messages.map(({ at }) => at).filter((at) => at !== '');
  const createdAt = began ?? times[0] ?? UNKNOWN_TIME;
  return {
    id: key,
    userId,
    ...(title === undefined ? {} : { title }),
    metadata: fields.rest(['metadata']),
    createdAt,
    updatedAt: changed ?? times.reduce((latest, at) => (at > latest ? at : latest), createdAt),
    messages: messages.map((each) => (each.at === '' ? { ...each, at: createdAt } : each)),
  };
}

function message(item: JsonValue, index: number): Message {
  const fields = new LooseFields(isObject(item) ? item : { content: item });
  return {
    id: fields.take(['id', 'message_id', 'messageId'], scalar) ?? '',
    position: index + 1,
    role: fields.take(['role', 'sender', 'author', 'from'], scalar) ?? 'user',
    content: fields.take(['content', 'text', 'message', 'body'], looseText) ?? '',
    at: fields.take(['at', 'timestamp', 'time', 'date', 'created_at', 'createdAt'], looseInstant) ?? '',
    metadata: fields.rest(['metadata']),
  };
}

/** Those without an id of their own, or with that of one before, are called after their place. */
function withIds(messages: readonly Message[]): Message[] {
  const ids = new Set<string>();
  return messages.map((each) => {
    let id = each.id === '' || ids.has(each.id) ? `m${each.position}` : each.id;
    while (ids.has(id)) id += '-';
    ids.add(id);
    return { ...each, id };
  });
}

function scalar(value: JsonValue | undefined): string | undefined {
  return typeof value === 'number' || (typeof value === 'string' && value !== '')
    ? looseText(value)
    : undefined;
}
