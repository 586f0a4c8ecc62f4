import type {
  JsonValue,
  ResearchSource,
  ScrapingJob,
  ScrapingJobId,
  ScrapingJobStatus,
  ScrapingProblem,
  SearchId,
  TaskId,
} from '@markitect/domain';
import { definePort } from '../port.js';

/** How a job changes. What is absent stays. */
export interface ScrapingJobChange {
  readonly status?: ScrapingJobStatus;
  readonly taskId?: TaskId;
  readonly done?: number;
  readonly total?: number;
  /** `null` forgets it. */
  readonly checkpoint?: JsonValue;
  /** Added to those there are; beyond the limit they are only counted. */
  readonly problems?: readonly ScrapingProblem[];
  readonly failure?: { readonly code: string; readonly message: string };
}

/** The parts that searches are made of, one for each source. Errors of all operations: those of a database. */
export interface ScrapingJobRepository {
  /** Stores one pending job for each source, in one commit. Throws NotFound `SEARCH_NOT_FOUND`. */
  createMany(searchId: SearchId, sources: readonly ResearchSource[]): Promise<readonly ScrapingJob[]>;

  get(id: ScrapingJobId): Promise<ScrapingJob | undefined>;

  /** The jobs of a search, in the order of its sources, with how much each has found. */
  listBySearch(searchId: SearchId): Promise<readonly ScrapingJob[]>;

  /**
   * Changes a job if its status is one of `from`; beginning and end are noted by the status. Throws NotFound
   * `SCRAPING_JOB_NOT_FOUND`, Conflict `SEARCH_STATE_INVALID` with `details.status`.
   */
  update(
    id: ScrapingJobId,
    change: ScrapingJobChange,
    from: readonly ScrapingJobStatus[],
  ): Promise<ScrapingJob>;
}

export const scrapingJobRepositoryPort = definePort<ScrapingJobRepository>('ScrapingJobRepository', {
  createMany: { kind: 'write', idempotent: false, key: String },
  get: { kind: 'read', idempotent: true, key: String },
  listBySearch: { kind: 'read', idempotent: true, key: String },
  update: { kind: 'write', idempotent: false, key: String },
});
