import {
  describeRateLimitRepositoryContract,
  describeScrapingJobRepositoryContract,
  describeSearchRepositoryContract,
  describeSearchResultRepositoryContract,
  InMemoryRateLimitRepository,
  InMemoryScrapingJobRepository,
  InMemorySearchRepository,
  InMemorySearchResultRepository,
  ResearchBook,
} from '../src/index.js';

async function open() {
  let now = Date.UTC(2026, 0, 1);
  const book = new ResearchBook(() => now);
  return Promise.resolve({
    searches: new InMemorySearchRepository(book),
    scrapingJobs: new InMemoryScrapingJobRepository(book),
    searchResults: new InMemorySearchResultRepository(book),
    advance: (ms: number) => void (now += ms),
    close: () => Promise.resolve(),
  });
}

describeSearchRepositoryContract('InMemorySearchRepository', open);
describeScrapingJobRepositoryContract('InMemoryScrapingJobRepository', open);
describeSearchResultRepositoryContract('InMemorySearchResultRepository', open);

describeRateLimitRepositoryContract('InMemoryRateLimitRepository', async () => {
  let now = Date.UTC(2026, 0, 1);
  const limits = new InMemoryRateLimitRepository(() => now);
  return Promise.resolve({
    limits,
    others: limits,
    now: () => now,
    advance: (ms: number) => void (now += ms),
    close: () => Promise.resolve(),
  });
});
