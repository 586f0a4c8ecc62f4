import type {
  ScrapingJob,
  ScrapingJobId,
  Search,
  SearchId,
  SearchResult,
  SearchResultId,
} from '@markitect/domain';

/** What the repositories of research keep in memory: values are replaced and never changed. */
export class ResearchBook {
  searches = new Map<SearchId, Search>();
  jobs = new Map<ScrapingJobId, ScrapingJob>();
  results = new Map<SearchResultId, SearchResult>();
  readonly #now: () => number;
  #last = { search: 0, job: 0, result: 0 };

  /** `now`: the time in milliseconds since 1970. */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** A number that none of its kind has had. */
  nextId(kind: 'search' | 'job' | 'result'): number {
    this.#last = { ...this.#last, [kind]: this.#last[kind] + 1 };
    return this.#last[kind];
  }

  now(): string {
    return new Date(this.#now()).toISOString();
  }

  /** Takes over the rows of another book in place of its own. */
  become(other: ResearchBook): void {
    this.searches = new Map(other.searches);
    this.jobs = new Map(other.jobs);
    this.results = new Map(other.results);
    this.#last = other.#last;
  }
}

/** A value without some of its properties. */
export function without<T extends object, K extends keyof T>(value: T, ...keys: readonly K[]): Omit<T, K> {
  const copy = { ...value };
  for (const key of keys) Reflect.deleteProperty(copy, key);
  return copy;
}
