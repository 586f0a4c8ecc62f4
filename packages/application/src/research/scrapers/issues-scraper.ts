import { comparableText, type FoundResult, Invalid, questionTerms } from '@markitect/domain';
import type {
  IssueHit,
  IssueIndex,
  IssueSearch,
  ScrapeEvent,
  ScrapeRequest,
  Scraper,
} from '@markitect/ports';
import { hashBytes } from '../../documents/markdown-text.js';
import { plainSnippet, scrapePages } from './scrape-pages.js';

/** What looking through issues needs from outside. */
export interface IssuesScraperPorts {
  /** The texts of the issues of the tracker in use: its own, or those of its mirror. */
  readonly issues: IssueIndex;
}

/**
 * Looks for answers in the issues and their comments: any of the question's words, the best first. It asks what is stored
 * here, the embedded tracker or the mirror, and so works while the tracker is down. Its target is `open` or `closed`;
 * without one it looks at all. Permit: `issues`.
 */
export class IssuesScraper implements Scraper {
  readonly #issues: IssueIndex;

  constructor({ issues }: IssuesScraperPorts) {
    this.#issues = issues;
  }

  /** Throws Invalid `SEARCH_SOURCE_INVALID` for anything but `open` and `closed`. */
  check(target: string | undefined): Promise<void> {
    return new Promise((resolve) => {
      stateOf(target);
      resolve();
    });
  }

  /** Throws Invalid `SEARCH_SOURCE_INVALID`, `SEARCH_QUERY_INVALID`, and the errors of a database. */
  async *scrape(request: ScrapeRequest): AsyncGenerator<ScrapeEvent, void, undefined> {
    const state = stateOf(request.target);
    const terms = questionTerms(request.question);
    const search: IssueSearch = { terms, match: 'any', ...(state === undefined ? {} : { state }) };
    yield* scrapePages(request, 'issues', async (page) => {
      const { items, ...rest } = await this.#issues.search({ ...search, ...page });
      return { ...rest, items: items.map(resultOf) };
    });
  }
}

function resultOf({ issue, score, snippet }: IssueHit): FoundResult {
  const reference = `issues:${issue.number}`;
  return {
    reference,
    title: issue.title,
    snippet: plainSnippet(snippet, issue.title),
    location: issue.url ?? reference,
    score,
    fingerprint: hashBytes(Buffer.from(comparableText(`${issue.title}\n${issue.body}`))),
  };
}

function stateOf(target: string | undefined): 'open' | 'closed' | undefined {
  if (target === undefined || target === 'open' || target === 'closed') return target;
  throw new Invalid(
    'SEARCH_SOURCE_INVALID',
    `issues are asked for as issues, issues:open or issues:closed, not as ${JSON.stringify(target.slice(0, 80))}`,
    { details: { field: 'source' } },
  );
}
