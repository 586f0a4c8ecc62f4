import { isMarkitectError } from '@markitect/domain';
import type { SqlValue } from './sqlite-handle.js';
import type { SqliteTransaction, SqliteWriter } from './sqlite-writer.js';

/** How one request of a group ended: the group as a whole is committed all the same. */
export type Outcome<T> = { readonly value: T } | { readonly error: unknown };

/** What a group commit has to know of the requests it gathers. */
export interface GroupCommitOptions<Request, T> {
  /** Requests of one key never share a transaction; they keep their order. */
  readonly keyOf: (request: Request) => string;
  /** Roughly the bytes a request carries: a group is closed when it has {@link maxWeight} of them. */
  readonly weightOf: (request: Request) => number;
  readonly maxRequests: number;
  readonly maxWeight: number;
  /**
   * Writes requests of different keys and answers for each, in their order. When it throws nothing is committed,
   * and a group of several is tried again one by one.
   */
  readonly write: (transaction: SqliteTransaction, requests: readonly Request[]) => Promise<Outcome<T>[]>;
  /** The one statement that does the same for these requests; `undefined`: there is none. Default: there never is. */
  readonly statement?: (requests: readonly Request[]) => GroupStatement<T> | undefined;
}

/** A statement that is a transaction by itself, which spares `BEGIN` and `COMMIT`: two of three ways to the database. */
export interface GroupStatement<T> {
  readonly sql: string;
  readonly parameters: readonly SqlValue[];
  /** The answers of the requests, from the rows that the statement gives. */
  readonly outcomes: (rows: readonly unknown[]) => Outcome<T>[];
}

interface Waiting<Request, T> {
  readonly request: Request;
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Lets requests that wait at the same time share one transaction, which costs little more than one alone. A request
 * is answered only after the commit of the transaction it was in.
 */
export class GroupCommit<Request, T> {
  readonly #writer: () => Promise<SqliteWriter>;
  readonly #options: GroupCommitOptions<Request, T>;
  #waiting: Waiting<Request, T>[] = [];
  #running = false;

  constructor(writer: () => Promise<SqliteWriter>, options: GroupCommitOptions<Request, T>) {
    this.#writer = writer;
    this.#options = options;
  }

  /** Throws what the write answers for this request, and the errors of {@link SqliteWriter.transaction}. */
  submit(request: Request): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ request, resolve, reject });
      if (this.#running) return;
      this.#running = true;
      // After the current turn: callers that were woken together come back together.
      process.nextTick(() => void this.#drain());
    });
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      await this.#commit(this.#takeGroup());
      // Callers answered by this commit may ask again before the next group is closed.
      await new Promise<void>((resolve) => process.nextTick(resolve));
    }
    this.#running = false;
  }

  #takeGroup(): Waiting<Request, T>[] {
    const group: Waiting<Request, T>[] = [];
    const later: Waiting<Request, T>[] = [];
    const keys = new Set<string>();
    let weight = 0;
    for (const each of this.#waiting) {
      const key = this.#options.keyOf(each.request);
      const full = group.length >= this.#options.maxRequests || weight >= this.#options.maxWeight;
      if (full || keys.has(key)) {
        later.push(each);
      } else {
        group.push(each);
        weight += this.#options.weightOf(each.request);
      }
      keys.add(key);
    }
    this.#waiting = later;
    return group;
  }

  async #commit(group: readonly Waiting<Request, T>[]): Promise<void> {
    let outcomes: Outcome<T>[];
    try {
      const writer = await this.#writer();
      const requests = group.map((each) => each.request);
      const statement = this.#options.statement?.(requests);
      outcomes =
        statement === undefined
          ? await writer.transaction((transaction) => this.#options.write(transaction, requests))
          : statement.outcomes(await writer.statement(statement.sql, statement.parameters));
    } catch (error) {
      // A defect in one request must not cost the others theirs; an unavailable store fails them all alike.
      if (group.length > 1 && (!isMarkitectError(error) || error.kind === 'Unexpected')) {
        for (const each of group) await this.#commit([each]);
      } else {
        for (const each of group) each.reject(error);
      }
      return;
    }
    group.forEach((each, index) => {
      const outcome = outcomes[index];
      if (outcome === undefined) each.reject(new Error('a request of a group was left without an answer'));
      else if ('error' in outcome) each.reject(outcome.error);
      else each.resolve(outcome.value);
    });
  }
}
