import { randomUUID } from 'node:crypto';
import {
  checkedRecordKey,
  type Conversation,
  type ConversationDraft,
  type Message,
  type MessageDraft,
  newConversation,
  newMessages,
  NotFound,
  type Page,
  type PageRequest,
} from '@markitect/domain';
import type { ConversationQuery, ConversationRepository } from '@markitect/ports';

/** What conversations need from outside. */
export interface ConversationServicePorts {
  readonly conversations: ConversationRepository;
}

/** Where time and ids come from. */
export interface PeopleServiceOptions {
  readonly now?: () => Date;
  /** Makes ids where none is given. Default: random UUIDs. */
  readonly newId?: () => string;
}

/** A conversation to be begun; without an id it gets one. */
export type NewConversation = Omit<ConversationDraft, 'id'> & { readonly id?: string };

/** A message to be said; without an id it gets one, and said again it is another. */
export type NewMessage = Omit<MessageDraft, 'id'> & { readonly id?: string };

/**
 * Conversations with their messages. Errors of all operations: Invalid `REQUEST_INVALID` naming the field; those of the
 * store.
 */
export class ConversationService {
  readonly #conversations: ConversationRepository;
  readonly #now: () => Date;
  readonly #newId: () => string;

  constructor(
    { conversations }: ConversationServicePorts,
    { now = () => new Date(), newId = randomUUID }: PeopleServiceOptions = {},
  ) {
    this.#conversations = conversations;
    this.#now = now;
    this.#newId = newId;
  }

  /** Begins one. Throws Conflict `CONVERSATION_EXISTS`. */
  async create(draft: NewConversation): Promise<Conversation> {
    // Complete, with its time: both stores of a cutover are to have the same.
    return this.#conversations.create(
      newConversation({ ...draft, id: draft.id ?? this.#newId() }, this.#time()),
    );
  }

  /** Throws NotFound `CONVERSATION_NOT_FOUND`. */
  async get(id: string): Promise<Conversation> {
    const conversation = await this.#conversations.get(checkedRecordKey(id, 'id'));
    if (conversation === undefined) throw notFound(id);
    return conversation;
  }

  /** One page, by id. Throws Invalid `CURSOR_INVALID`. */
  async list(query: ConversationQuery): Promise<Page<Conversation>> {
    return this.#conversations.list(query);
  }

  /**
   * Appends messages, all or none; those whose id is there already are left out, so that it may be done again. Throws
   * NotFound `CONVERSATION_NOT_FOUND`.
   */
  async say(id: string, messages: readonly NewMessage[]): Promise<Conversation> {
    const named = messages.map((message) => ({ ...message, id: message.id ?? this.#newId() }));
    return this.#conversations.append(checkedRecordKey(id, 'id'), newMessages(named, this.#time()));
  }

  /** One page, the first first. Throws NotFound `CONVERSATION_NOT_FOUND`, Invalid `CURSOR_INVALID`. */
  async messages(id: string, page: PageRequest = {}): Promise<Page<Message>> {
    return this.#conversations.messages(checkedRecordKey(id, 'id'), page);
  }

  /** Removes it with its messages. Throws NotFound `CONVERSATION_NOT_FOUND`. */
  async remove(id: string): Promise<void> {
    if (!(await this.#conversations.remove(checkedRecordKey(id, 'id')))) throw notFound(id);
  }

  #time(): string {
    return this.#now().toISOString();
  }
}

function notFound(id: string): NotFound {
  return new NotFound('CONVERSATION_NOT_FOUND', `there is no conversation ${id}`, { details: { id } });
}
