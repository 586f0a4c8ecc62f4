import { randomUUID } from 'node:crypto';
import { isMarkitectError, type MarkitectError } from '@markitect/domain';
import type { SqlExecutor } from '../engine/sql-executor.js';
import type { Interruption } from './interruption.js';

/** One unit of work that has its turn on the writer connection. */
export class Unit {
  readonly interruption: Interruption;
  readonly connection: SqlExecutor;
  /** Whether it has left something to be done after the commit. */
  hasEffects = false;
  /** Whether some of that is in the outbox. */
  hasOutbox = false;
  /** Whether some of that are invalidations. */
  hasInvalidations = false;
  /** Whether some of what is in the outbox are files. */
  hasFiles = false;
  #id: string | undefined;
  #staged = 0;
  #underWay = 0;
  readonly #waiting: (() => void)[] = [];
  #fatal: MarkitectError | undefined;

  constructor(connection: SqlExecutor, interruption: Interruption) {
    this.connection = connection;
    this.interruption = interruption;
  }

  /** Names it among all units of work there ever are. */
  get id(): string {
    return (this.#id ??= randomUUID());
  }

  /** The name of another staged file. */
  stagedName(): string {
    return `${this.id}-${++this.#staged}`;
  }

  /**
   * An error after which SQLite may have rolled everything back, so that nothing on this connection can be trusted
   * until it has been rolled back for certain.
   */
  get fatal(): MarkitectError | undefined {
    return this.#fatal;
  }

  /** Waits for a statement or a file operation as {@link idle} knows of it. */
  async track<T>(work: Promise<T>): Promise<T> {
    this.#underWay += 1;
    try {
      return await work;
    } catch (error) {
      if (isFatal(error)) this.#fatal ??= error;
      throw error;
    } finally {
      this.#underWay -= 1;
      if (this.#underWay === 0) for (const resolve of this.#waiting.splice(0)) resolve();
    }
  }

  /** Whether there is anything to wait for in {@link idle}. */
  get isIdle(): boolean {
    return this.#underWay === 0;
  }

  /** Settles when no statement and no file operation is under way. */
  async idle(): Promise<void> {
    while (this.#underWay > 0) {
      await new Promise<void>((resolve) => void this.#waiting.push(resolve));
    }
  }
}

/** After a full disk, an I/O error and the like SQLite may end the transaction by itself. */
function isFatal(error: unknown): error is MarkitectError {
  return (
    isMarkitectError(error) &&
    ['DATABASE_BUSY', 'DATABASE_CORRUPT', 'DATABASE_UNAVAILABLE'].includes(error.code)
  );
}
