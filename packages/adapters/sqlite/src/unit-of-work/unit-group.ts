import { type MarkitectError, Unavailable } from '@markitect/domain';
import type { SqlExecutor } from '../engine/sql-executor.js';
import type { SqlValue } from '../engine/sqlite-handle.js';
import type { WriterHold } from '../engine/sqlite-writer.js';
import type { Unit } from './unit.js';

/** A unit of work that waits for the commit of its group. */
interface Member {
  readonly unit: Unit;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** A statement that is done, and what it had answered. */
interface Step {
  readonly again: () => Promise<unknown>;
  readonly answer: string;
}

/** After so many statements a savepoint costs less than doing them again might. */
const MAX_STEPS = 64;

/** Answers with more rows are not remembered: a savepoint costs less. */
const MAX_ROWS = 16;

/**
 * Units of work that share one transaction, one after the other.
 *
 * A savepoint before each would cost every one of them a round trip to SQLite for the few that fail. So a savepoint
 * serves several: the statements since are remembered with their answers, and to undo the last unit of work is to go
 * back to the savepoint and to do the statements of those before it again. They find what they had found the first time
 * and must answer what they had answered: then all that those units of work have seen is true. Else the whole group
 * fails. Where that cannot be promised (statements at the same time, one that failed, long answers) the next unit of
 * work gets a savepoint of its own.
 */
export class UnitGroup implements SqlExecutor {
  readonly hold: WriterHold;
  readonly members: Member[] = [];
  readonly since = performance.now();
  /** How many have been let in. */
  entered = 0;
  /** Why none of it can be committed any more. */
  broken: MarkitectError | undefined;
  /** What is done since the last savepoint. */
  #steps: Step[] = [];
  /** How much of that was done before the present unit of work. */
  #before = 0;
  #needsSavepoint = true;
  #underWay = 0;

  constructor(hold: WriterHold) {
    this.hold = hold;
  }

  /** The first needs no savepoint: what undoes it undoes the transaction. */
  enter(): Promise<void> | undefined {
    this.entered += 1;
    this.#before = this.#steps.length;
    return this.entered > 1 && this.#needsSavepoint ? this.#setSavepoint() : undefined;
  }

  /** Undoes the present unit of work, which is not the first. Nothing can be committed when it throws. */
  async undo(): Promise<void> {
    await this.hold.run('ROLLBACK TO unit');
    // Nothing is done again twice.
    this.#needsSavepoint = true;
    for (const { again, answer } of this.#steps.slice(0, this.#before)) {
      if (JSON.stringify(await again()) === answer) continue;
      throw new Unavailable(
        'DATABASE_BUSY',
        'a unit of work of the same group failed, and statements of this one gave another answer when repeated',
      );
    }
  }

  all<Row>(sql: string, parameters?: readonly SqlValue[]): Promise<Row[]> {
    const kept = parameters?.slice();
    return this.#remember(() => this.hold.all<Row>(sql, kept));
  }

  run(sql: string, parameters?: readonly SqlValue[]): Promise<number> {
    const kept = parameters?.slice();
    return this.#remember(() => this.hold.run(sql, kept));
  }

  async #setSavepoint(): Promise<void> {
    await this.hold.run('SAVEPOINT unit');
    this.#steps = [];
    this.#before = 0;
    this.#needsSavepoint = false;
  }

  async #remember<T>(statement: () => Promise<T>): Promise<T> {
    // Whatever is first is never done again.
    if (this.#needsSavepoint) return statement();
    // sqlite3 does not say in which order it does what is asked of it at once.
    if (this.#underWay > 0 || this.#steps.length === MAX_STEPS) this.#needsSavepoint = true;
    this.#underWay += 1;
    try {
      const answer = await statement();
      if (Array.isArray(answer) && answer.length > MAX_ROWS) this.#needsSavepoint = true;
      else this.#steps.push({ again: statement, answer: JSON.stringify(answer) });
      return answer;
    } catch (error) {
      this.#needsSavepoint = true;
      throw error;
    } finally {
      this.#underWay -= 1;
    }
  }
}
