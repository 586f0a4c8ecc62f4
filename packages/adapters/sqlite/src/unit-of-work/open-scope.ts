import { Conflict } from '@markitect/domain';
import type { OpenTransaction } from '@markitect/ports';
import { type ScopeContext, TransactionScope } from './transaction-scope.js';
import type { Unit } from './unit.js';

/** Why the work of an open transaction ends when its holder rolls it back. */
const rolledBack = new Error('rolled back by its holder');

/** Runs a unit of work on a transaction that the caller makes. */
type Runner = (
  make: (unit: Unit) => OpenScope,
  work: (transaction: OpenScope) => Promise<void>,
) => Promise<void>;

/** A transaction that its holder ends: a unit of work whose work is to wait for that. */
export class OpenScope extends TransactionScope implements OpenTransaction {
  #commit: () => void = () => undefined;
  #rollback: () => void = () => undefined;
  #ended: Promise<void> | undefined;
  #isEnding = false;

  /** Settles when it has its turn. Throws as the runner does. */
  static async open(run: Runner, context: ScopeContext): Promise<OpenScope> {
    let open: (scope: OpenScope) => void = () => undefined;
    const opened = new Promise<OpenScope>((resolve) => (open = resolve));
    const ended = run(
      (unit) => new OpenScope(context, unit),
      (scope) =>
        new Promise<void>((commit, rollback) => {
          scope.#commit = commit;
          scope.#rollback = () => rollback(rolledBack);
          open(scope);
        }),
    );
    // Its end is told to whoever asks for it; a deadline may have ended it before anyone does.
    const scope = await Promise.race([opened, ended.then(() => opened)]);
    scope.#ended = ended;
    return scope;
  }

  async commit(): Promise<void> {
    if (this.#isEnding) throw new Conflict('TRANSACTION_FINISHED', 'the transaction is over');
    this.#isEnding = true;
    this.#commit();
    await this.#ended;
  }

  async rollback(): Promise<void> {
    this.#isEnding = true;
    this.#rollback();
    // Why it ended matters only to a commit.
    await this.#ended?.catch(() => undefined);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.rollback();
  }
}
