import type { FoundResult, JsonValue, ScrapingProblem } from '@markitect/domain';
import { definePort } from '../port.js';

/** A question to one source. */
export interface ScrapeRequest {
  readonly question: string;
  /** What of the source to look at; its scraper says what that means. */
  readonly target?: string;
  readonly maxResults: number;
  /** The last checkpoint of an attempt that was cut off: everything before it is stored. */
  readonly checkpoint?: JsonValue;
  /**
   * Leave to ask the source once more, within the rate limit of a name that begins with the scraper's, e.g.
   * `web:example.org`. To be awaited before each request. Throws the signal's reason.
   */
  readonly permit: (name: string) => Promise<void>;
  /** What the source itself has said about its rate. */
  readonly holdBack: (name: string, forMs: number) => Promise<void>;
  readonly signal: AbortSignal;
}

/** Something that a scraper has to say. What comes before a checkpoint is stored with it, in one commit. */
export type ScrapeEvent =
  | { readonly kind: 'found'; readonly result: FoundResult }
  /** What could not be had; the rest goes on. */
  | { readonly kind: 'problem'; readonly problem: ScrapingProblem }
  | { readonly kind: 'progress'; readonly done: number; readonly total?: number }
  | { readonly kind: 'checkpoint'; readonly checkpoint: JsonValue };

/**
 * Looks for answers in one kind of source. It ends when it is done, and throws when the source as a whole cannot be
 * asked: Invalid `SEARCH_SOURCE_INVALID` for a target it does not understand, else what the source's adapter throws.
 * Errors that are `retryable` are worth another attempt.
 */
export interface Scraper {
  /** Throws Invalid `SEARCH_SOURCE_INVALID` when it cannot work with a target. Asks nobody. */
  check(target: string | undefined): Promise<void>;
  scrape(request: ScrapeRequest): AsyncIterable<ScrapeEvent>;
}

export const scraperPort = definePort<Scraper>('Scraper', {
  check: { kind: 'read', idempotent: true },
  scrape: { kind: 'read', idempotent: true },
});
