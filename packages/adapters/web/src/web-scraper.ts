import { createHash } from 'node:crypto';
import { comparableText, type FoundResult, Invalid, questionTerms, type SearchTerm } from '@markitect/domain';
import type { ScrapeEvent, ScrapeRequest, Scraper } from '@markitect/ports';
import { AddressPolicy } from './address/address-policy.js';
import { type PageContent, readContent } from './content/read-content.js';
import { WebSession } from './fetch/web-session.js';
import { listPages, type PageList, problemOf } from './page-list.js';
import { BestResults } from './ranking/best-results.js';
import { matchPage } from './ranking/term-matcher.js';
import { decodeCheckpoint, encodeCheckpoint } from './web-checkpoint.js';
import { type ResolvedWebOptions, resolveWebOptions, type WebScraperOptions } from './web-options.js';

/**
 * Reads pages of the web. Its target is the address of a page, of a list of addresses (plain text, or CSV), of a sitemap
 * (index) or of a feed (RSS, Atom): told apart by type and content.
 *
 * Pages are read one after the other, each with a permit `web:<host>`, within what robots.txt allows, and never from
 * this machine or a private network unless that is allowed. A page that cannot be had is a problem, the rest goes on;
 * a target that cannot be had ends the run with its error. A page that is called the same as another one
 * (`rel="canonical"`) is read, and found, once. Where there are more pages than results wanted, results come at the end:
 * before that nobody knows which are the best. Until then they are kept in the checkpoint that follows each page.
 */
export class WebScraper implements Scraper {
  readonly #options: ResolvedWebOptions;
  readonly #policy: AddressPolicy;

  constructor(options: WebScraperOptions) {
    this.#options = resolveWebOptions(options);
    this.#policy = new AddressPolicy(this.#options.allowPrivate, options.resolve);
  }

  /** Throws Invalid `SEARCH_SOURCE_INVALID` for no address of http or https, or one with a user or password. */
  check(target: string | undefined): Promise<void> {
    return new Promise((resolve) => {
      addressOf(target);
      resolve();
    });
  }

  /**
   * Throws Invalid `SEARCH_SOURCE_INVALID`, `SEARCH_QUERY_INVALID`; for the target Forbidden `WEB_ADDRESS_REFUSED`,
   * `WEB_ROBOTS_DISALLOWED`; NotFound `WEB_PAGE_NOT_FOUND`; NotSupported `WEB_CONTENT_UNSUPPORTED`; Corrupt
   * `WEB_REDIRECT_INVALID`; and what `HttpClient` throws.
   */
  async *scrape(request: ScrapeRequest): AsyncGenerator<ScrapeEvent, void, undefined> {
    const terms = questionTerms(request.question);
    const target = addressOf(request.target);
    this.#policy.check(target);
    const session = new WebSession(this.#options, request);
    try {
      const list = await listPages(session, target, this.#options.maxPages);
      yield* visit(session, list, terms, request);
    } finally {
      await session.close();
    }
  }
}

async function* visit(
  session: WebSession,
  { pages, fetched, problems }: PageList,
  terms: readonly SearchTerm[],
  { checkpoint, maxResults }: ScrapeRequest,
): AsyncGenerator<ScrapeEvent, void, undefined> {
  const before = decodeCheckpoint(checkpoint);
  // The problems of the list stand before the first checkpoint: they are known already.
  if (checkpoint === undefined) for (const problem of problems) yield { kind: 'problem', problem };
  const total = pages.length;
  const mayTell = total <= maxResults;
  const best = new BestResults(maxResults, before.held);
  const seen = new Set(before.held.map(({ reference }) => reference));
  const start = placeAfter(pages, before);
  yield { kind: 'progress', done: start, total };
  for (const [index, url] of pages.entries()) {
    if (index < start) continue;
    const result = fetched === undefined ? await resultOf(session, url, terms) : found(fetched, terms);
    if (result !== undefined && 'code' in result) yield { kind: 'problem', problem: result };
    else if (result !== undefined && !seen.has(result.reference)) {
      seen.add(result.reference);
      if (mayTell) yield { kind: 'found', result };
      else best.add(result);
    }
    const done = index + 1;
    yield { kind: 'progress', done, total };
    yield { kind: 'checkpoint', checkpoint: encodeCheckpoint({ done, last: url.href, held: best.all }) };
  }
  for (const result of best.all) yield { kind: 'found', result };
}

/** After the page that was the last one: the list may have become longer at its beginning, as feeds do. */
function placeAfter(pages: readonly URL[], { done, last }: { done: number; last?: string }): number {
  const at = pages.findIndex(({ href }) => href === last);
  return at === -1 ? Math.min(done, pages.length) : at + 1;
}

async function resultOf(session: WebSession, url: URL, terms: readonly SearchTerm[]) {
  try {
    const content = readContent(await session.fetch(url));
    // A list within a list says nothing by itself.
    return content.kind === 'page' ? found(content, terms) : undefined;
  } catch (error) {
    session.throwIfOver();
    return problemOf(url.href, error);
  }
}

function found(page: PageContent, terms: readonly SearchTerm[]): FoundResult | undefined {
  const match = matchPage(page, terms);
  if (match === undefined) return undefined;
  return {
    reference: page.url.href,
    title: page.title,
    snippet: match.snippet,
    location: page.url.href,
    score: match.score,
    fingerprint: createHash('sha256').update(comparableText(page.text)).digest('hex'),
  };
}

function addressOf(target: string | undefined): URL {
  const url = target !== undefined && URL.canParse(target) ? new URL(target) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '') {
    url.hash = '';
    return url;
  }
  throw new Invalid(
    'SEARCH_SOURCE_INVALID',
    'the web is asked with an address, e.g. web:https://example.org/sitemap.xml, without user and password',
    { details: { field: 'source' } },
  );
}
