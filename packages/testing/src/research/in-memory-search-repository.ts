import {
  Conflict,
  finishedSearchStatuses,
  NotFound,
  type Page,
  type PageRequest,
  type Search,
  searchDraft,
  type SearchDraft,
  type SearchId,
  type SearchStatus,
} from '@markitect/domain';
import type { SearchQuery, SearchRepository } from '@markitect/ports';
import { pageOf } from '../documents/in-memory-paging.js';
import { streamOf } from '../unit-of-work/port-calls.js';
import { ResearchBook, without } from './research-book.js';

/** A search repository for tests that keeps everything in memory and the whole contract. */
export class InMemorySearchRepository implements SearchRepository {
  readonly #book: ResearchBook;

  constructor(book = new ResearchBook()) {
    this.#book = book;
  }

  async create(draft: SearchDraft): Promise<Search> {
    await Promise.resolve();
    const { question, sources, maxResults, rerunOf } = searchDraft(draft);
    if (rerunOf !== undefined) this.#existing(rerunOf);
    const now = this.#book.now();
    return this.#store({
      id: this.#book.nextId('search'),
      question,
      sources: structuredClone(sources),
      status: 'pending',
      maxResults,
      ...(rerunOf === undefined ? {} : { rerunOf }),
      createdAt: now,
      updatedAt: now,
    });
  }

  async get(id: SearchId): Promise<Search | undefined> {
    return Promise.resolve(structuredClone(this.#book.searches.get(id)));
  }

  async list({ status, ...page }: SearchQuery): Promise<Page<Search>> {
    await Promise.resolve();
    const matching = [...this.#book.searches.values()].filter(
      (search) => status === undefined || search.status === status,
    );
    return pageOf(
      structuredClone(matching),
      page,
      ['searches', status ?? null],
      ({ id }) => [id, ''],
      'desc',
    );
  }

  stream(query: Omit<SearchQuery, keyof PageRequest>): AsyncIterable<Search> {
    return streamOf((page) => this.list({ ...query, ...page }));
  }

  async updateStatus(id: SearchId, status: SearchStatus, from: readonly SearchStatus[]): Promise<Search> {
    await Promise.resolve();
    const search = without(this.#existing(id), 'finishedAt');
    if (!from.includes(search.status)) {
      throw new Conflict('SEARCH_STATE_INVALID', `research ${id} is ${search.status}`, {
        details: { id, status: search.status },
      });
    }
    const now = this.#book.now();
    const isFinished = finishedSearchStatuses.some((each) => each === status);
    return this.#store({ ...search, status, updatedAt: now, ...(isFinished ? { finishedAt: now } : {}) });
  }

  async updateDocument(id: SearchId, document: string): Promise<Search> {
    await Promise.resolve();
    return this.#store({ ...this.#existing(id), document, updatedAt: this.#book.now() });
  }

  async remove(id: SearchId): Promise<boolean> {
    await Promise.resolve();
    const { searches, jobs, results } = this.#book;
    for (const [jobId, { searchId }] of jobs) if (searchId === id) jobs.delete(jobId);
    for (const [resultId, { searchId }] of results) if (searchId === id) results.delete(resultId);
    for (const { rerunOf, ...search } of searches.values()) {
      if (rerunOf === id) searches.set(search.id, search);
    }
    return searches.delete(id);
  }

  #existing(id: SearchId): Search {
    const search = this.#book.searches.get(id);
    if (search === undefined) throw searchNotFound(id);
    return search;
  }

  #store(search: Search): Search {
    this.#book.searches.set(search.id, search);
    return structuredClone(search);
  }
}

/** What is thrown where there is no such search. */
export function searchNotFound(id: SearchId): NotFound {
  return new NotFound('SEARCH_NOT_FOUND', `there is no research ${id}`, { details: { id } });
}
