import type { Page, PageRequest, Search, SearchDraft, SearchId, SearchStatus } from '@markitect/domain';
import { definePort } from '../port.js';

/** Which searches to list: the newest first. */
export interface SearchQuery extends PageRequest {
  readonly status?: SearchStatus;
}

/** The questions that were put. Errors of all operations: those of a database. */
export interface SearchRepository {
  /** Stores a new search, pending. Throws Invalid `REQUEST_INVALID` naming the field. */
  create(draft: SearchDraft): Promise<Search>;

  get(id: SearchId): Promise<Search | undefined>;

  /** One page, the newest first. Cost does not grow with the depth of the page. Throws Invalid `CURSOR_INVALID`. */
  list(query: SearchQuery): Promise<Page<Search>>;

  /** All of them, the newest first, fetched as they are asked for. */
  stream(query: Omit<SearchQuery, keyof PageRequest>): AsyncIterable<Search>;

  /**
   * Moves a search to a status, if it is in one of `from`. Answers what it is then. Throws NotFound `SEARCH_NOT_FOUND`,
   * Conflict `SEARCH_STATE_INVALID` with `details.status`.
   */
  updateStatus(id: SearchId, status: SearchStatus, from: readonly SearchStatus[]): Promise<Search>;

  /** Notes the document a search was saved as. Throws NotFound `SEARCH_NOT_FOUND`. */
  updateDocument(id: SearchId, document: string): Promise<Search>;

  /** Removes a search with its jobs and results. Answers whether there was one. */
  remove(id: SearchId): Promise<boolean>;
}

export const searchRepositoryPort = definePort<SearchRepository>('SearchRepository', {
  create: { kind: 'write', idempotent: false },
  get: { kind: 'read', idempotent: true, key: String },
  list: { kind: 'read', idempotent: true },
  stream: { kind: 'read', idempotent: true },
  updateStatus: { kind: 'write', idempotent: false, key: String },
  updateDocument: { kind: 'write', idempotent: true, key: String },
  remove: { kind: 'write', idempotent: true, key: String },
});
