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
  type ReplicaStore,
} from '@markitect/ports';
import type { JsonFilesOptions, KeyedTexts } from '../json-files/keyed-texts.js';
import { conversationCodec } from './conversation-codec.js';
import { type Clock, openFiles } from './entry-codec.js';
import { JsonReplicaStore, placeAfter } from './json-replica-store.js';

/** Conversations of a stream, or of one user's list, that are read at once. */
const CHUNK = 100;

/**
 * Conversations in JSON files, each with all its messages: an append reads and writes the whole conversation, in one
 * file for all of them all. `list` of one user's reads them all. Besides what its port says it throws Corrupt
 * `LEGACY_FILE_CORRUPT` naming a damaged file.
 */
export class JsonConversationRepository implements ConversationRepository {
  readonly #files: KeyedTexts;
  readonly #now: () => Date;
  /** The same conversations as a cutover copies them. */
  readonly replicas: ReplicaStore;

  constructor(options: JsonFilesOptions, { now = () => new Date() }: Clock = {}) {
    this.#files = openFiles(options, conversationCodec);
    this.#now = now;
    this.replicas = new JsonReplicaStore(this.#files, conversationCodec, conversationOfEntry);
  }

  async create(draft: ConversationDraft): Promise<Conversation> {
    const conversation = newConversation(structuredClone(draft), this.#now().toISOString());
    const { id } = conversation;
    await this.#files.change([id], (current) => {
      if (current.get(id) !== undefined) {
        throw new Conflict('CONVERSATION_EXISTS', `there is a conversation ${id}`, { details: { id } });
      }
      const state: ConversationState = { ...conversation, messages: [] };
      current.put(id, (surroundings) => conversationCodec.encode(state, surroundings, undefined));
    });
    return conversation;
  }

  async get(id: string): Promise<Conversation | undefined> {
    const state = await this.#state(id);
    return state && counted(state);
  }

  async list(query: ConversationQuery): Promise<Page<Conversation>> {
    const sequence = conversationSequence(query);
    const keys = await this.#files.keys();
    const items: Conversation[] = [];
    const size = query.userId === undefined ? sequence.limit + 1 : CHUNK;
    for (
      let at = sequence.after === undefined ? 0 : placeAfter(keys, sequence.after[0]);
      at < keys.length && items.length <= sequence.limit;
      at += size
    ) {
      items.push(...(await this.#read(keys.slice(at, at + size), query.userId)));
    }
    return sequence.page(items);
  }

  async *stream(
    query: Omit<ConversationQuery, keyof PageRequest>,
  ): AsyncGenerator<Conversation, void, undefined> {
    conversationSequence(query);
    const keys = await this.#files.keys();
    for (let at = 0; at < keys.length; at += CHUNK) {
      yield* await this.#read(keys.slice(at, at + CHUNK), query.userId);
    }
  }

  async append(id: string, drafts: readonly MessageDraft[]): Promise<Conversation> {
    checkedRecordKey(id, 'id');
    const messages = newMessages(structuredClone(drafts), this.#now().toISOString());
    return this.#files.change([id], (current) => {
      const before = current.get(id);
      if (before === undefined) throw notFound(id);
      const state = conversationCodec.decode(id, before);
      const known = new Set(state.messages.map((message) => message.id));
      const added = messages
        .filter((message) => !known.has(message.id))
        .map((message, index) => ({ ...message, position: known.size + index + 1 }));
      if (added.length === 0) return counted(state);
      const conversation = withMessages(counted(state), added);
      const changed = { ...conversation, messages: [...state.messages, ...added] };
      current.put(id, (surroundings) => conversationCodec.encode(changed, surroundings, before));
      return conversation;
    });
  }

  async messages(id: string, page?: PageRequest): Promise<Page<Message>> {
    checkedRecordKey(id, 'id');
    const sequence = messageSequence(id, page);
    const { messages } = await this.#existing(id);
    const from = Math.max(0, sequence.after?.[0] ?? 0);
    return sequence.page(messages.slice(from, from + sequence.limit + 1));
  }

  /** Those that are there when the first is asked for: they are read together. */
  async *streamMessages(id: string): AsyncGenerator<Message, void, undefined> {
    const { messages } = await this.#existing(id);
    yield* messages;
  }

  async remove(id: string): Promise<boolean> {
    checkedRecordKey(id, 'id');
    return this.#files.change([id], (current) => {
      const isThere = current.get(id) !== undefined;
      current.remove(id);
      return isThere;
    });
  }

  /** Those of these conversations that are there, of one user or all. */
  async #read(ids: readonly string[], userId: string | undefined): Promise<readonly Conversation[]> {
    const found = await this.#files.read(ids);
    return found
      .map((kept, index) => kept && counted(conversationCodec.decode(ids[index] ?? '', kept)))
      .filter((item) => item !== undefined)
      .filter((item) => (userId ?? item.userId) === item.userId);
  }

  async #existing(id: string): Promise<ConversationState> {
    const state = await this.#state(id);
    if (state === undefined) throw notFound(id);
    return state;
  }

  async #state(id: string): Promise<ConversationState | undefined> {
    checkedRecordKey(id, 'id');
    const [kept] = await this.#files.read([id]);
    return kept && conversationCodec.decode(id, kept);
  }
}

function counted({ messages, ...conversation }: ConversationState): Conversation {
  return { ...conversation, messages: messages.length };
}

function notFound(id: string): NotFound {
  return new NotFound('CONVERSATION_NOT_FOUND', `there is no conversation ${id}`, { details: { id } });
}
