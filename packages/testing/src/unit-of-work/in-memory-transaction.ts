import { AsyncLocalStorage } from 'node:async_hooks';
import { Conflict, Invalid, isMarkitectError, type JsonValue } from '@markitect/domain';
import {
  type DocumentRepository,
  documentRepositoryPort,
  type FileStore,
  type IssueRepository,
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
  type Transaction,
  type TransactionCache,
  type TransactionFiles,
  type TransactionOutbox,
  type WorkspaceRepository,
  workspaceRepositoryPort,
} from '@markitect/ports';
import type { InMemoryFileStore } from '../files/in-memory-file-store.js';
import type { Interruption } from './interruption.js';
import { callsThrough, issueCallsThrough, streamingCallsThrough } from './port-calls.js';
import type { Effect, WorkingState } from './working-state.js';

/** The transaction whose work is running. */
export const currentTransaction = new AsyncLocalStorage<InMemoryTransaction>();

/** What the transactions of one unit of work share. */
export interface UnitContext {
  readonly roots: Readonly<Record<string, FileStore>>;
  readonly interruption: Interruption;
}

/**
 * A transaction on a state of its own, which whoever opened it adopts or drops. Its operations run one after the other,
 * each in a later turn of the event loop, so that one that nobody waits for is still under way when the work returns.
 */
export class InMemoryTransaction implements Transaction {
  readonly documents: DocumentRepository;
  readonly issues: IssueRepository;
  readonly workspaces: WorkspaceRepository;
  readonly searches: SearchRepository;
  readonly scrapingJobs: ScrapingJobRepository;
  readonly searchResults: SearchResultRepository;
  readonly tasks: TaskQueue;
  /** No part of the port: what the schedules that others see write with. */
  readonly schedules: TaskScheduleRepository;
  readonly cache: TransactionCache;
  readonly outbox: TransactionOutbox;
  readonly #context: UnitContext;
  readonly #state: WorkingState;
  readonly #parent: InMemoryTransaction | undefined;
  readonly #underWay: string[] = [];
  #queue: Promise<unknown> = Promise.resolve();
  #finished = false;

  constructor(context: UnitContext, state: WorkingState, parent?: InMemoryTransaction) {
    this.#context = context;
    this.#state = state;
    this.#parent = parent;
    this.documents = streamingCallsThrough(documentRepositoryPort, (call) =>
      this.#operate(call.name, () => call.on(state.documents)),
    );
    this.issues = issueCallsThrough((call) => this.#operate(call.name, () => call.on(state.issues)));
    this.workspaces = streamingCallsThrough(workspaceRepositoryPort, (call) =>
      this.#operate(call.name, () => call.on(state.workspaces)),
    );
    this.searches = streamingCallsThrough(searchRepositoryPort, (call) =>
      this.#operate(call.name, () => call.on(state.searches)),
    );
    this.scrapingJobs = callsThrough(scrapingJobRepositoryPort, (call) =>
      this.#operate(call.name, () => call.on(state.scrapingJobs)),
    );
    this.searchResults = streamingCallsThrough(searchResultRepositoryPort, (call) =>
      this.#operate(call.name, () => call.on(state.searchResults)),
    );
    this.tasks = streamingCallsThrough(taskQueuePort, (call) =>
      this.#operate(call.name, () => call.on(state.tasks)),
    );
    this.schedules = callsThrough(taskScheduleRepositoryPort, (call) =>
      this.#operate(call.name, () => call.on(state.schedules)),
    );
    this.cache = {
      invalidate: (keys) =>
        this.#leave(
          'cache.invalidate',
          keys.map((name) => ({ kind: 'key', name })),
        ),
      invalidateTags: (tags) =>
        this.#leave(
          'cache.invalidateTags',
          tags.map((name) => ({ kind: 'tag', name })),
        ),
    };
    this.outbox = {
      send: (topic: string, payload: JsonValue) =>
        this.#leave('outbox.send', [{ kind: 'message', topic, payload: structuredClone(payload) }]),
    };
  }

  get isOpen(): boolean {
    return !this.#finished && (this.#parent?.isOpen ?? true);
  }

  /** Whether it is another transaction, or a nested part of it at any depth. */
  isInside(other: InMemoryTransaction): boolean {
    return this === other || (this.#parent?.isInside(other) ?? false);
  }

  files(root: string): TransactionFiles {
    this.#requireOpen();
    const store = Object.hasOwn(this.#context.roots, root) ? this.#context.roots[root] : undefined;
    if (store === undefined) {
      const known = Object.keys(this.#context.roots);
      throw new Invalid('FILE_ROOT_UNKNOWN', `there is no root "${root}", only ${known.join(', ')}`, {
        details: { root, known },
      });
    }
    const operate = <T>(name: string, work: (files: InMemoryFileStore) => Promise<T>) =>
      this.#operate(`files.${name}`, async () => work(await this.#state.filesOf(root, store)));
    const written = async (files: InMemoryFileStore, path: string) =>
      this.#add({ kind: 'file', root, path, content: (await files.read(path)).bytes });
    return {
      read: (path) => operate('read', (files) => readIfThere(files, path)),
      write: (path, content) => {
        const given = content.slice();
        return operate('write', async (files) => {
          await files.write(path, given);
          await written(files, path);
        });
      },
      copy: (from, to) =>
        operate('copy', async (files) => {
          await files.copy(from, to);
          await written(files, to);
        }),
      move: (from, to) =>
        operate('move', async (files) => {
          await files.move(from, to);
          this.#add({ kind: 'file', root, path: from });
          await written(files, to);
        }),
      remove: (path) =>
        operate('remove', async (files) => {
          const found = await files.remove(path);
          if (found) this.#add({ kind: 'file', root, path });
          return found;
        }),
    };
  }

  nested<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.#operate('nested', async () => {
      const state = await this.#state.copy();
      const inner = new InMemoryTransaction(this.#context, state, this);
      const result = await inner.perform(work);
      this.#requireOpen();
      this.#state.become(state);
      return result;
    });
  }

  afterCommit(effect: () => void | Promise<void>): void {
    this.#requireOpen();
    this.#state.afterCommit = [...this.#state.afterCommit, effect];
  }

  /** Runs work on this transaction and ends it. */
  async perform<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    try {
      const result = await currentTransaction.run(this, async () => work(this));
      this.requireSettled();
      return result;
    } finally {
      this.finish();
    }
  }

  /** Throws what keeps the transaction from being committed. */
  requireSettled(): void {
    this.#requireOpen();
    const [operation] = this.#underWay;
    if (operation === undefined) return;
    throw new Invalid(
      'TRANSACTION_UNAWAITED',
      `${operation} was still under way when the work returned; nothing is committed`,
      { details: { operation } },
    );
  }

  finish(): void {
    this.#finished = true;
  }

  #requireOpen(): void {
    const { error } = this.#context.interruption;
    if (error !== undefined) throw error;
    if (!this.isOpen) throw new Conflict('TRANSACTION_FINISHED', 'the transaction is over');
  }

  #leave(name: string, effects: readonly Effect[]): Promise<void> {
    return this.#operate(name, async () => {
      this.#add(...effects);
      await Promise.resolve();
    });
  }

  #add(...effects: readonly Effect[]): void {
    this.#state.effects = [...this.#state.effects, ...effects];
  }

  #operate<T>(name: string, work: () => Promise<T>): Promise<T>;
  #operate(name: string, work: () => Promise<unknown>): Promise<unknown> {
    const done = this.#enqueue(name, work);
    // Whoever forgets the promise learns it from the unit of work; it must not end the process besides.
    done.catch(() => undefined);
    return done;
  }

  async #enqueue(name: string, work: () => Promise<unknown>): Promise<unknown> {
    this.#requireOpen();
    this.#requireNoneInside(name);
    this.#underWay.push(name);
    try {
      const before = this.#queue;
      const turn = before.then(async () => {
        await new Promise((resolve) => setImmediate(resolve));
        this.#requireOpen();
        return work();
      });
      this.#queue = turn.catch(() => undefined);
      return await turn;
    } finally {
      this.#underWay.splice(this.#underWay.indexOf(name), 1);
    }
  }

  /** An operation of this transaction, asked for by the work of a nested part, would wait for that part's end. */
  #requireNoneInside(name: string): void {
    const running = currentTransaction.getStore();
    if (running === undefined || running === this || !running.isInside(this)) return;
    throw new Conflict('TRANSACTION_NESTED', `${name}: use the transaction of the nested part`);
  }
}

async function readIfThere(files: FileStore, path: string): Promise<Uint8Array | undefined> {
  try {
    return (await files.read(path)).bytes;
  } catch (error) {
    if (isMarkitectError(error) && error.code === 'FILE_NOT_FOUND') return undefined;
    throw error;
  }
}
