import type {
  Conversation,
  ConversationDraft,
  Message,
  MessageDraft,
  Page,
  PageRequest,
} from '@markitect/domain';
import { definePort } from '../port.js';

/** Which conversations to list, by id in the order of code points. */
export interface ConversationQuery extends PageRequest {
  readonly userId?: string;
}

/** Conversations with their messages. Errors of all operations: Invalid `REQUEST_INVALID`; those of the store. */
export interface ConversationRepository {
  /** Begins one. Throws Conflict `CONVERSATION_EXISTS`. */
  create(draft: ConversationDraft): Promise<Conversation>;

  get(id: string): Promise<Conversation | undefined>;

  /** One page. Throws Invalid `CURSOR_INVALID`. */
  list(query: ConversationQuery): Promise<Page<Conversation>>;

  /** All conversations of a query, by id, fetched as they are asked for. */
  stream(query: Omit<ConversationQuery, keyof PageRequest>): AsyncIterable<Conversation>;

  /**
   * Appends messages, all or none; those whose id is there already are left out. Answers the conversation as it is
   * then. Throws NotFound `CONVERSATION_NOT_FOUND`.
   */
  append(id: string, messages: readonly MessageDraft[]): Promise<Conversation>;

  /** One page of messages, the first first. Throws NotFound `CONVERSATION_NOT_FOUND`, Invalid `CURSOR_INVALID`. */
  messages(id: string, page?: PageRequest): Promise<Page<Message>>;

  /** All messages of one, the first first, fetched as they are asked for. Throws NotFound `CONVERSATION_NOT_FOUND`. */
  streamMessages(id: string): AsyncIterable<Message>;

  /** Removes it with its messages. Answers whether there was one. */
  remove(id: string): Promise<boolean>;
}

export const conversationRepositoryPort = definePort<ConversationRepository>('ConversationRepository', {
  create: { kind: 'write', idempotent: false, key: (draft) => draft.id },
  get: { kind: 'read', idempotent: true, key: (id) => id },
  list: { kind: 'read', idempotent: true },
  stream: { kind: 'read', idempotent: true },
  append: { kind: 'write', idempotent: true, key: (id) => id },
  messages: { kind: 'read', idempotent: true, key: (id) => id },
  streamMessages: { kind: 'read', idempotent: true, key: (id) => id },
  remove: { kind: 'write', idempotent: true, key: (id) => id },
});
