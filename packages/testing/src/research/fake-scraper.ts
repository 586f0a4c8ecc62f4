import {
  type FoundResult,
  Invalid,
  type MarkitectError,
  questionTerms,
  type ScrapingProblem,
} from '@markitect/domain';
import type { ScrapeEvent, ScrapeRequest, Scraper } from '@markitect/ports';

/** What a {@link FakeScraper} finds, and how. */
export interface FakeScraperOptions {
  /** What it takes permits by. Default `fake`. */
  readonly name?: string;
  /** Its source, in its order: what has one of the question's words in its title or snippet is found. */
  readonly results?: readonly FoundResult[];
  /** What else of the source cannot be had: told before the first result. */
  readonly problems?: readonly ScrapingProblem[];
  /** Is called before each look at the source; throws where the source fails. */
  readonly beforeEach?: (index: number) => void | Promise<void>;
  /** Targets that it does not understand. */
  readonly badTargets?: readonly string[];
}

/** A scraper over a list, for tests: one permit, one progress and one checkpoint for each thing it looks at. */
export class FakeScraper implements Scraper {
  readonly #options: FakeScraperOptions;

  constructor(options: FakeScraperOptions = {}) {
    this.#options = options;
  }

  check(target: string | undefined): Promise<void> {
    if (target === undefined || this.#options.badTargets?.includes(target) !== true) return Promise.resolve();
    return Promise.reject(badTarget(target));
  }

  async *scrape(request: ScrapeRequest): AsyncGenerator<ScrapeEvent, void, undefined> {
    const { name = 'fake', results = [], problems = [], beforeEach } = this.#options;
    await this.check(request.target);
    const words = questionTerms(request.question).flatMap((term) => term.words);
    const start = request.checkpoint as { readonly next: number; readonly told: number } | undefined;
    let told = start?.told ?? 0;
    if (start === undefined) for (const problem of problems) yield { kind: 'problem', problem };
    for (let index = start?.next ?? 0; index < results.length && told < request.maxResults; index += 1) {
      request.signal.throwIfAborted();
      await request.permit(name);
      await beforeEach?.(index);
      const result = results[index];
      const text = `${result?.title ?? ''} ${result?.snippet ?? ''}`.toLowerCase();
      if (result !== undefined && words.some((word) => text.includes(word.toLowerCase()))) {
        told += 1;
        yield { kind: 'found', result };
      }
      yield { kind: 'progress', done: index + 1, total: results.length };
      yield { kind: 'checkpoint', checkpoint: { next: index + 1, told } };
    }
  }
}

function badTarget(target: string): MarkitectError {
  return new Invalid('SEARCH_SOURCE_INVALID', `${JSON.stringify(target)} is no source`, {
    details: { field: 'source' },
  });
}
