import {
  formatResearchSource,
  type FoundResult,
  type JsonValue,
  NotFound,
  type Page,
  type PageRequest,
  rankResults,
  type ScrapingJobId,
  type SearchId,
  type SearchResult,
  type SearchResultId,
} from '@markitect/domain';
import type { SearchResultQuery, SearchResultRepository } from '@markitect/ports';
import { pageOf } from '../documents/in-memory-paging.js';
import { streamOf } from '../unit-of-work/port-calls.js';
import { searchNotFound } from './in-memory-search-repository.js';
import { ResearchBook, without } from './research-book.js';

type Filter = Omit<SearchResultQuery, keyof PageRequest>;

/** A repository of what searches have found for tests that keeps everything in memory and the whole contract. */
export class InMemorySearchResultRepository implements SearchResultRepository {
  readonly #book: ResearchBook;

  constructor(book = new ResearchBook()) {
    this.#book = book;
  }

  async addMany(searchId: SearchId, jobId: ScrapingJobId, found: readonly FoundResult[]): Promise<number> {
    await Promise.resolve();
    const job = this.#book.jobs.get(jobId);
    if (job?.searchId !== searchId) throw searchNotFound(searchId);
    const present = new Map(
      [...this.#book.results.values()]
        .filter((result) => result.jobId === jobId)
        .map((result) => [result.reference, result]),
    );
    const now = this.#book.now();
    let added = 0;
    for (const { reference, title, snippet, location, score, fingerprint } of found) {
      const before = present.get(reference);
      if (before === undefined) added += 1;
      const result: SearchResult = {
        ...(before ?? {
          id: this.#book.nextId('result'),
          searchId,
          jobId,
          source: formatResearchSource(job.source),
          foundAt: now,
        }),
        ...{ reference, title, snippet, location, score, fingerprint },
        updatedAt: now,
      };
      present.set(reference, result);
      this.#book.results.set(result.id, result);
    }
    if (added > 0) this.#book.jobs.set(jobId, { ...job, found: job.found + added, updatedAt: now });
    return added;
  }

  async get(id: SearchResultId): Promise<SearchResult | undefined> {
    return Promise.resolve(structuredClone(this.#book.results.get(id)));
  }

  async list(query: SearchResultQuery): Promise<Page<SearchResult>> {
    await Promise.resolve();
    const { searchId, source, withDuplicates = false, ...page } = query;
    return pageOf(
      structuredClone(this.#matching(query)),
      page,
      ['search-results', searchId, source ?? null, withDuplicates],
      // Ids have less than 16 digits.
      ({ id, rank, duplicateOf }) => [
        rank ?? (duplicateOf === undefined ? 2 ** 52 : 2 ** 52 + 1),
        String(id).padStart(16, '0'),
      ],
    );
  }

  stream(query: Filter): AsyncIterable<SearchResult> {
    return streamOf((page) => this.list({ ...query, ...page }));
  }

  async count(query: Filter): Promise<number> {
    return Promise.resolve(this.#matching(query).length);
  }

  async updateAnalysis(id: SearchResultId, analysis: JsonValue): Promise<SearchResult> {
    await Promise.resolve();
    const result = this.#book.results.get(id);
    if (result === undefined) {
      throw new NotFound('SEARCH_RESULT_NOT_FOUND', `there is no result ${id}`, { details: { id } });
    }
    const changed = { ...result, analysis: structuredClone(analysis), updatedAt: this.#book.now() };
    this.#book.results.set(id, changed);
    return structuredClone(changed);
  }

  async rank(searchId: SearchId): Promise<number> {
    await Promise.resolve();
    const results = this.#matching({ searchId, withDuplicates: true });
    const ranked = rankResults(results);
    const now = this.#book.now();
    for (const { id, rank, duplicateOf } of ranked) {
      const before = this.#book.results.get(id);
      if (before === undefined || (before.rank === rank && before.duplicateOf === duplicateOf)) continue;
      this.#book.results.set(id, {
        ...without(before, 'rank', 'duplicateOf'),
        ...(rank === undefined ? {} : { rank }),
        ...(duplicateOf === undefined ? {} : { duplicateOf }),
        updatedAt: now,
      });
    }
    return ranked.filter(({ rank }) => rank !== undefined).length;
  }

  #matching({ searchId, source, withDuplicates = false }: Filter): SearchResult[] {
    return [...this.#book.results.values()].filter(
      (result) =>
        result.searchId === searchId &&
        (source === undefined || result.source === source) &&
        (withDuplicates || result.duplicateOf === undefined),
    );
  }
}
