import type { JsonValue } from '@markitect/domain';
import type { DocumentRepository } from '../documents/document-repository.js';
import type { IssueRepository } from '../issues/issue-repository.js';
import { definePort } from '../port.js';
import type { ScrapingJobRepository } from '../research/scraping-job-repository.js';
import type { SearchRepository } from '../research/search-repository.js';
import type { SearchResultRepository } from '../research/search-result-repository.js';
import type { TaskQueue } from '../tasks/task-queue.js';
import type { WorkspaceRepository } from '../workspaces/workspace-repository.js';

/** How a unit of work is run. */
export interface UnitOfWorkOptions {
  /** Cancels it: while it waits, at once; while it runs, at its next operation. Too late once it commits. */
  readonly signal?: AbortSignal;
  /** The most milliseconds from the call to the commit. Default: the store's write timeout. */
  readonly deadlineMs?: number;
  /**
   * What happens inside another unit of work: `join` makes it a nested part of that one; `refuse` throws Conflict
   * `TRANSACTION_NESTED`. Default `join`.
   */
  readonly inside?: 'join' | 'refuse';
}

/** The files of one declared root, as a unit of work sees and changes them. Paths as `FileStore` takes them. */
export interface TransactionFiles {
  /** The content, changes of this unit of work included; `undefined`: no such file. */
  read(path: string): Promise<Uint8Array | undefined>;
  write(path: string, content: Uint8Array): Promise<void>;
  /** Throws NotFound `FILE_NOT_FOUND`. */
  copy(from: string, to: string): Promise<void>;
  /** Throws NotFound `FILE_NOT_FOUND`. */
  move(from: string, to: string): Promise<void>;
  /** Answers whether there was one. */
  remove(path: string): Promise<boolean>;
}

/** Cached values that the changes of a unit of work make false. */
export interface TransactionCache {
  /** Forgets these keys once the unit of work is committed. */
  invalidate(keys: readonly string[]): Promise<void>;
  /** Forgets whatever carries one of these tags once the unit of work is committed. */
  invalidateTags(tags: readonly string[]): Promise<void>;
}

/** Messages that are sent if and only if the unit of work is committed, at least once, in the order of commits. */
export interface TransactionOutbox {
  send(topic: string, payload: JsonValue): Promise<void>;
}

/**
 * What a unit of work works with. It is over when the work function has settled: every later call throws Conflict
 * `TRANSACTION_FINISHED`.
 */
export interface Transaction {
  readonly documents: DocumentRepository;
  /** The embedded tracker. */
  readonly issues: IssueRepository;
  readonly workspaces: WorkspaceRepository;
  readonly searches: SearchRepository;
  readonly scrapingJobs: ScrapingJobRepository;
  readonly searchResults: SearchResultRepository;
  /** Tasks that are enqueued, settled and so on if and only if the unit of work is committed. */
  readonly tasks: TaskQueue;
  readonly cache: TransactionCache;
  readonly outbox: TransactionOutbox;
  /** The files below a root that the store was opened with. Throws Invalid `FILE_ROOT_UNKNOWN`. */
  files(root: string): TransactionFiles;
  /** Runs a part whose failure undoes only what the part did, files, invalidations and messages included. */
  nested<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
  /** Runs an effect after the commit, in the order of registration. Its failure is reported, and changes nothing. */
  afterCommit(effect: () => void | Promise<void>): void;
}

/** A transaction that its holder ends. */
export interface OpenTransaction extends Transaction, AsyncDisposable {
  /** Commits. Throws what `UnitOfWork.run` throws. */
  commit(): Promise<void>;
  /** Undoes everything. Does nothing when it is over already. */
  rollback(): Promise<void>;
}

/**
 * Work on database, files, cache and messages that happens whole or not at all. The commit of the database is the one
 * point at which all of it becomes true; what is left to do after it (putting files in place, forgetting cached
 * values, delivering messages) is recorded in the same commit and done again after a crash.
 */
export interface UnitOfWork {
  /**
   * Runs work and commits it when it returns; undoes all of it when it throws, and then throws what the work threw.
   * Settles when the commit is durable and its files are in place. Errors: Conflict `TRANSACTION_NESTED`; Invalid
   * `TRANSACTION_UNAWAITED` when an operation was still under way as the work returned (nothing is committed); Timeout
   * `DEADLINE_EXCEEDED` (signal or deadline; nothing is committed); Timeout `WRITE_TIMEOUT`; Unavailable
   * `COMMIT_NOT_APPLIED`: committed, but some file could not be put in place yet; do not repeat it.
   */
  run<T>(work: (transaction: Transaction) => Promise<T>, options?: UnitOfWorkOptions): Promise<T>;

  /** Opens a transaction that rolls back when disposed of without a commit. Holds the writer until then. */
  begin(options?: UnitOfWorkOptions): Promise<OpenTransaction>;
}

export const unitOfWorkPort = definePort<UnitOfWork>('UnitOfWork', {
  run: { kind: 'write', idempotent: false },
  begin: { kind: 'write', idempotent: false },
});
