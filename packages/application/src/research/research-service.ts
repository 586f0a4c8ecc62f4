import {
  Conflict,
  formatResearchSource,
  Invalid,
  isMarkitectError,
  NotFound,
  type JsonValue,
  type Page,
  parseResearchSource,
  questionTerms,
  refuseDeep,
  refuseField,
  type ResearchSource,
  type ScrapingJob,
  type Search,
  type SearchId,
  type SearchResult,
} from '@markitect/domain';
import type { SearchQuery, SearchResultQuery, Transaction } from '@markitect/ports';
import { exportResearch, type ExportFormat } from './export-research.js';
import { repairResearch } from './repair-research.js';
import type { ResearchPorts } from './research-ports.js';
import { isJobOver, isSearchOver, type ResearchStatus, searchNotFound } from './research-status.js';
import { researchTask } from './research-task.js';
import { type SavedResearch, saveResearch, type SaveResearchRequest } from './save-research.js';
import { watchResearch } from './watch-research.js';

/** A question to be put. */
export interface ResearchRequest {
  readonly question: string;
  /** At least one, none twice; as `parseResearchSource` reads them. */
  readonly sources: readonly string[];
  /** The most results asked of each source. Default: as the service was made. */
  readonly maxResults?: number;
}

/** Which results of a research to list. */
export type ResearchResultsQuery = Omit<SearchResultQuery, 'searchId'>;

/** A page of results, and how many there are in all. */
export interface ResearchResults extends Page<SearchResult> {
  readonly total: number;
}

export interface ResearchServiceOptions {
  /** Default 20. */
  readonly maxResults?: number;
}

/** The most characters of a question. */
export const MAX_QUESTION_LENGTH = 1000;
/** The most results that may be asked of a source. */
export const MAX_RESEARCH_RESULTS = 1000;
/** The most sources of a research. */
export const MAX_RESEARCH_SOURCES = 50;

/**
 * Questions put to several sources. Starting one stores it, its jobs and a task for each in one commit; workers do the
 * rest, in this process or others. Every operation on a research throws NotFound `SEARCH_NOT_FOUND` where there is none,
 * besides the errors of the ports it uses.
 */
export class ResearchService {
  readonly #ports: ResearchPorts;
  readonly #maxResults: number;

  constructor(ports: ResearchPorts, { maxResults = 20 }: ResearchServiceOptions = {}) {
    this.#ports = ports;
    this.#maxResults = maxResults;
  }

  /**
   * Puts a question. Throws Invalid `SEARCH_SOURCE_INVALID` for a source that is not known, is named twice or cannot be
   * looked at, `SEARCH_QUERY_INVALID` for a question without words, `REQUEST_INVALID` naming the field.
   */
  async start({
    question,
    sources,
    maxResults = this.#maxResults,
  }: ResearchRequest): Promise<ResearchStatus> {
    const text = question.toWellFormed().replace(/\s+/gu, ' ').trim();
    refuseField('question', text.length > MAX_QUESTION_LENGTH, `at most ${MAX_QUESTION_LENGTH} characters`);
    questionTerms(text);
    refuseField(
      'maxResults',
      !(Number.isInteger(maxResults) && maxResults >= 1 && maxResults <= MAX_RESEARCH_RESULTS),
      `a whole number from 1 to ${MAX_RESEARCH_RESULTS}`,
    );
    return this.#put({ question: text, sources: await this.#check(sources), maxResults });
  }

  /** Puts a question again, as it was. Throws Conflict `SEARCH_STATE_INVALID` while the research still runs. */
  async rerun(id: SearchId): Promise<ResearchStatus> {
    const search = await this.#over(id, 'repeated');
    const { question, sources, maxResults } = search;
    return this.#put({
      question,
      sources: await this.#check(sources.map(formatResearchSource)),
      maxResults,
      rerunOf: id,
    });
  }

  async status(id: SearchId): Promise<ResearchStatus> {
    const status = await this.#read(id);
    return (await repairResearch(this.#ports, status)) ? this.#read(id) : status;
  }

  /** One page, the newest first. */
  async list(query: SearchQuery): Promise<Page<Search>> {
    const page = await this.#ports.searches.list(query);
    const items = await Promise.all(
      page.items.map(async (search) => (isSearchOver(search) ? search : this.#latest(search))),
    );
    // One that turned out to be over while it was looked at is not in the list that was asked for.
    const { status } = query;
    return { ...page, items: items.filter((search) => status === undefined || search.status === status) };
  }

  /** One page, by rank; results that are not ranked yet after them. Throws Invalid `SEARCH_SOURCE_INVALID`. */
  async results(id: SearchId, query: ResearchResultsQuery = {}): Promise<ResearchResults> {
    const { source, withDuplicates = false } = query;
    requireSource(await this.#get(id), source);
    const which = { searchId: id, withDuplicates, ...(source === undefined ? {} : { source }) };
    const [page, total] = await Promise.all([
      this.#ports.results.list({ ...query, searchId: id }),
      this.#ports.results.count(which),
    ]);
    return { ...page, total };
  }

  /** All results of a research as text, bit by bit, in constant memory. Throws Invalid `SEARCH_SOURCE_INVALID`. */
  async export(
    id: SearchId,
    format: ExportFormat,
    query: Omit<ResearchResultsQuery, 'limit' | 'cursor'> = {},
  ): Promise<AsyncIterable<string>> {
    const status = await this.#read(id);
    requireSource(status.search, query.source);
    return exportResearch(status, this.#ports.results.stream({ ...query, searchId: id }), format);
  }

  /**
   * Notes what somebody has made of a result. Throws NotFound `SEARCH_RESULT_NOT_FOUND`, Invalid `REQUEST_INVALID` for
   * what is nested too deep.
   */
  async analyse(id: SearchId, resultId: number, analysis: JsonValue): Promise<SearchResult> {
    refuseDeep('analysis', analysis);
    const found = await this.#ports.results.get(resultId);
    if (found?.searchId !== id) {
      throw new NotFound('SEARCH_RESULT_NOT_FOUND', `research ${id} has no result ${resultId}`, {
        details: { id, resultId },
      });
    }
    return this.#ports.results.updateAnalysis(resultId, analysis);
  }

  /**
   * Ends a research before it is done, its tasks included, in one commit; what was found is ranked and stays. Throws
   * Conflict `SEARCH_STATE_INVALID` when it is over.
   */
  async cancel(id: SearchId): Promise<ResearchStatus> {
    await this.#unit(async (transaction) => {
      await transaction.searches.updateStatus(id, 'cancelled', ['pending', 'running']);
      for (const job of await unfinishedJobs(transaction, id)) {
        await cancelTask(transaction, job);
        await transaction.scrapingJobs.update(job.id, { status: 'cancelled' }, ['pending', 'running']);
      }
      await transaction.searchResults.rank(id);
    });
    return this.#read(id);
  }

  /** Removes a research with all it has found; one that runs is cancelled before, in the same commit. */
  async remove(id: SearchId): Promise<void> {
    await this.#unit(async (transaction) => {
      for (const job of await unfinishedJobs(transaction, id)) await cancelTask(transaction, job);
      if (!(await transaction.searches.remove(id))) throw searchNotFound(id);
    });
  }

  /**
   * Saves a finished research as a document, which is searched, linked and versioned like any other. Saving it again
   * changes nothing. Throws Conflict `SEARCH_STATE_INVALID` while it runs, Conflict `DOCUMENT_CHANGED` when there is
   * another text at the path and `replace` is not set.
   */
  async save(id: SearchId, request: SaveResearchRequest = {}): Promise<SavedResearch> {
    await this.#over(id, 'saved');
    return saveResearch(this.#ports, await this.#read(id), request);
  }

  /**
   * How far a research is: now, and whenever that has changed, until it is over. Asks the database a few times in a
   * second, so that it sees what other processes do. Ends early, without an error, when `signal` is aborted.
   */
  watch(id: SearchId, signal?: AbortSignal): AsyncIterable<ResearchStatus> {
    return watchResearch(
      { read: () => this.#read(id), repair: (status) => repairResearch(this.#ports, status) },
      signal,
    );
  }

  async #put(
    draft: Pick<Search, 'question' | 'sources' | 'maxResults' | 'rerunOf'>,
  ): Promise<ResearchStatus> {
    return this.#unit(async (transaction) => {
      const search = await transaction.searches.create(draft);
      const jobs = await transaction.scrapingJobs.createMany(search.id, draft.sources);
      const tasks = await transaction.tasks.enqueue(
        jobs.map((job) => ({
          type: researchTask.type,
          ...(researchTask.maxAttempts === undefined ? {} : { maxAttempts: researchTask.maxAttempts }),
          payload: { searchId: search.id, jobId: job.id },
          uniqueKey: `research:${job.id}`,
        })),
      );
      const withTasks: ScrapingJob[] = [];
      for (const [index, job] of jobs.entries()) {
        const taskId = tasks[index]?.id;
        withTasks.push(
          taskId === undefined ? job : await transaction.scrapingJobs.update(job.id, { taskId }, ['pending']),
        );
      }
      return { search, jobs: withTasks };
    });
  }

  async #check(texts: readonly string[]): Promise<readonly ResearchSource[]> {
    refuseField(
      'sources',
      texts.length < 1 || texts.length > MAX_RESEARCH_SOURCES,
      `1 to ${MAX_RESEARCH_SOURCES} sources`,
    );
    const sources = texts.map((text) => parseResearchSource(text.trim()));
    const names = sources.map(formatResearchSource);
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) throw sourceInvalid(`the source ${twice} is named twice`, twice);
    const { scrapers } = this.#ports;
    for (const source of sources) {
      const scraper = Object.hasOwn(scrapers, source.scraper) ? scrapers[source.scraper] : undefined;
      if (scraper === undefined) {
        const known = Object.keys(scrapers).join(', ');
        throw sourceInvalid(`there is no source called ${source.scraper}, only ${known}`, source.scraper);
      }
      await scraper.check(source.target);
    }
    return sources;
  }

  async #get(id: SearchId): Promise<Search> {
    const search = await this.#ports.searches.get(id);
    if (search === undefined) throw searchNotFound(id);
    return search;
  }

  /** The search before its jobs: one that is over has no job that is not. */
  async #read(id: SearchId): Promise<ResearchStatus> {
    const search = await this.#get(id);
    return { search, jobs: await this.#ports.jobs.listBySearch(id) };
  }

  async #latest(search: Search): Promise<Search> {
    try {
      return (await this.status(search.id)).search;
    } catch (error) {
      if (isMarkitectError(error) && error.code === 'SEARCH_NOT_FOUND') return search;
      throw error;
    }
  }

  async #over(id: SearchId, done: string): Promise<Search> {
    const { search } = await this.status(id);
    if (isSearchOver(search)) return search;
    throw new Conflict(
      'SEARCH_STATE_INVALID',
      `research ${id} is ${search.status} and cannot be ${done} yet`,
      {
        details: { id, status: search.status },
      },
    );
  }

  #unit<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.#ports.unitOfWork.run(work, { inside: 'refuse' });
  }
}

async function unfinishedJobs(transaction: Transaction, id: SearchId): Promise<readonly ScrapingJob[]> {
  const jobs = await transaction.scrapingJobs.listBySearch(id);
  return jobs.filter((job) => !isJobOver(job));
}

/** A task that is over already, or forgotten, needs no cancelling. */
async function cancelTask(transaction: Transaction, { taskId }: ScrapingJob): Promise<void> {
  if (taskId === undefined) return;
  try {
    await transaction.tasks.cancel(taskId);
  } catch (error) {
    if (!isMarkitectError(error)) throw error;
    if (error.code !== 'TASK_STATE_INVALID' && error.code !== 'TASK_NOT_FOUND') throw error;
  }
}

/** A source that was not asked has found nothing, which would look like an answer. */
function requireSource({ id, sources }: Search, source: string | undefined): void {
  const asked = sources.map(formatResearchSource);
  if (source === undefined || asked.includes(source)) return;
  throw new Invalid(
    'SEARCH_SOURCE_INVALID',
    `research ${id} did not ask the source ${JSON.stringify(source.slice(0, 80))}, only ${asked.join(', ')}`,
    { details: { field: 'source', source, known: asked } },
  );
}

function sourceInvalid(message: string, source: string): Invalid {
  return new Invalid('SEARCH_SOURCE_INVALID', message, { details: { field: 'sources', source } });
}
