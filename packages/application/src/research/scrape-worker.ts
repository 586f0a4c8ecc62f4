import {
  type ErrorCode,
  formatResearchSource,
  Invalid,
  isMarkitectError,
  type JsonValue,
  type MarkitectError,
  type ScrapingJob,
  type Search,
} from '@markitect/domain';
import type { Scraper, ScrapeRequest, TaskHold, Transaction } from '@markitect/ports';
import { endJob } from './end-job.js';
import { JobWriter, leaseLost } from './job-writer.js';
import type { ScrapingPorts } from './research-ports.js';
import { isJobOver } from './research-status.js';
import type { ResearchPayload } from './research-task.js';
import type { ScrapingPermits } from './scraping-permits.js';
import { withTicks } from './with-ticks.js';

/** What a worker gives to whoever does one of its tasks. */
export interface ScrapeRun {
  readonly hold: TaskHold;
  /** Whether a failure now is the end. */
  readonly isLastAttempt: boolean;
  /** Aborted when the task is to be stopped. */
  readonly signal: AbortSignal;
  /** Does the effects of the task and ends it in one commit; throws Conflict `TASK_LEASE_LOST`. */
  complete(work: (transaction: Transaction) => Promise<JsonValue>): Promise<unknown>;
}

interface Begun {
  readonly search: Search;
  readonly job: ScrapingJob;
}

/** What storing meets when somebody has cancelled or removed the research. */
const endedCodes: ReadonlySet<string> = new Set<ErrorCode>([
  'SCRAPING_JOB_NOT_FOUND',
  'SEARCH_NOT_FOUND',
  'SEARCH_STATE_INVALID',
]);

/** How often it is looked whether something is to be stored while a source is silent. */
const TICK_MS = 500;

/**
 * Does the jobs of researches, one source each. What is found is stored bit by bit together with where to go on, each bit
 * and the fencing token of the task in one commit: killed at any moment, the next attempt goes on from there, and a worker
 * that wakes up late stores nothing. The last job of a search ranks the results and ends it, in the commit that ends the
 * job.
 */
export class ScrapeWorker {
  readonly #ports: ScrapingPorts;
  readonly #permits: ScrapingPermits;

  constructor(ports: ScrapingPorts, permits: ScrapingPermits) {
    this.#ports = ports;
    this.#permits = permits;
  }

  /**
   * Throws what is worth another attempt, and the reason of the signal. A source that failed for good ends the job as
   * failed and the task as done.
   */
  async run(payload: ResearchPayload, run: ScrapeRun): Promise<void> {
    const begun = await this.#begin(payload, run.hold);
    const writer = begun && (await this.#writer(begun, run.hold));
    const failure = begun && writer && (await this.#scrape(begun, writer, run));
    await run.complete(async (transaction) => {
      const job = await transaction.scrapingJobs.get(payload.jobId);
      if (writer === undefined || job === undefined || isJobOver(job)) {
        return { skipped: 'the research was ended' };
      }
      const change = await writer.storeLast(transaction);
      await endJob(transaction, job, {
        ...change,
        ...(failure === undefined
          ? { status: 'completed' }
          : { status: 'failed', failure: { code: failure.code, message: failure.message } }),
      });
      return { found: writer.found, ...(failure === undefined ? {} : { failure: failure.code }) };
    });
  }

  /** `undefined`: there is nothing to do any more. */
  async #begin({ searchId, jobId }: ResearchPayload, hold: TaskHold) {
    return this.#ports.unitOfWork.run(
      async (transaction): Promise<Begun | undefined> => {
        const found = await transaction.scrapingJobs.get(jobId);
        if (found === undefined || isJobOver(found)) return undefined;
        if (!(await transaction.tasks.report(hold, { done: found.done }))) throw leaseLost(hold);
        const search = await transaction.searches.updateStatus(searchId, 'running', ['pending', 'running']);
        const job = await transaction.scrapingJobs.update(jobId, { status: 'running' }, [
          'pending',
          'running',
        ]);
        return { search, job };
      },
      { inside: 'refuse' },
    );
  }

  /** Answers why the source has failed for good; `undefined`: it has not, or somebody has ended the job. */
  async #scrape(
    { search, job }: Begun,
    writer: JobWriter,
    { signal, isLastAttempt }: ScrapeRun,
  ): Promise<MarkitectError | undefined> {
    const stopping = new AbortController();
    const request: ScrapeRequest = {
      question: search.question,
      maxResults: search.maxResults,
      signal: AbortSignal.any([signal, stopping.signal]),
      permit: (name) => this.#permits.take(name, request.signal),
      holdBack: (name, forMs) => this.#permits.holdBack(name, forMs),
      ...(job.source.target === undefined ? {} : { target: job.source.target }),
      ...(job.checkpoint === undefined ? {} : { checkpoint: job.checkpoint }),
    };
    try {
      const events = this.#scraper(job).scrape(request);
      for await (const event of withTicks(events, TICK_MS)) {
        signal.throwIfAborted();
        if (event !== undefined) writer.take(event);
        await writer.storeIfDue().catch((error: unknown) => {
          // Before the scraper is waited for.
          stopping.abort(error);
          throw error;
        });
      }
      signal.throwIfAborted();
      return undefined;
    } catch (error) {
      // Still held, as far as anybody knows: the next attempt need not do this part again.
      if (signal.aborted) {
        await writer.store().catch(() => undefined);
        throw signal.reason;
      }
      if (!isMarkitectError(error) || error.code === 'TASK_LEASE_LOST') throw error;
      if (endedCodes.has(error.code)) return undefined;
      if (!error.retryable || isLastAttempt) return error;
      await writer.store();
      throw error;
    } finally {
      stopping.abort();
    }
  }

  #scraper({ source }: ScrapingJob): Scraper {
    const { scrapers } = this.#ports;
    const scraper = Object.hasOwn(scrapers, source.scraper) ? scrapers[source.scraper] : undefined;
    if (scraper !== undefined) return scraper;
    throw new Invalid('SEARCH_SOURCE_INVALID', `this worker has no source called ${source.scraper}`, {
      details: { scraper: source.scraper },
    });
  }

  async #writer({ search: { maxResults }, job }: Begun, hold: TaskHold): Promise<JobWriter> {
    return new JobWriter({ job, maxResults }, hold, this.#ports.unitOfWork, await this.#references(job));
  }

  async #references({ searchId, source, found }: ScrapingJob): Promise<readonly string[]> {
    if (found === 0) return [];
    const references: string[] = [];
    const query = { searchId, source: formatResearchSource(source), withDuplicates: true };
    for await (const { reference } of this.#ports.results.stream(query)) references.push(reference);
    return references;
  }
}
