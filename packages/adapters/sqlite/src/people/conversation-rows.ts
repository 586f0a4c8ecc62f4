import {
  conversationColumns,
  conversationOf,
  type ConversationRow,
  conversationValues,
  messageColumns,
  messageOf,
  type MessageRow,
  messageValues,
} from '@markitect/adapter-sql';
import {
  Conflict,
  type Conversation,
  type Message,
  NotFound,
  type Page,
  type PageRequest,
  withMessages,
} from '@markitect/domain';
import { type ConversationQuery, conversationSequence, messageSequence } from '@markitect/ports';
import { allOf } from '../documents/document-filters.js';
import type { Outcome } from '../engine/group-commit.js';
import type { SqlExecutor, SqlReader } from '../engine/sql-executor.js';
import { cellsOf, removeByKey, runForRows } from './json-rows.js';

/** A write that may share its commit with others. */
export type ConversationWrite =
  | { readonly kind: 'create'; readonly conversation: Conversation }
  /** The messages numbered from 1, as if the conversation had none. */
  | { readonly kind: 'append'; readonly id: string; readonly messages: readonly Message[] }
  | { readonly kind: 'remove'; readonly id: string };

/** What became of it: the conversation as it is then, or whether there was one to remove. */
export type ConversationAnswer = Conversation | boolean;

const columns = conversationColumns.join(', ');
const messageSelection = messageColumns.map((column) => `m.${column}`).join(', ');

type Row = Omit<ConversationRow, 'id'>;

/** The id that a write is about. */
export function idOf(request: ConversationWrite): string {
  return request.kind === 'create' ? request.conversation.id : request.id;
}

/** The conversation of an id, or `undefined`. */
export async function readConversation(reader: SqlReader, id: string): Promise<Conversation | undefined> {
  const [row] = await reader.all<Row>(`SELECT ${columns} FROM conversations WHERE key = ?`, [id]);
  return row && conversationOf(row);
}

/** Those of the conversations that there are. */
export async function readConversations(
  reader: SqlReader,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Conversation>> {
  const rows = await reader.all<Row>(
    `SELECT ${columns} FROM conversations WHERE key IN (SELECT value FROM json_each(?))`,
    [JSON.stringify(ids)],
  );
  return new Map(rows.map((row) => [row.key, conversationOf(row)]));
}

/** One page of conversations by id: an index range that starts where the page before ended. */
export async function listConversations(
  reader: SqlReader,
  query: ConversationQuery,
): Promise<Page<Conversation>> {
  const sequence = conversationSequence(query);
  const [after] = sequence.after ?? [];
  const { userId } = query;
  const where = allOf([
    ...(userId === undefined ? [] : [{ sql: 'user_id = ?', parameters: [userId] }]),
    ...(after === undefined ? [] : [{ sql: 'key > ?', parameters: [after] }]),
  ]);
  const rows = await reader.all<Row>(
    `SELECT ${columns} FROM conversations WHERE ${where.sql} ORDER BY key LIMIT ?`,
    [...where.parameters, sequence.limit + 1],
  );
  return sequence.page(rows.map(conversationOf));
}

/** One page of messages. Throws NotFound `CONVERSATION_NOT_FOUND`. */
export async function listMessages(reader: SqlReader, id: string, page: PageRequest): Promise<Page<Message>> {
  const sequence = messageSequence(id, page);
  const [after] = sequence.after ?? [0];
  const rows = await reader.all<Omit<MessageRow, 'conversation_id'>>(
    `SELECT ${messageSelection} FROM messages AS m
     WHERE m.conversation_id = (SELECT id FROM conversations WHERE key = ?) AND m.position > ?
     ORDER BY m.position LIMIT ?`,
    [id, after, sequence.limit + 1],
  );
  if (rows.length === 0 && (await readConversation(reader, id)) === undefined) throw notFound(id);
  return sequence.page(rows.map(messageOf));
}

/** Writes to different conversations, each of which may fail by itself without the others noticing. */
export async function writeConversations(
  transaction: SqlExecutor,
  requests: readonly ConversationWrite[],
): Promise<Outcome<ConversationAnswer>[]> {
  const stored = await readConversations(transaction, requests.map(idOf));
  const known = await knownMessages(transaction, requests);
  const changed: Conversation[] = [];
  const said: [string, Message][] = [];
  const removed: string[] = [];
  const outcomes = requests.map((request): Outcome<ConversationAnswer> => {
    const id = idOf(request);
    const before = stored.get(id);
    if (request.kind === 'create') {
      if (before !== undefined) {
        return {
          error: new Conflict('CONVERSATION_EXISTS', `there is a conversation ${id}`, { details: { id } }),
        };
      }
      changed.push(request.conversation);
      return { value: request.conversation };
    }
    if (request.kind === 'remove') {
      if (before !== undefined) removed.push(id);
      return { value: before !== undefined };
    }
    if (before === undefined) return { error: notFound(id) };
    const has = known.get(id);
    const added = request.messages
      .filter((message) => has?.has(message.id) !== true)
      .map((message, index) => ({ ...message, position: before.messages + index + 1 }));
    if (added.length === 0) return { value: before };
    const after = withMessages(before, added);
    changed.push(after);
    for (const message of added) said.push([id, message]);
    return { value: after };
  });
  await removeByKey(transaction, 'conversations', removed);
  await storeConversations(transaction, changed);
  await insertMessages(transaction, said);
  return outcomes;
}

/** Stores conversations in place of those of their ids, without their messages. */
export async function storeConversations(
  transaction: SqlExecutor,
  conversations: readonly Conversation[],
): Promise<void> {
  await runForRows(
    transaction,
    `INSERT INTO conversations(${columns}) SELECT ${cellsOf(conversationColumns)} FROM json_each(?) AS e WHERE true
     ON CONFLICT(key) DO UPDATE SET ${conversationColumns.map((column) => `${column} = excluded.${column}`).join(', ')}`,
    conversations.map(conversationValues),
  );
}

/** Stores messages that are not there, each with the id of its conversation, which is. */
export async function insertMessages(
  transaction: SqlExecutor,
  messages: readonly (readonly [conversation: string, message: Message])[],
): Promise<void> {
  await runForRows(
    transaction,
    `INSERT INTO messages(${messageColumns.join(', ')}, conversation_id)
     SELECT ${cellsOf(messageColumns)}, c.id FROM json_each(?) AS e
     CROSS JOIN conversations AS c ON c.key = e.value ->> ${messageColumns.length}`,
    messages.map(([conversation, message]) => [...messageValues(message), conversation]),
  );
}

/** What is thrown where there is no such conversation. */
function notFound(id: string): NotFound {
  return new NotFound('CONVERSATION_NOT_FOUND', `there is no conversation ${id}`, { details: { id } });
}

/** By conversation, the ids among those to be appended that are there already. */
async function knownMessages(
  reader: SqlReader,
  requests: readonly ConversationWrite[],
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const asked = requests.flatMap((request) =>
    request.kind === 'append' ? request.messages.map((message) => [request.id, message.id]) : [],
  );
  const known = new Map<string, Set<string>>();
  if (asked.length === 0) return known;
  const rows = await reader.all<{ conversation: string; message: string }>(
    `SELECT c.key AS conversation, m.key AS message FROM json_each(?) AS e
     CROSS JOIN conversations AS c ON c.key = e.value ->> 0
     CROSS JOIN messages AS m ON m.conversation_id = c.id AND m.key = e.value ->> 1`,
    [JSON.stringify(asked)],
  );
  for (const { conversation, message } of rows) {
    const ids = known.get(conversation) ?? new Set();
    known.set(conversation, ids.add(message));
  }
  return known;
}
