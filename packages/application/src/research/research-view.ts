import { formatResearchSource, type ScrapingJob, type Search, type SearchResult } from '@markitect/domain';
import type { ResearchStatus } from './research-status.js';

/** A search as programs get it: sources as they are written. */
export type SearchView = Omit<Search, 'sources'> & { readonly sources: readonly string[] };

/** A job as programs get it. */
export type JobView = Omit<ScrapingJob, 'source' | 'searchId' | 'checkpoint'> & { readonly source: string };

/** A research as programs get it. */
export interface ResearchView extends SearchView {
  /** How many results were found so far, duplicates included. */
  readonly found: number;
  readonly jobs: readonly JobView[];
}

export function searchView(search: Search): SearchView {
  return { ...search, sources: search.sources.map(formatResearchSource) };
}

export function researchView({ search, jobs }: ResearchStatus): ResearchView {
  return {
    ...searchView(search),
    found: jobs.reduce((sum, { found }) => sum + found, 0),
    jobs: jobs.map((job) => ({
      ...without(job, 'searchId', 'checkpoint'),
      source: formatResearchSource(job.source),
    })),
  };
}

/** A result as programs get it. */
export function resultView(result: SearchResult): Omit<SearchResult, 'searchId'> {
  return without(result, 'searchId');
}

function without<T extends object, K extends keyof T & string>(value: T, ...names: K[]): Omit<T, K> {
  const isLeft = ([name]: [string, unknown]) => !(names as string[]).includes(name);
  return Object.fromEntries(Object.entries(value).filter(isLeft)) as Omit<T, K>;
}
