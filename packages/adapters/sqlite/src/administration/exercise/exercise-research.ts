import { searchStatuses } from '@markitect/domain';
import type {
  RateLimitRepository,
  ScrapingJobRepository,
  SearchRepository,
  SearchResultRepository,
} from '@markitect/ports';

/** What researches are kept in. */
export interface ResearchRepositories {
  readonly searches: SearchRepository;
  readonly scrapingJobs: ScrapingJobRepository;
  readonly searchResults: SearchResultRepository;
}

/** Calls every operation, so that each statement of it is prepared. Leaves nothing behind. */
export async function exerciseResearch(repositories: ResearchRepositories): Promise<void> {
  const { searches, scrapingJobs, searchResults } = repositories;
  const sources = [{ scraper: 'docs' }];
  const draft = { question: 'exercise', sources, maxResults: 10 };
  const { id } = await searches.create(draft);
  const { id: other } = await searches.create(draft);
  await searches.get(id);
  await searches.updateStatus(id, 'running', searchStatuses);
  await searches.updateDocument(id, 'research/exercise.md');
  for (const query of [{}, ...searchStatuses.map((status) => ({ status }))]) {
    const { nextCursor } = await searches.list({ ...query, limit: 1 });
    if (nextCursor !== undefined) await searches.list({ ...query, limit: 1, cursor: nextCursor });
  }
  await firstOf(searches.stream({}));

  for (const job of await scrapingJobs.createMany(id, sources)) {
    await scrapingJobs.get(job.id);
    await scrapingJobs.update(job.id, { status: 'running', checkpoint: 1 }, [job.status]);
    const found = { title: 'exercise', snippet: '', location: '', score: 1, fingerprint: 'exercise' };
    await searchResults.addMany(id, job.id, [
      { ...found, reference: 'exercise/a.md' },
      { ...found, reference: 'exercise/b.md' },
    ]);
    await searchResults.rank(id);
  }
  await scrapingJobs.listBySearch(id);
  for (const filter of [
    {},
    { source: 'docs' },
    { withDuplicates: true },
    { source: 'docs', withDuplicates: true },
  ]) {
    const query = { searchId: id, ...filter };
    const { nextCursor } = await searchResults.list({ ...query, limit: 1 });
    if (nextCursor !== undefined) await searchResults.list({ ...query, limit: 1, cursor: nextCursor });
    await searchResults.count(query);
  }
  const result = await firstOf(searchResults.stream({ searchId: id, withDuplicates: true }));
  if (result !== undefined) {
    await searchResults.get(result.id);
    await searchResults.updateAnalysis(result.id, 'exercise');
  }
  for (const each of [id, other]) await searches.remove(each);
}

/** The same for limits of rates. */
export async function exerciseRateLimits(limits: RateLimitRepository): Promise<void> {
  const name = 'exercise';
  await limits.update({ name, perSecond: 1000, burst: 1 });
  await limits.check(name);
  await limits.list();
  const permit = await limits.take(name, 1000);
  await limits.take(name, 1000, permit);
  await limits.holdBack(name, '2026-01-01T00:00:00.000Z');
  await limits.reset(name);
  await limits.remove(name);
}

async function firstOf<T>(items: AsyncIterable<T>): Promise<T | undefined> {
  for await (const item of items) return item;
  return undefined;
}
