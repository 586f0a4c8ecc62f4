import {
  Conflict,
  formatResearchSource,
  Invalid,
  MAX_PROBLEMS,
  NotFound,
  type ResearchSource,
  type ScrapingJob,
  type ScrapingJobId,
  type ScrapingJobStatus,
  type SearchId,
} from '@markitect/domain';
import type { ScrapingJobChange, ScrapingJobRepository } from '@markitect/ports';
import { searchNotFound } from './in-memory-search-repository.js';
import { ResearchBook } from './research-book.js';

/** A repository of the sources of searches for tests that keeps everything in memory and the whole contract. */
export class InMemoryScrapingJobRepository implements ScrapingJobRepository {
  readonly #book: ResearchBook;

  constructor(book = new ResearchBook()) {
    this.#book = book;
  }

  async createMany(searchId: SearchId, sources: readonly ResearchSource[]): Promise<readonly ScrapingJob[]> {
    await Promise.resolve();
    if (!this.#book.searches.has(searchId)) throw searchNotFound(searchId);
    const all = [...this.#jobsOf(searchId).map(({ source }) => source), ...sources].map(formatResearchSource);
    if (new Set(all).size < all.length) {
      throw new Invalid('SEARCH_SOURCE_INVALID', 'a source is named twice', { details: { field: 'source' } });
    }
    const now = this.#book.now();
    return sources.map((source) =>
      this.#store({
        id: this.#book.nextId('job'),
        searchId,
        source: structuredClone(source),
        status: 'pending',
        found: 0,
        done: 0,
        problems: [],
        problemCount: 0,
        createdAt: now,
        updatedAt: now,
      }),
    );
  }

  async get(id: ScrapingJobId): Promise<ScrapingJob | undefined> {
    return Promise.resolve(structuredClone(this.#book.jobs.get(id)));
  }

  async listBySearch(searchId: SearchId): Promise<readonly ScrapingJob[]> {
    return Promise.resolve(structuredClone(this.#jobsOf(searchId)));
  }

  async update(
    id: ScrapingJobId,
    given: ScrapingJobChange,
    from: readonly ScrapingJobStatus[],
  ): Promise<ScrapingJob> {
    await Promise.resolve();
    const job = this.#book.jobs.get(id);
    if (job === undefined) {
      throw new NotFound('SCRAPING_JOB_NOT_FOUND', `there is no part ${id}`, { details: { id } });
    }
    if (!from.includes(job.status)) {
      throw new Conflict('SEARCH_STATE_INVALID', `part ${id} is ${job.status}`, {
        details: { id, status: job.status },
      });
    }
    const now = this.#book.now();
    const { status, checkpoint, problems = [], ...change } = structuredClone(given);
    const { checkpoint: held, finishedAt, ...same } = job;
    const isEnd = status === 'completed' || status === 'failed' || status === 'cancelled';
    const kept = checkpoint === undefined ? held : checkpoint;
    const ended = status === undefined ? finishedAt : isEnd ? now : undefined;
    return this.#store({
      ...same,
      ...change,
      ...(status === undefined ? {} : { status }),
      ...(status === 'running' && job.startedAt === undefined ? { startedAt: now } : {}),
      ...(ended === undefined ? {} : { finishedAt: ended }),
      ...(kept === undefined || kept === null ? {} : { checkpoint: kept }),
      problems: [...job.problems, ...problems].slice(0, MAX_PROBLEMS),
      problemCount: job.problemCount + problems.length,
      updatedAt: now,
    });
  }

  #jobsOf(searchId: SearchId): ScrapingJob[] {
    return [...this.#book.jobs.values()].filter((job) => job.searchId === searchId);
  }

  #store(job: ScrapingJob): ScrapingJob {
    this.#book.jobs.set(job.id, job);
    return structuredClone(job);
  }
}
