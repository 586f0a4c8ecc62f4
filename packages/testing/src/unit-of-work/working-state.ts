import type { JsonValue } from '@markitect/domain';
import type { FileStore } from '@markitect/ports';
import { InMemoryDocumentRepository } from '../documents/in-memory-document-repository.js';
import { InMemoryFileStore } from '../files/in-memory-file-store.js';
import { InMemoryIssueRepository } from '../issues/in-memory-issue-repository.js';
import { InMemoryScrapingJobRepository } from '../research/in-memory-scraping-job-repository.js';
import { InMemorySearchRepository } from '../research/in-memory-search-repository.js';
import { InMemorySearchResultRepository } from '../research/in-memory-search-result-repository.js';
import { ResearchBook } from '../research/research-book.js';
import { InMemoryTaskQueue } from '../tasks/in-memory-task-queue.js';
import { InMemoryTaskScheduleRepository } from '../tasks/in-memory-task-schedule-repository.js';
import { InMemoryTaskSignal } from '../tasks/in-memory-task-signal.js';
import { TaskBook } from '../tasks/task-book.js';
import { InMemoryWorkspaceRepository } from '../workspaces/in-memory-workspace-repository.js';

/** A message that has been sent. */
export interface SentMessage {
  readonly topic: string;
  readonly payload: JsonValue;
}

/** Something to be done once the commit has happened, and done again when it fails. */
export type LeftEffect =
  | { readonly kind: 'file'; readonly root: string; readonly path: string; readonly content?: Uint8Array }
  | ({ readonly kind: 'message' } & SentMessage);

/** An invalidation that is true with the commit. */
export interface InvalidationEffect {
  readonly kind: 'key' | 'tag';
  readonly name: string;
}

/** What a unit of work leaves behind besides its rows. */
export type Effect = LeftEffect | InvalidationEffect;

/** What a unit of work sees, rows and files, and what it leaves to be done. */
export class WorkingState {
  readonly documents = new InMemoryDocumentRepository();
  readonly issues: InMemoryIssueRepository;
  readonly workspaces = new InMemoryWorkspaceRepository();
  readonly searches: InMemorySearchRepository;
  readonly scrapingJobs: InMemoryScrapingJobRepository;
  readonly searchResults: InMemorySearchResultRepository;
  readonly tasks: InMemoryTaskQueue;
  readonly schedules: InMemoryTaskScheduleRepository;
  readonly #research = new ResearchBook();
  readonly #tasks = new TaskBook();
  effects: readonly Effect[] = [];
  afterCommit: readonly (() => void | Promise<void>)[] = [];
  #files = new Map<string, InMemoryFileStore>();
  readonly #user: string;

  /** `user`: the author of what is written to the tracker. */
  constructor(user: string) {
    this.#user = user;
    this.issues = new InMemoryIssueRepository({ user });
    this.searches = new InMemorySearchRepository(this.#research);
    this.scrapingJobs = new InMemoryScrapingJobRepository(this.#research);
    this.searchResults = new InMemorySearchResultRepository(this.#research);
    this.tasks = new InMemoryTaskQueue(this.#tasks);
    this.schedules = new InMemoryTaskScheduleRepository(this.#tasks);
  }

  taskSignal(): InMemoryTaskSignal {
    return new InMemoryTaskSignal(this.#tasks);
  }

  /** The files below a root; copied from the store that others see when first asked for. */
  async filesOf(root: string, store: FileStore): Promise<InMemoryFileStore> {
    const files = this.#files.get(root) ?? (await copyOf(store));
    this.#files.set(root, files);
    return files;
  }

  async copy(): Promise<WorkingState> {
    const copy = new WorkingState(this.#user);
    copy.become(this);
    for (const [root, store] of copy.#files) copy.#files.set(root, await copyOf(store));
    return copy;
  }

  /** Takes over everything from another state. */
  become(other: WorkingState): void {
    this.becomeRowsOf(other);
    this.effects = other.effects;
    this.afterCommit = other.afterCommit;
    this.#files = new Map(other.#files);
  }

  /** Takes over the rows alone. */
  becomeRowsOf(other: WorkingState): void {
    this.documents.become(other.documents);
    this.issues.book.become(other.issues.book);
    this.workspaces.become(other.workspaces);
    this.#research.become(other.#research);
    this.#tasks.become(other.#tasks);
  }
}

async function copyOf(store: FileStore): Promise<InMemoryFileStore> {
  const copy = new InMemoryFileStore();
  for await (const { path } of store.list()) await copy.write(path, (await store.read(path)).bytes);
  return copy;
}
