import {
  checkedRecordKey,
  Conflict,
  type Conversation,
  type ConversationDraft,
  type Message,
  type MessageDraft,
  newConversation,
  newMessages,
  NotFound,
  type Page,
  type PageRequest,
  withMessages,
} from '@markitect/domain';
import {
  conversationOfEntry,
  type ConversationQuery,
  type ConversationRepository,
  conversationSequence,
  type ConversationState,
  messageSequence,
  replicaEntry,
  type ReplicaStore,
} from '@markitect/ports';
import { streamOf } from '../unit-of-work/port-calls.js';
import { mapReplicas, pageInMemory } from './in-memory-people.js';

/** A conversation repository for tests that keeps everything in memory and the whole contract. */
export class InMemoryConversationRepository implements ConversationRepository {
  /** The same conversations as the engine of a cutover copies them. */
  readonly replicas: ReplicaStore;
  readonly #conversations = new Map<string, ConversationState>();
  readonly #now: () => number;

  /** `now`: the time in milliseconds since 1970. */
  constructor({ now = Date.now }: { readonly now?: () => number } = {}) {
    this.#now = now;
    this.replicas = mapReplicas(this.#conversations, conversationOfEntry, replicaEntry);
  }

  async create(draft: ConversationDraft): Promise<Conversation> {
    await Promise.resolve();
    const conversation = newConversation(draft, this.#time());
    const { id } = conversation;
    if (this.#conversations.has(id)) {
      throw new Conflict('CONVERSATION_EXISTS', `there is a conversation ${id}`, { details: { id } });
    }
    return this.#store({ ...conversation, messages: [] });
  }

  async get(id: string): Promise<Conversation | undefined> {
    await Promise.resolve();
    const state = this.#conversations.get(checkedRecordKey(id, 'id'));
    return state && summaryOf(state);
  }

  async list(query: ConversationQuery): Promise<Page<Conversation>> {
    await Promise.resolve();
    const { userId } = query;
    const matching = [...this.#conversations.values()].filter(
      (each) => userId === undefined || each.userId === userId,
    );
    return pageInMemory(conversationSequence(query), matching.map(summaryOf));
  }

  stream(query: Omit<ConversationQuery, keyof PageRequest>): AsyncIterable<Conversation> {
    return streamOf((page) => this.list({ ...query, ...page }));
  }

  async append(id: string, messages: readonly MessageDraft[]): Promise<Conversation> {
    await Promise.resolve();
    const state = this.#existing(id);
    const known = new Set(state.messages.map((each) => each.id));
    const added = newMessages(messages, this.#time())
      .filter((each) => !known.has(each.id))
      .map((each, index) => ({ ...each, position: state.messages.length + index + 1 }));
    const { updatedAt } = withMessages(summaryOf(state), added);
    return this.#store({ ...state, updatedAt, messages: [...state.messages, ...added] });
  }

  async messages(id: string, page: PageRequest = {}): Promise<Page<Message>> {
    await Promise.resolve();
    const { messages } = this.#existing(id);
    return pageInMemory(messageSequence(id, page), messages);
  }

  streamMessages(id: string): AsyncIterable<Message> {
    return streamOf((page) => this.messages(id, page));
  }

  async remove(id: string): Promise<boolean> {
    await Promise.resolve();
    return this.#conversations.delete(checkedRecordKey(id, 'id'));
  }

  #existing(id: string): ConversationState {
    const state = this.#conversations.get(checkedRecordKey(id, 'id'));
    if (state !== undefined) return state;
    throw new NotFound('CONVERSATION_NOT_FOUND', `there is no conversation ${id}`, { details: { id } });
  }

  #store(state: ConversationState): Conversation {
    this.#conversations.set(state.id, structuredClone(state));
    return summaryOf(state);
  }

  #time(): string {
    return new Date(this.#now()).toISOString();
  }
}

function summaryOf(state: ConversationState): Conversation {
  const { messages, ...conversation } = state;
  return structuredClone({ ...conversation, messages: messages.length });
}
