import { Conflict, type MarkitectError } from '@markitect/domain';
import type { OpenTransaction, Transaction, UnitOfWork, UnitOfWorkOptions } from '@markitect/ports';
import { announceInvalidations, unannounced } from '../cache/announce-invalidations.js';
import type { WriterHold } from '../engine/sqlite-writer.js';
import { LOCAL_TRACKER } from '../issues/issue-writes.js';
import type { SqliteConnection } from '../sqlite.connection.js';
import { taskBell } from '../tasks/task-bell.js';
import { Interruption } from './interruption.js';
import { notApplied, OutboxApplier } from './outbox-applier.js';
import { OpenScope } from './open-scope.js';
import { performUnit } from './perform-unit.js';
import { type ScopeContext, TransactionScope } from './transaction-scope.js';
import type { Unit } from './unit.js';
import type {
  EffectFailure,
  NoRepositories,
  SqliteUnitOfWorkOptions,
  TransactionRepositoryFactory,
} from './unit-of-work-options.js';
import { UnitQueue } from './unit-queue.js';

/** What a transaction has besides what every transaction has. */
export type AddedRepositories<R extends Record<string, TransactionRepositoryFactory>> = {
  readonly [Name in keyof R]: ReturnType<R[Name]>;
};

/** What a recovery did. */
export interface RecoveryReport {
  /** Effects of earlier commits that had not been applied. */
  readonly applied: number;
  /** Staged files that belonged to no commit. */
  readonly swept: number;
}

/** What is committed and not done yet. */
export interface PendingEffects {
  readonly count: number;
  /** When the oldest of it was recorded. */
  readonly since?: string;
}

/**
 * Units of work over a SQLite database, files, caches and messages. They take turns in the order in which they came,
 * fairly with the writes of the plain repositories; those that wait share a commit, each in a savepoint. The connection
 * must be open and migrated; call {@link recover} once before the first unit of work.
 */
export class SqliteUnitOfWork<
  R extends Record<string, TransactionRepositoryFactory> = NoRepositories,
> implements UnitOfWork {
  readonly #connection: SqliteConnection;
  readonly #context: ScopeContext;
  readonly #applier: OutboxApplier;
  readonly #queue: UnitQueue;
  readonly #report: (failure: EffectFailure) => void;

  constructor(connection: SqliteConnection, options: SqliteUnitOfWorkOptions<R> = {}) {
    this.#connection = connection;
    this.#context = {
      files: options.files ?? {},
      repositories: options.repositories ?? {},
      tracker: { source: LOCAL_TRACKER, user: options.issueUser ?? 'local', now: () => new Date() },
      tasksChanged: () => taskBell(connection).ring(),
      current: connection.unitOfWork,
      fault: options.fault,
    };
    this.#report = options.onEffectFailure ?? (() => undefined);
    this.#applier = new OutboxApplier({
      context: this.#context,
      handlers: options.handlers ?? {},
      report: this.#report,
      handlerDeadlineMs: connection.writeTimeoutMs,
    });
    this.#queue = new UnitQueue(
      () => connection.writer(),
      (hold, units) => this.#afterCommit(hold, units),
      { fault: options.fault, maxAgeMs: options.maxGroupAgeMs },
    );
  }

  run<T>(
    work: (transaction: Transaction & AddedRepositories<R>) => Promise<T>,
    options: UnitOfWorkOptions = {},
  ): Promise<T> {
    const around = this.#connection.unitOfWork.getStore();
    // The repositories are put there by the constructor of a transaction.
    const inner = work as (transaction: Transaction) => Promise<T>;
    if (around instanceof TransactionScope && around.isOpen) return this.#join(around, inner, options);
    return this.#run((unit) => new TransactionScope(this.#context, unit), inner, options);
  }

  /** As the port says. Inside another unit of work it is refused: Conflict `TRANSACTION_NESTED`. */
  async begin(options: UnitOfWorkOptions = {}): Promise<OpenTransaction & AddedRepositories<R>> {
    if (this.#connection.unitOfWork.getStore()?.isOpen === true) throw nestedRefused();
    return (await OpenScope.open(
      (make, work) => this.#run(make, work, options),
      this.#context,
    )) as OpenScope & AddedRepositories<R>;
  }

  /**
   * Does what earlier commits have left undone, of this process or of one that is gone, and removes staged files that
   * belong to nobody. Any number of processes may do it at once; a second time there is nothing to do. Throws
   * Unavailable `COMMIT_NOT_APPLIED` when a file still cannot be put in place, and the errors of a write.
   * `early`: also ask receivers that have failed and are to be left alone for a while. Default: yes.
   */
  async recover({ early = true } = {}): Promise<RecoveryReport> {
    this.#connection.refuseInsideUnitOfWork('UnitOfWork.recover');
    const hold = await (await this.#connection.writer()).hold();
    try {
      const { done, failures, swept } = await this.#applier.apply(hold, this.#patience(), {
        sweep: true,
        early,
      });
      // Also those of a process that has ended between its commit and this.
      await this.#announce(hold);
      const [failure] = failures.values();
      if (failures.size > 0) throw notApplied(failure);
      return { applied: done, swept };
    } finally {
      hold.release();
    }
  }

  /** What is committed and still to be done, by whoever can. */
  async pending(): Promise<PendingEffects> {
    const [row] = await this.#connection
      .readers()
      .all<{ count: number; since: string | null }>(
        'SELECT count(*) AS count, min(created_at) AS since FROM outbox',
      );
    const { count, since } = row ?? { count: 0, since: null };
    return since === null ? { count } : { count, since };
  }

  async #run<Scope extends TransactionScope, T>(
    make: (unit: Unit) => Scope,
    work: (transaction: Scope) => Promise<T>,
    options: UnitOfWorkOptions,
  ): Promise<T> {
    const interruption = new Interruption(options, this.#connection.writeTimeoutMs);
    let turn;
    try {
      turn = await this.#queue.enter(interruption);
    } finally {
      if (turn === undefined) interruption.stop();
    }
    const scope = make(turn.unit);
    let result: T;
    try {
      result = await performUnit(scope, work);
    } catch (error) {
      await this.#queue.abandon(turn);
      await scope.discardStaged();
      throw error;
    }
    try {
      await this.#queue.complete(turn);
    } catch (error) {
      if (!isCommitted(error)) await scope.discardStaged();
      else await this.#runEffects(scope);
      throw error;
    }
    if (scope.effects.length > 0) await this.#runEffects(scope);
    return result;
  }

  async #join<T>(
    around: TransactionScope,
    work: (transaction: Transaction) => Promise<T>,
    options: UnitOfWorkOptions,
  ): Promise<T> {
    if (options.inside === 'refuse') throw nestedRefused();
    const interruption = new Interruption(options, this.#connection.writeTimeoutMs);
    interruption.stop();
    if (interruption.error !== undefined) throw interruption.error;
    return around.nested(work);
  }

  async #runEffects(scope: TransactionScope): Promise<void> {
    for (const effect of scope.effects) {
      try {
        await effect();
      } catch (error) {
        this.#report({ effect: 'after-commit', target: '', error });
      }
    }
  }

  /** Puts files in place and so on, for a whole group. It is committed, whatever goes wrong here. */
  async #afterCommit(hold: WriterHold, units: readonly Unit[]): Promise<ReadonlyMap<Unit, MarkitectError>> {
    try {
      // Else a power cut could take the commit back and leave the files.
      if (units.some((unit) => unit.hasFiles)) await this.#connection.syncLog();
      const applied = units.some((unit) => unit.hasOutbox)
        ? await this.#applier.apply(hold, this.#patience())
        : undefined;
      if (applied?.hasInvalidated === true || units.some((unit) => unit.hasInvalidations)) {
        await this.#announce(hold);
      }
      const failures = applied?.failures ?? new Map<string, unknown>();
      return new Map(
        units.filter(({ id }) => failures.has(id)).map((unit) => [unit, notApplied(failures.get(unit.id))]),
      );
    } catch (error) {
      return new Map(units.map((unit) => [unit, notApplied(error)]));
    }
  }

  async #announce(hold: WriterHold): Promise<void> {
    const { fault } = this.#context;
    if (fault !== undefined) await fault('before-announce');
    const { generation } = this.#connection;
    const catchUp = () => this.#applier.apply(hold, this.#patience());
    const isAnnounced = await announceInvalidations(generation, hold, this.#patience(), catchUp);
    if (!isAnnounced) await unannounced();
    if (fault !== undefined) await fault('after-announce');
  }

  #patience(): () => boolean {
    const deadline = performance.now() + this.#connection.writeTimeoutMs;
    return () => performance.now() < deadline;
  }
}

function isCommitted(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'COMMIT_NOT_APPLIED';
}

function nestedRefused(): Conflict {
  return new Conflict('TRANSACTION_NESTED', 'a unit of work is running already; use its transaction');
}
