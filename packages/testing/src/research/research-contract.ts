import type { FoundResult, ScrapingJob, Search, SearchDraft } from '@markitect/domain';
import { parseResearchSources } from '@markitect/domain';
import type { ScrapingJobRepository, SearchRepository, SearchResultRepository } from '@markitect/ports';

/** The repositories of research over one store. */
export interface OpenedResearch {
  readonly searches: SearchRepository;
  readonly scrapingJobs: ScrapingJobRepository;
  readonly searchResults: SearchResultRepository;
  /** Lets time pass. */
  readonly advance: (ms: number) => void;
  close(): Promise<void>;
}

/** Gives repositories over a new, empty store whose time passes only by `advance`. */
export type OpenResearch = () => Promise<OpenedResearch>;

/** Makes test bodies: each gets a store of its own, which is closed after it. */
export function researchTests(open: OpenResearch) {
  return (body: (opened: OpenedResearch) => Promise<void>) => async (): Promise<void> => {
    const opened = await open();
    try {
      await body(opened);
    } finally {
      await opened.close();
    }
  };
}

/** A search to be stored. */
export function searchDraftOf(overrides: Partial<SearchDraft> = {}): SearchDraft {
  return {
    question: 'Who owns what?',
    sources: parseResearchSources('docs,issues'),
    maxResults: 100,
    ...overrides,
  };
}

/** Something found. What is not given follows from the reference. */
export function foundResult(reference: string, overrides: Partial<FoundResult> = {}): FoundResult {
  return {
    reference,
    title: `Title of ${reference}`,
    snippet: `Some text of ${reference}.`,
    location: `https://example.org/${encodeURIComponent(reference)}`,
    score: 1,
    fingerprint: `of ${reference}`,
    ...overrides,
  };
}

/** A stored search with a job for each of its sources. */
export async function searchWithJobs(
  { searches, scrapingJobs }: Pick<OpenedResearch, 'searches' | 'scrapingJobs'>,
  sources = 'docs,issues',
): Promise<{ readonly search: Search; readonly jobs: readonly ScrapingJob[] }> {
  const search = await searches.create(searchDraftOf({ sources: parseResearchSources(sources) }));
  return { search, jobs: await scrapingJobs.createMany(search.id, search.sources) };
}

/** The job at a place. */
export function jobAt(jobs: readonly ScrapingJob[], index: number): ScrapingJob {
  const job = jobs[index];
  if (job === undefined) throw new Error(`there is no job at ${index}`);
  return job;
}
