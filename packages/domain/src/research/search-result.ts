import type { JsonValue } from '../json.js';
import type { Timestamp } from '../timestamp.js';
import type { ScrapingJobId } from './scraping-job.js';
import type { SearchId } from './search.js';

export type SearchResultId = number;

/** What a scraper has found. */
export interface FoundResult {
  /** What is the same thing wherever it is found: `docs:<path>`, `issues:<number>`, the address of a page. */
  readonly reference: string;
  readonly title: string;
  /** A few sentences around what was asked for. Plain text. */
  readonly snippet: string;
  /** Where people find it: an address, or the reference. */
  readonly location: string;
  /** How well it answers, beside others of the same source: any number, higher is better. */
  readonly score: number;
  /** Of its text, tidied: two results with the same one say the same. */
  readonly fingerprint: string;
}

/** A result that is kept. */
export interface SearchResult extends FoundResult {
  readonly id: SearchResultId;
  readonly searchId: SearchId;
  readonly jobId: ScrapingJobId;
  /** As written by `formatResearchSource`. */
  readonly source: string;
  /** From 1; absent until the results are ranked, and for duplicates. */
  readonly rank?: number;
  /** The better result that says the same. */
  readonly duplicateOf?: SearchResultId;
  /** What somebody has made of it, e.g. a summary. */
  readonly analysis?: JsonValue;
  readonly foundAt: Timestamp;
  readonly updatedAt: Timestamp;
}
