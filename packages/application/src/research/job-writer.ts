import {
  Conflict,
  type FoundResult,
  type JsonValue,
  type ScrapingJob,
  type ScrapingProblem,
} from '@markitect/domain';
import type { ScrapeEvent, ScrapingJobChange, TaskHold, Transaction, UnitOfWork } from '@markitect/ports';
import { tidyProblem, tidyResult } from './tidy-result.js';

/** So many results are not kept waiting for a checkpoint. */
const MAX_WAITING = 100;
/** Nor is anything longer than this. */
const MAX_WAIT_MS = 2000;
/** Checkpoints that come faster than this share a commit. */
const MIN_WAIT_MS = 250;

/** A job that is being done. */
export interface BegunJob {
  readonly job: ScrapingJob;
  /** The most different results that are taken. */
  readonly maxResults: number;
}

/**
 * Stores what a scraper has to say, bit by bit. Each bit is one commit, which the fencing token of the task is part of: a
 * worker that has lost its lease stores nothing any more.
 */
export class JobWriter {
  readonly #job: ScrapingJob;
  readonly #maxResults: number;
  readonly #hold: TaskHold;
  readonly #unitOfWork: UnitOfWork;
  /** What the job has found so far, in this attempt and before. */
  readonly #references: Set<string>;
  /** What attempts before have found. */
  readonly #before: ReadonlySet<string>;
  #found = new Map<string, FoundResult>();
  /** Problems that the checkpoint covers, and later ones: those the next attempt would meet again. */
  #problems: { covered: ScrapingProblem[]; later: ScrapingProblem[] } = { covered: [], later: [] };
  #checkpoint: JsonValue | undefined;
  #progress: { readonly done: number; readonly total?: number };
  #isChanged = false;
  #storedAt = performance.now();

  /** `references`: what the job has found in attempts before. */
  constructor(
    { job, maxResults }: BegunJob,
    hold: TaskHold,
    unitOfWork: UnitOfWork,
    references: Iterable<string>,
  ) {
    this.#job = job;
    this.#maxResults = maxResults;
    this.#hold = hold;
    this.#unitOfWork = unitOfWork;
    this.#before = new Set(references);
    this.#references = new Set(this.#before);
    this.#progress = { done: job.done, ...(job.total === undefined ? {} : { total: job.total }) };
  }

  /** How many different things the job has found. */
  get found(): number {
    return this.#references.size;
  }

  take(event: ScrapeEvent): void {
    this.#isChanged = true;
    switch (event.kind) {
      case 'found': {
        const result = tidyResult(event.result);
        // A scraper that goes on does not know what it told before: of two things called the same the first counts, as
        // it does where nothing is interrupted.
        if (this.#before.has(result.reference)) break;
        // More than was asked for is not taken, even from a scraper that does not count.
        if (this.#references.size >= this.#maxResults && !this.#references.has(result.reference)) break;
        this.#references.add(result.reference);
        this.#found.set(result.reference, result);
        break;
      }
      case 'problem':
        this.#problems.later.push(tidyProblem(event.problem));
        break;
      case 'progress':
        this.#progress = {
          done: event.done,
          ...(event.total === undefined ? {} : { total: event.total }),
        };
        break;
      case 'checkpoint':
        this.#checkpoint = event.checkpoint;
        this.#problems = { covered: [...this.#problems.covered, ...this.#problems.later], later: [] };
    }
  }

  /** Stores what there is, when that is due. */
  async storeIfDue(): Promise<void> {
    if (!this.#isChanged) return;
    const waited = performance.now() - this.#storedAt;
    const isDue =
      this.#found.size >= MAX_WAITING ||
      waited >= MAX_WAIT_MS ||
      (this.#checkpoint !== undefined && waited >= MIN_WAIT_MS);
    if (isDue) await this.store();
  }

  /** Stores what there is. Throws Conflict `TASK_LEASE_LOST`, Conflict `SEARCH_STATE_INVALID` when the job is over. */
  async store(): Promise<void> {
    const change = this.#change(this.#problems.covered);
    await this.#unitOfWork.run(
      async (transaction) => {
        if (!(await transaction.tasks.report(this.#hold, this.#progress))) throw leaseLost(this.#hold);
        await this.#addFound(transaction);
        await transaction.scrapingJobs.update(this.#job.id, change, ['running']);
      },
      { inside: 'refuse' },
    );
    this.#found = new Map();
    this.#problems = { covered: [], later: this.#problems.later };
    this.#checkpoint = undefined;
    this.#isChanged = false;
    this.#storedAt = performance.now();
  }

  /** Adds what is left, in the transaction that ends the job; answers how the job changes. */
  async storeLast(transaction: Transaction): Promise<ScrapingJobChange> {
    await this.#addFound(transaction);
    const { covered, later } = this.#problems;
    return this.#change([...covered, ...later]);
  }

  async #addFound(transaction: Transaction): Promise<void> {
    if (this.#found.size === 0) return;
    const { id, searchId } = this.#job;
    await transaction.searchResults.addMany(searchId, id, [...this.#found.values()]);
  }

  #change(problems: readonly ScrapingProblem[]): ScrapingJobChange {
    return {
      ...this.#progress,
      ...(problems.length === 0 ? {} : { problems }),
      ...(this.#checkpoint === undefined ? {} : { checkpoint: this.#checkpoint }),
    };
  }
}

/** What a worker is told that may not report on a task any more. */
export function leaseLost({ id }: TaskHold): Conflict {
  return new Conflict('TASK_LEASE_LOST', `task ${id} is no longer held by this worker`, { details: { id } });
}
