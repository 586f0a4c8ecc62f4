import { Invalid } from '../errors/markitect-error.js';

/** Where a question is put to: a scraper and, for some, what it is to look at. */
export interface ResearchSource {
  /** The name of a scraper, e.g. `docs`, `issues`, `web`. */
  readonly scraper: string;
  /** What follows the colon: of `web` the address of a page, a list, a sitemap or a feed. */
  readonly target?: string;
}

/**
 * Reads `docs,issues,web:https://example.org/sitemap.xml`. A comma ends a source only where another begins, so that
 * addresses may have commas. Throws Invalid `SEARCH_SOURCE_INVALID`.
 */
export function parseResearchSources(text: string): readonly ResearchSource[] {
  const sources = text
    .split(/,(?=\s*[a-z][a-z0-9-]*(?::|,|\s*$))/)
    .map((each) => parseResearchSource(each.trim()));
  const seen = new Set(sources.map(formatResearchSource));
  if (seen.size === sources.length) return sources;
  throw new Invalid('SEARCH_SOURCE_INVALID', 'a source is named twice', { details: { field: 'source' } });
}

/** Reads one source. Throws Invalid `SEARCH_SOURCE_INVALID`. */
export function parseResearchSource(text: string): ResearchSource {
  const [, scraper, target] = /^([a-z][a-z0-9-]*)(?::(.+))?$/s.exec(text) ?? [];
  if (scraper !== undefined && text.length <= 4096)
    return { scraper, ...(target === undefined ? {} : { target }) };
  throw new Invalid(
    'SEARCH_SOURCE_INVALID',
    `${JSON.stringify(text.slice(0, 80))} is no source; write docs, issues or web:<address>`,
    { details: { field: 'source' } },
  );
}

/** As {@link parseResearchSource} reads it. */
export function formatResearchSource({ scraper, target }: ResearchSource): string {
  return target === undefined ? scraper : `${scraper}:${target}`;
}
