import { isMarkitectError, type ScrapingProblem } from '@markitect/domain';
import type { PageContent } from './content/read-content.js';
import { readContent } from './content/read-content.js';
import type { WebSession } from './fetch/web-session.js';

/** The pages that a target leads to. */
export interface PageList {
  /** Each once, in their order. */
  readonly pages: readonly URL[];
  /** The target itself, when it is a page: it need not be fetched again. */
  readonly fetched?: PageContent;
  /** What of it could not be read. */
  readonly problems: readonly ScrapingProblem[];
}

/** Sitemaps may lead to sitemaps, which may lead to more; beyond this they are left alone. */
const MAX_SITEMAPS = 50;

/**
 * Finds out what a target is and what it leads to. Throws what `WebSession.fetch` and `readContent` throw for the target
 * itself; what it leads to and cannot be had is a problem.
 */
export async function listPages(session: WebSession, target: URL, maxPages: number): Promise<PageList> {
  const pages = new Map<string, URL>();
  const problems: ScrapingProblem[] = [];
  const waiting: URL[] = [target];
  const seen = new Set<string>([target.href]);
  for (let next = waiting.shift(); next !== undefined && pages.size < maxPages; next = waiting.shift()) {
    try {
      const page = await session.fetch(next);
      const content = readContent(page);
      if (content.kind === 'page') {
        // A target that is a page, or one that a sitemap index leads to by mistake.
        if (next === target) return { pages: [content.url], fetched: content, problems };
        pages.set(next.href, next);
        continue;
      }
      for (const url of addresses(content.pages, page.url, problems)) {
        if (pages.size < maxPages) pages.set(url.href, url);
      }
      for (const url of addresses(content.sitemaps, page.url, problems)) {
        if (seen.size >= MAX_SITEMAPS || seen.has(url.href)) continue;
        seen.add(url.href);
        waiting.push(url);
      }
    } catch (error) {
      session.throwIfOver();
      if (next === target) throw error;
      problems.push(problemOf(next.href, error));
    }
  }
  return { pages: [...pages.values()], problems };
}

/** What went wrong with one thing. Throws what is no error of ours: that is a mistake in the program. */
export function problemOf(reference: string, error: unknown): ScrapingProblem {
  if (!isMarkitectError(error)) throw error;
  return { reference: reference.slice(0, 500), code: error.code, message: error.message };
}

function addresses(written: readonly string[], base: URL, problems: ScrapingProblem[]): readonly URL[] {
  return written.flatMap((text) => {
    if (!URL.canParse(text, base.href)) {
      const message = 'this is no address';
      problems.push({ reference: text.slice(0, 500), code: 'WEB_ADDRESS_REFUSED', message });
      return [];
    }
    const url = new URL(text, base);
    url.hash = '';
    return [url];
  });
}
