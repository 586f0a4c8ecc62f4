import { messageColumns, messageOf, type MessageRow } from '@markitect/adapter-sql';
import type { Message } from '@markitect/domain';
import { conversationOfEntry, type ConversationState, replicaEntry } from '@markitect/ports';
import type { SqlExecutor, SqlReader } from '../engine/sql-executor.js';
import { insertMessages, readConversations, storeConversations } from './conversation-rows.js';
import { removeByKey } from './json-rows.js';
import type { ReplicaTable } from './sqlite-replica-store.js';

const messageSelection = messageColumns.map((column) => `m.${column}`).join(', ');

/** The states of conversations: each with its messages. */
export const conversationReplicas: ReplicaTable<ConversationState> = {
  table: 'conversations',
  ofEntry: conversationOfEntry,
  entryOf: replicaEntry,
  read: async (reader, keys) => {
    const conversations = await readConversations(reader, keys);
    const messages = await readMessages(reader, keys);
    return new Map(
      [...conversations].map(([key, conversation]) => [
        key,
        { ...conversation, messages: messages.get(key) ?? [] },
      ]),
    );
  },
  write: async (transaction, items) => {
    const removed = [...items].flatMap(([key, item]) => (item === undefined ? [key] : []));
    await removeByKey(transaction, 'conversations', removed);
    const states = [...items.values()].filter((item) => item !== undefined);
    const present = await readMessages(
      transaction,
      states.map(({ id }) => id),
    );
    await storeConversations(
      transaction,
      states.map((state) => ({ ...state, messages: state.messages.length })),
    );
    const added: [string, Message][] = [];
    for (const { id, messages } of states) {
      const from = await removeFromFirstDifference(transaction, id, present.get(id) ?? [], messages);
      for (const message of messages.slice(from)) added.push([id, message]);
    }
    await insertMessages(transaction, added);
  },
};

/** By conversation, its messages in their order. */
async function readMessages(
  reader: SqlReader,
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly Message[]>> {
  const rows = await reader.all<Omit<MessageRow, 'conversation_id'> & { conversation: string }>(
    `SELECT c.key AS conversation, ${messageSelection} FROM json_each(?) AS e
     CROSS JOIN conversations AS c ON c.key = e.value
     CROSS JOIN messages AS m ON m.conversation_id = c.id`,
    [JSON.stringify([...new Set(ids)])],
  );
  const messages = new Map<string, Message[]>();
  for (const row of rows) {
    const of = messages.get(row.conversation);
    if (of === undefined) messages.set(row.conversation, [messageOf(row)]);
    else of.push(messageOf(row));
  }
  // They come in this order from the index, but SQLite promises it only to who lets it sort all of them.
  for (const each of messages.values()) each.sort((a, b) => a.position - b.position);
  return messages;
}

/**
 * Answers how many messages can stay as they are, and removes the others: what is appended on one side costs the other one
 * no more than what was added.
 */
async function removeFromFirstDifference(
  transaction: SqlExecutor,
  id: string,
  present: readonly Message[],
  wanted: readonly Message[],
): Promise<number> {
  let same = 0;
  while (same < present.length && isSame(present[same], wanted[same])) same += 1;
  if (same < present.length) {
    await transaction.run(
      `DELETE FROM messages
       WHERE conversation_id = (SELECT id FROM conversations WHERE key = ?) AND position > ?`,
      [id, same],
    );
  }
  return same;
}

function isSame(a: Message | undefined, b: Message | undefined): boolean {
  return (
    a?.id === b?.id &&
    a?.role === b?.role &&
    a?.content === b?.content &&
    a?.at === b?.at &&
    JSON.stringify(a?.metadata) === JSON.stringify(b?.metadata)
  );
}
