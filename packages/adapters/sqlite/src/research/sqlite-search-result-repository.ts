import type {
  FoundResult,
  JsonValue,
  Page,
  PageRequest,
  ScrapingJobId,
  SearchId,
  SearchResult,
  SearchResultId,
} from '@markitect/domain';
import type { SearchResultQuery, SearchResultRepository } from '@markitect/ports';
import { streamPages } from '../engine/stream-pages.js';
import type { SqliteConnection } from '../sqlite.connection.js';
import { rankSearchResults } from './search-result-ranks.js';
import {
  addSearchResults,
  countSearchResults,
  listSearchResults,
  readSearchResult,
  updateResultAnalysis,
} from './search-result-rows.js';
import { connectionAccess, type SqlAccess } from './sql-access.js';
import type { SqliteResearchOptions } from './sqlite-search-repository.js';

/** The results in a database, read and written as `access` says. */
export class RowSearchResultRepository implements SearchResultRepository {
  protected readonly readsAhead: boolean;
  readonly #access: SqlAccess;
  readonly #now: () => number;

  constructor(access: SqlAccess, { now = Date.now }: SqliteResearchOptions = {}) {
    this.#access = access;
    this.#now = now;
    this.readsAhead = access.readsAhead;
  }

  async addMany(searchId: SearchId, jobId: ScrapingJobId, results: readonly FoundResult[]): Promise<number> {
    return this.#access.write('addMany', (executor) =>
      addSearchResults(executor, searchId, jobId, results, this.#now()),
    );
  }

  async get(id: SearchResultId): Promise<SearchResult | undefined> {
    return readSearchResult(this.#access.reader(), id);
  }

  async list(query: SearchResultQuery): Promise<Page<SearchResult>> {
    return listSearchResults(this.#access.reader(), query);
  }

  /** Page by page, through `list`: in a transaction each is an operation by itself. */
  stream(query: Omit<SearchResultQuery, keyof PageRequest>): AsyncIterable<SearchResult> {
    return streamPages((page) => this.list({ ...query, ...page }), this.readsAhead);
  }

  async count(query: Omit<SearchResultQuery, keyof PageRequest>): Promise<number> {
    return countSearchResults(this.#access.reader(), query);
  }

  async updateAnalysis(id: SearchResultId, analysis: JsonValue): Promise<SearchResult> {
    return this.#access.write('updateAnalysis', (executor) =>
      updateResultAnalysis(executor, id, analysis, this.#now()),
    );
  }

  async rank(searchId: SearchId): Promise<number> {
    return this.#access.write('rank', (executor) => rankSearchResults(executor, searchId, this.#now()));
  }
}

/**
 * What searches have found, in a SQLite database. Errors as the port says, and Conflict `TRANSACTION_NESTED` for writes
 * inside a unit of work; the connection must be open.
 */
export class SqliteSearchResultRepository extends RowSearchResultRepository {
  constructor(connection: SqliteConnection, options?: SqliteResearchOptions) {
    super(connectionAccess(connection, 'SearchResultRepository'), options);
  }
}
