import {
  SqliteRateLimitRepository,
  SqliteScrapingJobRepository,
  SqliteSearchRepository,
  SqliteSearchResultRepository,
} from '@markitect/adapter-sqlite';
import {
  DocumentsScraper,
  IssuesScraper,
  parseRateRules,
  ResearchService,
  ScrapeWorker,
  ScrapingPermits,
} from '@markitect/application';
import type { Config } from '@markitect/config';
import {
  issueIndexPort,
  rateLimitRepositoryPort,
  type Scraper,
  scraperPort,
  scrapingJobRepositoryPort,
  searchRepositoryPort,
  searchResultRepositoryPort,
} from '@markitect/ports';
import { type Telemetry, traced } from '@markitect/telemetry';
import { type DependencyContainer, type InjectionToken, instanceCachingFactory } from 'tsyringe';
import { lazyScraper } from './lazy-scraper.js';
import { tokens } from './tokens.js';

const sqlite = { attributes: { 'db.system.name': 'sqlite' } };

/** Registers researches, the sources they ask and what asks them. */
export function registerResearch(
  child: DependencyContainer,
  { research: { maxResults, rates }, web }: Config,
  telemetry: Telemetry | undefined,
): void {
  const once = <T>(name: InjectionToken<T>, make: (from: DependencyContainer) => T) =>
    child.register(name, { useFactory: instanceCachingFactory(make) });

  once(tokens.scrapers, (from): Readonly<Record<string, Scraper>> => {
    const scrapers = {
      docs: new DocumentsScraper({ documents: from.resolve(tokens.repository) }),
      issues: new IssuesScraper({
        issues: traced(issueIndexPort, from.resolve(tokens.storedIssues), telemetry, sqlite),
      }),
      web: lazyScraper(async () => {
        const [{ WebScraper }, { HttpConnection }] = await Promise.all([
          import('@markitect/adapter-web'),
          import('@markitect/adapter-http'),
        ]);
        return new WebScraper({ ...web, connect: (site) => new HttpConnection(site) });
      }),
    };
    return Object.fromEntries(
      Object.entries(scrapers).map(([name, scraper]) => [
        name,
        traced<Scraper>(scraperPort, scraper, telemetry, { attributes: { 'markitect.scraper': name } }),
      ]),
    );
  });
  once(tokens.scraping, (from) => {
    const store = from.resolve(tokens.store);
    return {
      searches: traced(searchRepositoryPort, new SqliteSearchRepository(store), telemetry, sqlite),
      results: traced(searchResultRepositoryPort, new SqliteSearchResultRepository(store), telemetry, sqlite),
      jobs: traced(scrapingJobRepositoryPort, new SqliteScrapingJobRepository(store), telemetry, sqlite),
      limits: traced(rateLimitRepositoryPort, new SqliteRateLimitRepository(store), telemetry, sqlite),
      unitOfWork: from.resolve(tokens.unitOfWork),
      scrapers: from.resolve(tokens.scrapers),
    };
  });
  once(tokens.scrapeWorker, (from) => {
    const ports = from.resolve(tokens.scraping);
    return new ScrapeWorker(ports, new ScrapingPermits(ports.limits, parseRateRules(rates)));
  });
  once(
    tokens.research,
    (from) =>
      new ResearchService(
        {
          ...from.resolve(tokens.scraping),
          tasks: from.resolve(tokens.taskQueue),
          documents: from.resolve(tokens.documents),
        },
        { maxResults },
      ),
  );
}
