import type { Page, PageRequest, Search, SearchDraft, SearchId, SearchStatus } from '@markitect/domain';
import type { SearchQuery, SearchRepository } from '@markitect/ports';
import { streamPages } from '../engine/stream-pages.js';
import type { SqliteConnection } from '../sqlite.connection.js';
import {
  createSearch,
  listSearches,
  readSearch,
  removeSearch,
  updateSearchDocument,
  updateSearchStatus,
} from './search-rows.js';
import { connectionAccess, type SqlAccess } from './sql-access.js';

/** What the repositories of research can be given besides their database. */
export interface SqliteResearchOptions {
  /** The time in milliseconds since 1970. Default: the clock of the machine. */
  readonly now?: () => number;
}

/** The searches of a database, read and written as `access` says. */
export class RowSearchRepository implements SearchRepository {
  protected readonly readsAhead: boolean;
  readonly #access: SqlAccess;
  readonly #now: () => number;

  constructor(access: SqlAccess, { now = Date.now }: SqliteResearchOptions = {}) {
    this.#access = access;
    this.#now = now;
    this.readsAhead = access.readsAhead;
  }

  async create(draft: SearchDraft): Promise<Search> {
    return this.#access.write('create', (executor) => createSearch(executor, draft, this.#now()));
  }

  async get(id: SearchId): Promise<Search | undefined> {
    return readSearch(this.#access.reader(), id);
  }

  async list(query: SearchQuery): Promise<Page<Search>> {
    return listSearches(this.#access.reader(), query);
  }

  /** Page by page, through `list`: in a transaction each is an operation by itself. */
  stream(query: Omit<SearchQuery, keyof PageRequest>): AsyncIterable<Search> {
    return streamPages((page) => this.list({ ...query, ...page }), this.readsAhead);
  }

  async updateStatus(id: SearchId, status: SearchStatus, from: readonly SearchStatus[]): Promise<Search> {
    return this.#access.write('updateStatus', (executor) =>
      updateSearchStatus(executor, id, status, from, this.#now()),
    );
  }

  async updateDocument(id: SearchId, document: string): Promise<Search> {
    return this.#access.write('updateDocument', (executor) =>
      updateSearchDocument(executor, id, document, this.#now()),
    );
  }

  async remove(id: SearchId): Promise<boolean> {
    return this.#access.write('remove', (executor) => removeSearch(executor, id));
  }
}

/**
 * The searches in a SQLite database. Errors as the port says, and Conflict `TRANSACTION_NESTED` for writes inside a unit
 * of work; the connection must be open.
 */
export class SqliteSearchRepository extends RowSearchRepository {
  constructor(connection: SqliteConnection, options?: SqliteResearchOptions) {
    super(connectionAccess(connection, 'SearchRepository'), options);
  }
}
