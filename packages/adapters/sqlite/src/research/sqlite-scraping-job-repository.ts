import type {
  ResearchSource,
  ScrapingJob,
  ScrapingJobId,
  ScrapingJobStatus,
  SearchId,
} from '@markitect/domain';
import type { ScrapingJobChange, ScrapingJobRepository } from '@markitect/ports';
import type { SqliteConnection } from '../sqlite.connection.js';
import {
  createScrapingJobs,
  listScrapingJobs,
  readScrapingJob,
  updateScrapingJob,
} from './scraping-job-rows.js';
import { connectionAccess, type SqlAccess } from './sql-access.js';
import type { SqliteResearchOptions } from './sqlite-search-repository.js';

/** The sources of searches in a database, read and written as `access` says. */
export class RowScrapingJobRepository implements ScrapingJobRepository {
  readonly #access: SqlAccess;
  readonly #now: () => number;

  constructor(access: SqlAccess, { now = Date.now }: SqliteResearchOptions = {}) {
    this.#access = access;
    this.#now = now;
  }

  async createMany(searchId: SearchId, sources: readonly ResearchSource[]): Promise<readonly ScrapingJob[]> {
    return this.#access.write('createMany', (executor) =>
      createScrapingJobs(executor, searchId, sources, this.#now()),
    );
  }

  async get(id: ScrapingJobId): Promise<ScrapingJob | undefined> {
    return readScrapingJob(this.#access.reader(), id);
  }

  async listBySearch(searchId: SearchId): Promise<readonly ScrapingJob[]> {
    return listScrapingJobs(this.#access.reader(), searchId);
  }

  async update(
    id: ScrapingJobId,
    change: ScrapingJobChange,
    from: readonly ScrapingJobStatus[],
  ): Promise<ScrapingJob> {
    return this.#access.write('update', (executor) =>
      updateScrapingJob(executor, id, change, from, this.#now()),
    );
  }
}

/**
 * The sources of searches in a SQLite database. Errors as the port says, and Conflict `TRANSACTION_NESTED` for writes
 * inside a unit of work; the connection must be open.
 */
export class SqliteScrapingJobRepository extends RowScrapingJobRepository {
  constructor(connection: SqliteConnection, options?: SqliteResearchOptions) {
    super(connectionAccess(connection, 'ScrapingJobRepository'), options);
  }
}
