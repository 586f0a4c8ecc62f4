import {
  type Issue,
  type IssueComment,
  type IssueDraft,
  type IssueEdit,
  type IssueEvent,
  type IssueNumber,
  type IssueQuery,
  isMarkitectError,
  type Label,
  type Milestone,
  NotSupported,
  type Page,
  type PageRequest,
} from '@markitect/domain';
import type { IssueBlockers, IssueHit, IssueIndex, IssueRepository, IssueSearch } from '@markitect/ports';
import { GroupCommit, type Outcome } from '../engine/group-commit.js';
import type { SqlReader } from '../engine/sql-executor.js';
import type { SqliteConnection } from '../sqlite.connection.js';
import { countIssues, listIssues, streamPages } from './issue-pages.js';
import {
  readBlocked,
  readBlockers,
  readComments,
  readIssue,
  readIssues,
  readLabels,
  readMilestones,
  readOpenBlockers,
  readTimeline,
} from './issue-reads.js';
import { searchIssues } from './issue-search.js';
import { IssueWrites } from './issue-writes.js';

/** Which issues of the database, and who writes them. */
export interface SqliteIssueOptions {
  /** `LOCAL_TRACKER` for the embedded tracker; for a mirror the name it was filled under. */
  readonly source: string;
  /** The author of what is written. */
  readonly user: string;
  /** Whether it may be changed. Default true; false for a mirror. */
  readonly writable?: boolean;
  /** The clock. Default: that of the machine. */
  readonly now?: () => Date;
}

type Write = (writes: IssueWrites) => Promise<unknown>;

/**
 * The issues of one tracker in a SQLite database, and their full texts. Writes that wait together are committed
 * together. Errors as the ports say, and Conflict `TRANSACTION_NESTED` for writes inside a unit of work; the connection
 * must be open. Any name may be assigned. The timeline of a mirror has the comments only.
 */
export class SqliteIssueRepository implements IssueRepository, IssueIndex, IssueBlockers {
  readonly #connection: SqliteConnection;
  readonly #source: string;
  readonly #isWritable: boolean;
  readonly #writes: GroupCommit<Write, unknown>;

  constructor(connection: SqliteConnection, options: SqliteIssueOptions) {
    const { source, user, writable = true, now = () => new Date() } = options;
    this.#connection = connection;
    this.#source = source;
    this.#isWritable = writable;
    let requests = 0;
    this.#writes = new GroupCommit<Write, unknown>(() => connection.writer(), {
      // Writes are done one after the other: any may share a commit.
      keyOf: () => String((requests += 1)),
      weightOf: () => 0,
      maxRequests: 256,
      maxWeight: 1,
      write: (transaction, group) => writeGroup(new IssueWrites(transaction, { source, user, now }), group),
    });
  }

  async get(number: IssueNumber): Promise<Issue | undefined> {
    return readIssue(this.#reader(), this.#source, number);
  }

  async getMany(numbers: readonly IssueNumber[]): Promise<readonly (Issue | undefined)[]> {
    return readIssues(this.#reader(), this.#source, numbers);
  }

  async list(query: IssueQuery, page: PageRequest = {}): Promise<Page<Issue>> {
    return listIssues(this.#reader(), this.#source, query, page);
  }

  stream(query: IssueQuery): AsyncIterable<Issue> {
    return streamPages((page) => this.list(query, page));
  }

  async count(query: IssueQuery): Promise<number> {
    return countIssues(this.#reader(), this.#source, query);
  }

  async create(draft: IssueDraft): Promise<Issue> {
    return this.#write('create', (writes) => writes.create(draft));
  }

  async edit(number: IssueNumber, edit: IssueEdit, version?: string): Promise<Issue> {
    return this.#write('edit', (writes) => writes.edit(number, edit, version));
  }

  async comments(number: IssueNumber): Promise<readonly IssueComment[]> {
    return readComments(this.#reader(), this.#source, number);
  }

  async comment(number: IssueNumber, body: string): Promise<IssueComment> {
    return this.#write('comment', (writes) => writes.comment(number, body));
  }

  async blockers(number: IssueNumber): Promise<readonly Issue[]> {
    return readBlockers(this.#reader(), this.#source, number);
  }

  async blocked(number: IssueNumber): Promise<readonly Issue[]> {
    return readBlocked(this.#reader(), this.#source, number);
  }

  /** One statement for all of them. Of a mirror that was never filled: that nothing waits. */
  async openBlockers(
    numbers: readonly IssueNumber[],
  ): Promise<ReadonlyMap<IssueNumber, readonly IssueNumber[]>> {
    return readOpenBlockers(this.#reader(), this.#source, numbers);
  }

  async block(number: IssueNumber, by: IssueNumber): Promise<void> {
    return this.#write('block', (writes) => writes.block(number, by));
  }

  async unblock(number: IssueNumber, by: IssueNumber): Promise<void> {
    return this.#write('unblock', (writes) => writes.unblock(number, by));
  }

  async timeline(number: IssueNumber, page: PageRequest = {}): Promise<Page<IssueEvent>> {
    return readTimeline(this.#reader(), this.#source, number, page);
  }

  async labels(): Promise<readonly Label[]> {
    return readLabels(this.#reader(), this.#source);
  }

  async saveLabel(label: Label): Promise<Label> {
    return this.#write('saveLabel', (writes) => writes.saveLabel(label));
  }

  async milestones(): Promise<readonly Milestone[]> {
    return readMilestones(this.#reader(), this.#source);
  }

  async saveMilestone(milestone: Milestone): Promise<Milestone> {
    return this.#write('saveMilestone', (writes) => writes.saveMilestone(milestone));
  }

  async search(search: IssueSearch): Promise<Page<IssueHit>> {
    return searchIssues(this.#reader(), this.#source, search);
  }

  #reader(): SqlReader {
    return this.#connection.readers();
  }

  async #write<T>(operation: string, write: (writes: IssueWrites) => Promise<T>): Promise<T> {
    if (!this.#isWritable) {
      throw new NotSupported(
        'ISSUES_READ_ONLY',
        `the issues of ${this.#source} are a mirror, which is only read`,
        {
          details: { source: this.#source },
        },
      );
    }
    this.#connection.refuseInsideUnitOfWork(`IssueRepository.${operation}`);
    return (await this.#writes.submit(write)) as T;
  }
}

/** Does writes in their order. One that is refused has changed nothing, and the others do not notice. */
async function writeGroup(writes: IssueWrites, group: readonly Write[]): Promise<Outcome<unknown>[]> {
  const outcomes: Outcome<unknown>[] = [];
  for (const write of group) {
    try {
      outcomes.push({ value: await write(writes) });
    } catch (error) {
      if (!isRefusal(error)) throw error;
      outcomes.push({ error });
    }
  }
  return outcomes;
}

/** Whether a write was refused for what it asks, and not because the database failed. */
function isRefusal(error: unknown): boolean {
  return isMarkitectError(error) && ['NotFound', 'Conflict', 'Invalid', 'Forbidden'].includes(error.kind);
}
