import {
  checkedRecordKey,
  type Conversation,
  type ConversationDraft,
  type Message,
  type MessageDraft,
  newConversation,
  newMessages,
  type Page,
  type PageRequest,
} from '@markitect/domain';
import type { ConversationQuery, ConversationRepository, ConversationState } from '@markitect/ports';
import { GroupCommit } from '../engine/group-commit.js';
import { PointReads } from '../engine/point-reads.js';
import { streamPages } from '../engine/stream-pages.js';
import type { SqliteConnection } from '../sqlite.connection.js';
import { conversationReplicas } from './conversation-replicas.js';
import {
  type ConversationAnswer,
  type ConversationWrite,
  idOf,
  listConversations,
  listMessages,
  readConversation,
  readConversations,
  writeConversations,
} from './conversation-rows.js';
import type { SqlitePeopleOptions } from './sqlite-record-repository.js';
import { SqliteReplicaStore } from './sqlite-replica-store.js';

/**
 * Conversations in a SQLite database. Single reads that come together are read together, writes to different
 * conversations that wait together are committed together. Errors as the port says, and Conflict `TRANSACTION_NESTED`
 * for writes inside a unit of work; the connection must be open.
 */
export class SqliteConversationRepository implements ConversationRepository {
  readonly #connection: SqliteConnection;
  readonly #now: () => number;
  readonly #pointReads: PointReads<string, Conversation>;
  readonly #writes: GroupCommit<ConversationWrite, ConversationAnswer>;

  constructor(connection: SqliteConnection, { now = Date.now }: SqlitePeopleOptions = {}) {
    this.#connection = connection;
    this.#now = now;
    this.#pointReads = new PointReads(() => connection.readers(), {
      one: readConversation,
      many: readConversations,
    });
    this.#writes = new GroupCommit(() => connection.writer(), {
      keyOf: idOf,
      weightOf: (request) =>
        request.kind === 'append'
          ? request.messages.reduce((sum, { content }) => sum + content.length, 0)
          : 0,
      maxRequests: 256,
      maxWeight: 16 * 1024 * 1024,
      write: writeConversations,
    });
  }

  async create(draft: ConversationDraft): Promise<Conversation> {
    // A copy: the draft's owner may change it meanwhile.
    const conversation = copyOf(newConversation(draft, this.#time()));
    return (await this.#write({ kind: 'create', conversation })) as Conversation;
  }

  async get(id: string): Promise<Conversation | undefined> {
    return this.#pointReads.get(checkedRecordKey(id, 'id'));
  }

  async list(query: ConversationQuery): Promise<Page<Conversation>> {
    return listConversations(this.#connection.readers(), query);
  }

  stream(query: Omit<ConversationQuery, keyof PageRequest>): AsyncIterable<Conversation> {
    return streamPages((page) => this.list({ ...query, ...page }), true);
  }

  async append(id: string, drafts: readonly MessageDraft[]): Promise<Conversation> {
    const messages = copyOf(newMessages(drafts, this.#time()));
    return (await this.#write({ kind: 'append', id, messages })) as Conversation;
  }

  async messages(id: string, page: PageRequest = {}): Promise<Page<Message>> {
    return listMessages(this.#connection.readers(), checkedRecordKey(id, 'id'), page);
  }

  streamMessages(id: string): AsyncIterable<Message> {
    return streamPages((page) => this.messages(id, page), true);
  }

  async remove(id: string): Promise<boolean> {
    return (await this.#write({ kind: 'remove', id })) as boolean;
  }

  async #write(request: ConversationWrite): Promise<ConversationAnswer> {
    this.#connection.refuseInsideUnitOfWork(`ConversationRepository.${request.kind}`);
    checkedRecordKey(idOf(request), 'id');
    return this.#writes.submit(request);
  }

  #time(): string {
    return new Date(this.#now()).toISOString();
  }
}

function copyOf<T extends object>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

/** The conversations of a SQLite database as the engine of a cutover copies them. */
export class SqliteConversationReplicaStore extends SqliteReplicaStore<ConversationState> {
  constructor(connection: SqliteConnection) {
    super(connection, conversationReplicas);
  }
}
