import {
  comparableText,
  type Document,
  type FoundResult,
  Invalid,
  type Page,
  parseDocumentPath,
  questionTerms,
  type SearchHit,
} from '@markitect/domain';
import type {
  DocumentRepository,
  DocumentSearch,
  ScrapeEvent,
  ScrapeRequest,
  Scraper,
} from '@markitect/ports';
import { hashBytes } from '../../documents/markdown-text.js';
import { plainSnippet, scrapePages } from './scrape-pages.js';

/** What looking through documents needs from outside. */
export interface DocumentsScraperPorts {
  readonly documents: Pick<DocumentRepository, 'search' | 'getMany'>;
}

/**
 * Looks for answers in the stored documents, by their full-text search: any of the question's words, the best first. Its
 * target is the folder to look in; without one it looks everywhere. Researches that were saved as documents are left out.
 * Permit: `docs`.
 */
export class DocumentsScraper implements Scraper {
  readonly #documents: DocumentsScraperPorts['documents'];

  constructor({ documents }: DocumentsScraperPorts) {
    this.#documents = documents;
  }

  /** Throws Invalid `SEARCH_SOURCE_INVALID` for what is no path of a folder. */
  check(target: string | undefined): Promise<void> {
    return new Promise((resolve) => {
      folderOf(target);
      resolve();
    });
  }

  /** Throws Invalid `SEARCH_SOURCE_INVALID`, `SEARCH_QUERY_INVALID`, and the errors of a database. */
  async *scrape(request: ScrapeRequest): AsyncGenerator<ScrapeEvent, void, undefined> {
    const prefix = folderOf(request.target);
    const terms = questionTerms(request.question);
    const search: DocumentSearch = { terms, match: 'any', ...(prefix === undefined ? {} : { prefix }) };
    yield* scrapePages(request, 'docs', async (page) => this.#results({ ...search, ...page }));
  }

  async #results(search: DocumentSearch): Promise<Page<FoundResult>> {
    const { items, ...rest } = await this.#documents.search(search);
    const documents = await this.#documents.getMany(items.map(({ path }) => parseDocumentPath(path)));
    return {
      ...rest,
      items: items.flatMap((hit, index) => {
        const document = documents[index];
        return isResearch(document) ? [] : [resultOf(hit, document?.content)];
      }),
    };
  }
}

function resultOf({ path, title, score, snippet }: SearchHit, content: string | undefined): FoundResult {
  const shown = plainSnippet(snippet, title);
  // Removed since it was found: what was seen of it has to do.
  const text = content === undefined ? `${path} ${shown}` : withoutFrontMatter(content);
  return {
    reference: `docs:${path}`,
    title,
    snippet: shown,
    location: `docs:${path}`,
    score,
    fingerprint: hashBytes(Buffer.from(comparableText(text))),
  };
}

/** A research that was saved tells what others say, and would be the best answer to its own question. */
function isResearch(document: Pick<Document, 'frontMatter'> | undefined): boolean {
  return typeof document?.frontMatter['research'] === 'number';
}

/** Two documents that differ in their tags only say the same. */
function withoutFrontMatter(content: string): string {
  return content.replace(/^---[ \t]*\r?\n[^]*?\r?\n---[ \t]*(?:\r?\n|$)/, '');
}

function folderOf(target: string | undefined): string | undefined {
  if (target === undefined) return undefined;
  try {
    return `${parseDocumentPath(target.replace(/\/$/, ''))}/`;
  } catch (cause) {
    throw new Invalid(
      'SEARCH_SOURCE_INVALID',
      `${JSON.stringify(target.slice(0, 80))} is no folder of documents, such as guides`,
      { details: { field: 'source' }, cause },
    );
  }
}
