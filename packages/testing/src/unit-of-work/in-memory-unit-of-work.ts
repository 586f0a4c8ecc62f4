import { Conflict, type MarkitectError, Unavailable } from '@markitect/domain';
import {
  type DocumentRepository,
  documentRepositoryPort,
  type FileStore,
  type InvalidationLog,
  type IssueRepository,
  type OpenTransaction,
  type Port,
  type ScrapingJobRepository,
  scrapingJobRepositoryPort,
  type SearchRepository,
  searchRepositoryPort,
  type SearchResultRepository,
  searchResultRepositoryPort,
  type TaskQueue,
  taskQueuePort,
  type TaskScheduleRepository,
  taskScheduleRepositoryPort,
  type TaskSignal,
  type Transaction,
  type UnitOfWork,
  type UnitOfWorkOptions,
  type WorkspaceRepository,
  workspaceRepositoryPort,
} from '@markitect/ports';
import { currentTransaction, InMemoryTransaction } from './in-memory-transaction.js';
import { Interruption } from './interruption.js';
import { callsThrough, issueCallsThrough, type PortCall, streamingCallsThrough } from './port-calls.js';
import {
  type Effect,
  type InvalidationEffect,
  type LeftEffect,
  type SentMessage,
  WorkingState,
} from './working-state.js';
import { WriterQueue } from './writer-queue.js';

/**
 * A unit of work for tests that keeps its rows in memory and the whole contract. Files go to the stores it is given,
 * after the commit and in order; where one fails, what is left stays pending, and the next commit or `recover` goes on
 * with it.
 */
export class InMemoryUnitOfWork implements UnitOfWork {
  /** What others see of the documents. Its writes are units of work, refused inside of one. */
  readonly documents: DocumentRepository;
  /** What others see of the embedded tracker. Its writes are units of work, refused inside of one. */
  readonly issues: IssueRepository;
  /** What others see of the workspaces. Its writes are units of work, refused inside of one. */
  readonly workspaces: WorkspaceRepository;
  /** What others see of the searches. Their writes are units of work, refused inside of one; so with the next two. */
  readonly searches: SearchRepository;
  readonly scrapingJobs: ScrapingJobRepository;
  readonly searchResults: SearchResultRepository;
  /** What others see of the tasks. Its writes are units of work, refused inside of one. */
  readonly tasks: TaskQueue;
  readonly schedules: TaskScheduleRepository;
  /** The messages delivered so far. */
  readonly delivered: SentMessage[] = [];
  /** The cache keys and tags invalidated so far. */
  readonly invalidated = { keys: [] as string[], tags: [] as string[] };
  /** The errors of effects that were to run after a commit. */
  readonly reported: unknown[] = [];
  readonly #roots: Readonly<Record<string, FileStore>>;
  readonly #committed: WorkingState;
  readonly #writer = new WriterQueue();
  readonly #log: InvalidationLog | undefined;
  #pending: readonly LeftEffect[] = [];

  /**
   * `roots`: the file stores by the names of their roots; `user`: who writes to the embedded tracker; `log`: where caches
   * learn of invalidations, after the commit and before it is acknowledged.
   */
  constructor(roots: Readonly<Record<string, FileStore>> = {}, user = 'local', log?: InvalidationLog) {
    this.#roots = roots;
    this.#log = log;
    this.#committed = new WorkingState(user);
    this.issues = issueCallsThrough((call) => this.#answer(call, this.#committed.issues, (tx) => tx.issues));
    this.documents = streamingCallsThrough(documentRepositoryPort, (call) =>
      this.#answer(call, this.#committed.documents, (tx) => tx.documents),
    );
    this.workspaces = streamingCallsThrough(workspaceRepositoryPort, (call) =>
      this.#answer(call, this.#committed.workspaces, (tx) => tx.workspaces),
    );
    this.searches = streamingCallsThrough(searchRepositoryPort, (call) =>
      this.#answer(call, this.#committed.searches, (tx) => tx.searches),
    );
    this.scrapingJobs = this.#outside(
      scrapingJobRepositoryPort,
      this.#committed.scrapingJobs,
      (tx) => tx.scrapingJobs,
    );
    this.searchResults = streamingCallsThrough(searchResultRepositoryPort, (call) =>
      this.#answer(call, this.#committed.searchResults, (tx) => tx.searchResults),
    );
    this.tasks = streamingCallsThrough(taskQueuePort, (call) =>
      this.#answer(call, this.#committed.tasks, (tx) => tx.tasks),
    );
    this.schedules = this.#outside(taskScheduleRepositoryPort, this.#committed.schedules, schedulesOf);
  }

  async run<T>(work: (transaction: Transaction) => Promise<T>, options: UnitOfWorkOptions = {}): Promise<T> {
    const around = currentTransaction.getStore();
    if (around?.isOpen === true) return this.#join(around, work, options);
    const unit = await this.#open(options);
    const { transaction, interruption } = unit;
    const deadline = new Promise<never>((_, reject) =>
      interruption.onInterrupt((error) => {
        if (interruption.isDeadline) reject(error);
      }),
    );
    let result: T;
    try {
      result = await Promise.race([transaction.perform(work), deadline]);
      if (interruption.error !== undefined) throw interruption.error;
    } catch (error) {
      transaction.finish();
      unit.release();
      throw error;
    }
    await this.#commit(unit);
    return result;
  }

  async begin(options: UnitOfWorkOptions = {}): Promise<OpenTransaction> {
    if (currentTransaction.getStore()?.isOpen === true) throw nestedRefused();
    const unit = await this.#open(options);
    const { transaction, interruption } = unit;
    const rollback = () => {
      transaction.finish();
      unit.release();
    };
    interruption.onInterrupt(rollback);
    const end = {
      commit: async () => {
        try {
          transaction.requireSettled();
        } catch (error) {
          rollback();
          throw error;
        }
        transaction.finish();
        await this.#commit(unit);
      },
      rollback: async () => {
        await Promise.resolve();
        rollback();
      },
    };
    return {
      documents: transaction.documents,
      issues: transaction.issues,
      workspaces: transaction.workspaces,
      searches: transaction.searches,
      scrapingJobs: transaction.scrapingJobs,
      searchResults: transaction.searchResults,
      tasks: transaction.tasks,
      cache: transaction.cache,
      outbox: transaction.outbox,
      files: (root) => transaction.files(root),
      nested: (work) => transaction.nested(work),
      afterCommit: (effect) => transaction.afterCommit(effect),
      ...end,
      [Symbol.asyncDispose]: end.rollback,
    };
  }

  /** Tells of committed tasks; one for each worker. */
  taskSignal(): TaskSignal {
    return this.#committed.taskSignal();
  }

  /** Does what an earlier commit has left undone. Throws Unavailable `COMMIT_NOT_APPLIED`. */
  async recover(): Promise<void> {
    const leave = await this.#writer.enter(new Interruption({}));
    const isLate = this.#pending.length > 0;
    try {
      await this.#apply();
      if (isLate) await this.#log?.append([{ kind: 'all' }]);
    } finally {
      leave();
    }
  }

  async #join<T>(
    around: InMemoryTransaction,
    work: (transaction: Transaction) => Promise<T>,
    options: UnitOfWorkOptions,
  ): Promise<T> {
    if (options.inside === 'refuse') throw nestedRefused();
    const interruption = new Interruption(options);
    interruption.stop();
    if (interruption.error !== undefined) throw interruption.error;
    return around.nested(work);
  }

  async #open(options: UnitOfWorkOptions) {
    const interruption = new Interruption(options);
    const leave = await this.#writer.enter(interruption).finally(() => {
      if (interruption.error !== undefined) interruption.stop();
    });
    const state = await this.#committed.copy();
    const transaction = new InMemoryTransaction({ roots: this.#roots, interruption }, state);
    const release = () => {
      interruption.stop();
      leave();
    };
    return { transaction, state, interruption, release };
  }

  /** The commit point, and what comes after it. The writer is free before the effects of the caller run. */
  async #commit({ state, release }: { state: WorkingState; release: () => void }): Promise<void> {
    let failure: MarkitectError | undefined;
    const { effects, afterCommit } = state;
    this.#committed.becomeRowsOf(state);
    const isLate = this.#pending.length > 0;
    this.#pending = [...this.#pending, ...effects.filter(isLeft)];
    try {
      await this.#apply();
      if (isLate) await this.#log?.append([{ kind: 'all' }]);
    } catch (error) {
      failure = error as MarkitectError;
    }
    try {
      // After the files: what is made of an old one must not count as new.
      await this.#invalidate(effects.filter((effect) => !isLeft(effect)));
    } finally {
      release();
    }
    for (const effect of afterCommit) {
      try {
        await effect();
      } catch (error) {
        this.reported.push(error);
      }
    }
    if (failure !== undefined) throw failure;
  }

  async #apply(): Promise<void> {
    for (let [effect] = this.#pending; effect !== undefined; [effect] = this.#pending) {
      try {
        await this.#applyOne(effect);
      } catch (error) {
        throw new Unavailable('COMMIT_NOT_APPLIED', 'committed, but a file could not be put in place', {
          cause: error,
          retryable: false,
        });
      }
      this.#pending = this.#pending.slice(1);
    }
  }

  async #invalidate(invalidated: readonly InvalidationEffect[]): Promise<void> {
    if (invalidated.length > 0) await this.#log?.append(invalidated);
    for (const { kind, name } of invalidated) this.invalidated[kind === 'key' ? 'keys' : 'tags'].push(name);
  }

  async #applyOne(effect: LeftEffect): Promise<void> {
    switch (effect.kind) {
      case 'file': {
        const store = this.#roots[effect.root];
        if (effect.content === undefined) await store?.remove(effect.path);
        else await store?.write(effect.path, effect.content);
        break;
      }
      case 'message':
        this.delivered.push({ topic: effect.topic, payload: effect.payload });
    }
  }

  #outside<P extends object>(port: Port<P>, committed: P, inside: (transaction: Transaction) => P): P {
    return callsThrough(port, (call) => this.#answer(call, committed, inside));
  }

  #answer<P>(call: PortCall<P>, committed: P, inside: (transaction: Transaction) => P): Promise<unknown> {
    return call.kind === 'read'
      ? call.on(committed)
      : this.run((transaction) => call.on(inside(transaction)), { inside: 'refuse' });
  }
}

/** Schedules are no part of the port, and yet of the rows that a unit of work copies. */
function schedulesOf(transaction: Transaction): TaskScheduleRepository {
  if (transaction instanceof InMemoryTransaction) return transaction.schedules;
  throw new Error('a transaction of somebody else');
}

function isLeft(effect: Effect): effect is LeftEffect {
  return effect.kind === 'file' || effect.kind === 'message';
}

const nestedRefused = () =>
  new Conflict('TRANSACTION_NESTED', 'a unit of work is running already: use its transaction');
