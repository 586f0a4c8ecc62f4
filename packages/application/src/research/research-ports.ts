import type { Document } from '@markitect/domain';
import type {
  RateLimitRepository,
  Scraper,
  ScrapingJobRepository,
  SearchRepository,
  SearchResultRepository,
  TaskQueue,
  UnitOfWork,
} from '@markitect/ports';
import type { DocumentService } from '../documents/document-service.js';

/** What doing the jobs of researches needs from outside. */
export interface ScrapingPorts {
  readonly searches: SearchRepository;
  readonly results: SearchResultRepository;
  readonly jobs: ScrapingJobRepository;
  readonly limits: RateLimitRepository;
  readonly unitOfWork: UnitOfWork;
  /** By their names, as sources name them. */
  readonly scrapers: Readonly<Record<string, Scraper>>;
}

/** What researches need from outside. */
export interface ResearchPorts extends Omit<ScrapingPorts, 'limits'> {
  readonly tasks: Pick<TaskQueue, 'get'>;
  readonly documents: Pick<DocumentService, 'put'> & {
    get(path: string): Promise<Pick<Document, 'content'>>;
  };
}
