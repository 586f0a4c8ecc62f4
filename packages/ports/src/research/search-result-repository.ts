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
import { definePort } from '../port.js';

/** Which results of a search, by rank; those that are not ranked yet after them, by id. */
export interface SearchResultQuery extends PageRequest {
  readonly searchId: SearchId;
  /** As written by `formatResearchSource`. */
  readonly source?: string;
  /** Default: no. */
  readonly withDuplicates?: boolean;
}

/** What searches have found. Errors of all operations: those of a database. */
export interface SearchResultRepository {
  /**
   * Stores what a job has found, in chunks within one commit: all or none. One whose reference the job has stored
   * already takes its place (an attempt that is repeated stores nothing twice); its analysis stays. Answers how many
   * were new. Throws NotFound `SEARCH_NOT_FOUND` when the job is not one of the search.
   */
  addMany(searchId: SearchId, jobId: ScrapingJobId, results: readonly FoundResult[]): Promise<number>;

  get(id: SearchResultId): Promise<SearchResult | undefined>;

  /** One page. Cost does not grow with the depth of the page. Throws Invalid `CURSOR_INVALID`. */
  list(query: SearchResultQuery): Promise<Page<SearchResult>>;

  /** All of them, in the order of {@link list}, in constant memory: as fast as they are asked for. */
  stream(query: Omit<SearchResultQuery, keyof PageRequest>): AsyncIterable<SearchResult>;

  /** How many results a search has; duplicates count where asked for. */
  count(query: Omit<SearchResultQuery, keyof PageRequest>): Promise<number>;

  /** Throws NotFound `SEARCH_RESULT_NOT_FOUND`. */
  updateAnalysis(id: SearchResultId, analysis: JsonValue): Promise<SearchResult>;

  /**
   * Marks duplicates (same reference or same fingerprint; the one that is first by the fused order stays) and ranks the
   * others by reciprocal rank fusion over the sources (Cormack, Clarke, Büttcher, SIGIR 2009, k = 60; what several
   * sources have found gains), equal ones by id. Answers how many are ranked.
   */
  rank(searchId: SearchId): Promise<number>;
}

export const searchResultRepositoryPort = definePort<SearchResultRepository>('SearchResultRepository', {
  addMany: { kind: 'write', idempotent: true, key: String },
  get: { kind: 'read', idempotent: true, key: String },
  list: { kind: 'read', idempotent: true },
  stream: { kind: 'read', idempotent: true },
  count: { kind: 'read', idempotent: true },
  updateAnalysis: { kind: 'write', idempotent: true, key: String },
  rank: { kind: 'write', idempotent: true, key: String },
});
