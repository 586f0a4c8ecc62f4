import type {
  DocumentRepository,
  IssueRepository,
  ScrapingJobRepository,
  SearchRepository,
  SearchResultRepository,
  TaskQueue,
  WorkspaceRepository,
} from '@markitect/ports';
import { TransactionDocumentRepository } from '../documents/transaction-document-repository.js';
import type { SqlExecutor } from '../engine/sql-executor.js';
import { TransactionIssueRepository } from '../issues/transaction-issue-repository.js';
import { transactionAccess } from '../research/sql-access.js';
import { RowScrapingJobRepository } from '../research/sqlite-scraping-job-repository.js';
import { RowSearchRepository } from '../research/sqlite-search-repository.js';
import { RowSearchResultRepository } from '../research/sqlite-search-result-repository.js';
import { TransactionTaskQueue } from '../tasks/transaction-task-queue.js';
import { TransactionWorkspaceRepository } from '../workspaces/transaction-workspace-repository.js';
import type { ScopeContext } from './transaction-scope.js';

/** The repositories of a transaction: each is made when it is first asked for, and every call is an operation. */
export abstract class ScopeRepositories implements SqlExecutor {
  abstract readonly context: ScopeContext;
  readonly #made = new Map<string, object>();

  abstract all<Row>(...statement: Parameters<SqlExecutor['all']>): Promise<Row[]>;
  abstract run(...statement: Parameters<SqlExecutor['run']>): Promise<number>;
  /** One operation at a time, in the order of the calls. */
  abstract operation<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** Lets it be known after the commit that a task may begin. */
  protected abstract announceTasks(): void;

  get documents(): DocumentRepository {
    return this.#once('documents', () => new TransactionDocumentRepository(this));
  }

  get issues(): IssueRepository {
    return this.#once('issues', () => new TransactionIssueRepository(this, this.context.tracker));
  }

  get workspaces(): WorkspaceRepository {
    return this.#once('workspaces', () => new TransactionWorkspaceRepository(this));
  }

  get searches(): SearchRepository {
    return this.#once('searches', () => new RowSearchRepository(transactionAccess(this)));
  }

  get scrapingJobs(): ScrapingJobRepository {
    return this.#once('scrapingJobs', () => new RowScrapingJobRepository(transactionAccess(this)));
  }

  get searchResults(): SearchResultRepository {
    return this.#once('searchResults', () => new RowSearchResultRepository(transactionAccess(this)));
  }

  get tasks(): TaskQueue {
    const announce = (): void => this.announceTasks();
    return this.#once('tasks', () => new TransactionTaskQueue(this, { now: Date.now, announce }));
  }

  #once<Repository extends object>(name: string, make: () => Repository): Repository {
    let repository = this.#made.get(name) as Repository | undefined;
    if (repository === undefined) this.#made.set(name, (repository = this.repository(name, make())));
    return repository;
  }

  /** A repository whose every call is an operation of this transaction. */
  protected repository<Repository extends object>(name: string, repository: Repository): Repository {
    return new Proxy(repository, {
      get: (target, key, receiver) => {
        const member: unknown = Reflect.get(target, key);
        if (typeof member !== 'function' || typeof key !== 'string') return member;
        // A sequence is no operation: it is made of some.
        if (key === 'stream') return (...args: unknown[]) => Reflect.apply(member, receiver, args) as unknown;
        return (...args: unknown[]) =>
          this.operation(`${name}.${key}`, () => Reflect.apply(member, target, args) as Promise<unknown>);
      },
    });
  }
}
