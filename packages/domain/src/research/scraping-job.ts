import type { JsonValue } from '../json.js';
import type { TaskId } from '../tasks/task.js';
import type { Timestamp } from '../timestamp.js';
import type { ResearchSource } from './research-source.js';
import type { SearchId } from './search.js';

export type ScrapingJobId = number;

export const scrapingJobStatuses = ['pending', 'running', 'completed', 'failed', 'cancelled'] as const;
export type ScrapingJobStatus = (typeof scrapingJobStatuses)[number];

/** Something that one source could not give, while the rest of it went on. */
export interface ScrapingProblem {
  /** What it was, e.g. the address of a page. */
  readonly reference: string;
  /** A code of the error table. */
  readonly code: string;
  readonly message: string;
}

/** The part of a search that one source has. */
export interface ScrapingJob {
  readonly id: ScrapingJobId;
  readonly searchId: SearchId;
  readonly source: ResearchSource;
  readonly status: ScrapingJobStatus;
  /** The task that does it. */
  readonly taskId?: TaskId;
  /** How many results it has found. */
  readonly found: number;
  readonly done: number;
  readonly total?: number;
  /** Where the next attempt goes on. For the scraper to understand. */
  readonly checkpoint?: JsonValue;
  /** The first {@link MAX_PROBLEMS}. */
  readonly problems: readonly ScrapingProblem[];
  /** How many there were in all. */
  readonly problemCount: number;
  /** Why it failed. */
  readonly failure?: { readonly code: string; readonly message: string };
  readonly createdAt: Timestamp;
  readonly updatedAt: Timestamp;
  readonly startedAt?: Timestamp;
  readonly finishedAt?: Timestamp;
}

/** How many problems of a job are kept. */
export const MAX_PROBLEMS = 100;
