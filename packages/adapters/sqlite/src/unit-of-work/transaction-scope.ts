import type { AsyncLocalStorage } from 'node:async_hooks';
import { Conflict, Invalid } from '@markitect/domain';
import {
  invalidationName,
  type Transaction,
  type TransactionCache,
  type TransactionFiles,
  type TransactionOutbox,
} from '@markitect/ports';
import { addInvalidations } from '../cache/invalidation-rows.js';
import type { SqlExecutor } from '../engine/sql-executor.js';
import type { SqlValue } from '../engine/sqlite-handle.js';
import type { TrackerIdentity } from '../issues/issue-writes.js';
import { addToOutbox, type OutboxRow } from './outbox.js';
import { ScopeRepositories } from './scope-repositories.js';
import { TransactionFileChanges } from './transaction-files.js';
import type { Unit } from './unit.js';
import type { TransactionalFileStore, TransactionRepositoryFactory } from './unit-of-work-options.js';

/** What all units of work of one {@link SqliteUnitOfWork} have in common. */
export interface ScopeContext {
  readonly files: Readonly<Record<string, TransactionalFileStore>>;
  readonly repositories: Readonly<Record<string, TransactionRepositoryFactory>>;
  readonly tracker: TrackerIdentity;
  /** Told of a commit that may let a task begin. */
  readonly tasksChanged: () => void;
  readonly current: AsyncLocalStorage<{ readonly isOpen: boolean }>;
  readonly fault: ((point: string) => void | Promise<void>) | undefined;
}

type Effect = () => void | Promise<void>;

/**
 * A transaction as the work of a unit of work, or of a nested part of one, sees it. Its operations run one after the
 * other in the order of the calls, however many are asked for at once. After a statement that failed it can only be
 * undone: part of what the failed operation did may be there.
 */
export class TransactionScope extends ScopeRepositories implements Transaction, SqlExecutor {
  readonly unit: Unit;
  readonly context: ScopeContext;
  readonly #parent: TransactionScope | undefined;
  readonly #underWay: string[] = [];
  #last: Promise<unknown> = Promise.resolve();
  #isFinished = false;
  #spoilt: { readonly error: unknown } | undefined;
  #effects: Effect[] = [];
  #staged: (() => Promise<unknown>)[] = [];

  constructor(context: ScopeContext, unit: Unit, parent?: TransactionScope) {
    super();
    this.context = context;
    this.unit = unit;
    this.#parent = parent;
    for (const [name, factory] of Object.entries(context.repositories)) {
      Object.defineProperty(this, name, { value: this.repository(name, factory(this)), enumerable: true });
    }
  }

  get cache(): TransactionCache {
    return {
      invalidate: (keys) => this.#invalidate('cache.invalidate', 'key', keys),
      invalidateTags: (tags) => this.#invalidate('cache.invalidateTags', 'tag', tags),
    };
  }

  get outbox(): TransactionOutbox {
    return { send: (topic, payload) => this.#leave('outbox.send', 'message', topic, payload) };
  }

  files(root: string): TransactionFiles {
    this.requireOpen();
    const { files } = this.context;
    const store = Object.hasOwn(files, root) ? files[root] : undefined;
    if (store !== undefined) return new TransactionFileChanges(this, root, store);
    const known = Object.keys(files);
    throw new Invalid(
      'FILE_ROOT_UNKNOWN',
      `there is no root "${root}"; there is ${known.join(', ') || 'none'}`,
      { details: { root, known } },
    );
  }

  nested<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.operation('nested', async () => {
      await this.run('SAVEPOINT part');
      const inner = new TransactionScope(this.context, this.unit, this);
      let result: T;
      try {
        result = await inner.perform(work);
      } catch (error) {
        // The whole unit of work may be over meanwhile, and the connection somebody else's.
        if (this.isOpen) {
          await this.run('ROLLBACK TO part');
          await this.run('RELEASE part');
          await inner.discardStaged();
        }
        throw error;
      }
      await this.run('RELEASE part');
      this.#effects.push(...inner.#effects);
      this.#staged.push(...inner.#staged);
      return result;
    });
  }

  afterCommit(effect: Effect): void {
    this.requireOpen();
    this.#effects.push(effect);
  }

  /** What is to run after the commit, in the order of registration. */
  get effects(): readonly Effect[] {
    return this.#effects;
  }

  /** Whether operations may still be asked for. */
  get isOpen(): boolean {
    return !this.#isFinished && this.unit.interruption.error === undefined && (this.#parent?.isOpen ?? true);
  }

  /** Throws why no operation may be asked for any more. */
  requireOpen(): void {
    const { error } = this.unit.interruption;
    if (error !== undefined) throw error;
    if (!this.isOpen) {
      throw new Conflict(
        'TRANSACTION_FINISHED',
        'the transaction is over; nothing can be done in it any more',
      );
    }
    if (this.#spoilt !== undefined) throw this.#spoilt.error;
  }

  /**
   * Runs work on this transaction and finishes it. Throws what the work throws, Invalid `TRANSACTION_UNAWAITED` when
   * it has left something under way. Then no statement and no file operation of it runs any more.
   */
  async perform<T>(work: (transaction: this) => Promise<T>): Promise<T> {
    try {
      const result = await this.context.current.run(this, work, this);
      const [operation] = this.#underWay;
      if (operation === undefined) {
        this.requireOpen();
        return result;
      }
      throw new Invalid(
        'TRANSACTION_UNAWAITED',
        `${operation} was still under way when the work returned; nothing of it is committed`,
        { details: { operation } },
      );
    } finally {
      this.#isFinished = true;
      if (!this.unit.isIdle) await this.unit.idle();
    }
  }

  /** Ends it from outside, whatever its work is doing; settles when none of its operations touches anything any more. */
  async finish(): Promise<void> {
    this.#isFinished = true;
    await this.unit.idle();
  }

  /** One operation at a time, in the order of the calls. */
  operation<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.#underWay.length;
    const done = this.#operate(name, work, this.#last);
    // Whoever forgets the promise learns of it from the unit of work; it must not end the process besides.
    const settled = done.catch(() => undefined);
    // One that is refused settles before those that are under way.
    if (this.#underWay.length > before) this.#last = settled;
    return done;
  }

  async all<Row>(sql: string, parameters?: readonly SqlValue[]): Promise<Row[]> {
    this.requireOpen();
    try {
      return await this.unit.track(this.unit.connection.all<Row>(sql, parameters));
    } catch (error) {
      throw this.#spoil(error);
    }
  }

  async run(sql: string, parameters?: readonly SqlValue[]): Promise<number> {
    this.requireOpen();
    try {
      return await this.unit.track(this.unit.connection.run(sql, parameters));
    } catch (error) {
      throw this.#spoil(error);
    }
  }

  /** Records something to be done after the commit. */
  async leave(row: Pick<OutboxRow, 'kind' | 'root' | 'target'>, payload: Parameters<typeof addToOutbox>[2]) {
    const { unit } = this;
    unit.hasEffects = true;
    unit.hasOutbox = true;
    if (row.root !== '') unit.hasFiles = true;
    const { fault } = this.context;
    if (fault !== undefined) await fault('before-outbox');
    await addToOutbox(this, { unit: unit.id, ...row }, payload);
    if (fault !== undefined) await fault('after-outbox');
  }

  /** Remembers a staged file that has no use unless this is committed. */
  ownStaged(discard: () => Promise<unknown>): void {
    this.#staged.push(discard);
  }

  /** Removes the staged files of what is undone. What cannot be removed now is swept by the next recovery. */
  async discardStaged(): Promise<void> {
    const staged = this.#staged;
    this.#staged = [];
    await Promise.all(staged.map((discard) => discard().catch(() => undefined)));
  }

  /** Part of the transaction like any row; to be announced after the commit. */
  #invalidate(operation: string, kind: 'key' | 'tag', names: readonly string[]): Promise<void> {
    const logged = names.map((name) => invalidationName({ kind, name }));
    return this.operation(operation, async () => {
      if (logged.length === 0) return;
      this.unit.hasEffects = true;
      this.unit.hasInvalidations = true;
      const { fault } = this.context;
      if (fault !== undefined) await fault('before-invalidate');
      await addInvalidations(this, logged);
      if (fault !== undefined) await fault('after-invalidate');
    });
  }

  /** Once is enough, however many tasks there are. */
  protected announceTasks(): void {
    const { tasksChanged } = this.context;
    if (!this.#effects.includes(tasksChanged)) this.#effects.push(tasksChanged);
  }

  #leave(name: string, kind: OutboxRow['kind'], target: string, payload: Parameters<typeof addToOutbox>[2]) {
    return this.operation(name, () => this.leave({ kind, root: '', target }, payload));
  }

  async #operate<T>(name: string, work: () => Promise<T>, before: Promise<unknown>): Promise<T> {
    this.requireOpen();
    this.#refuseInsidePart(name);
    const isNext = this.#underWay.length === 0;
    this.#underWay.push(name);
    try {
      if (!isNext) {
        await before;
        this.requireOpen();
      }
      return await work();
    } finally {
      this.#underWay.splice(this.#underWay.indexOf(name), 1);
    }
  }

  /** An operation of this transaction, asked for by the work of a nested part, would wait for the end of that part. */
  #refuseInsidePart(name: string): void {
    const current = this.context.current.getStore();
    if (current === this || !(current instanceof TransactionScope) || !current.isOpen) return;
    for (let each = current.#parent; each !== undefined; each = each.#parent) {
      if (each !== this) continue;
      throw new Conflict('TRANSACTION_NESTED', `${name}: use the transaction of the nested part`);
    }
  }

  #spoil(error: unknown): unknown {
    this.#spoilt ??= { error };
    return error;
  }
}
