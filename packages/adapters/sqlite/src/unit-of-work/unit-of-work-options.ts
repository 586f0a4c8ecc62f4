import type { JsonValue } from '@markitect/domain';
import type { FileStore, StagingFileStore, Transaction } from '@markitect/ports';
import type { SqlExecutor } from '../engine/sql-executor.js';

/** The files of one root: everybody's, and the half that a unit of work needs. */
export type TransactionalFileStore = FileStore & StagingFileStore;

/** A message on its way to its handler. */
export interface OutboxMessage {
  /** Grows with every message of this database and is never used again. */
  readonly id: number;
  readonly topic: string;
  readonly payload: JsonValue;
}

/**
 * Receives the messages of one topic, in the order of their commits, one at a time, while no other unit of work runs.
 * What it does with the transaction is committed together with the fact that the message was delivered: exactly
 * once. Everything else it does may be done again. When it throws, the message and those after it stay, and are
 * tried again after the next unit of work that leaves something to do, and by `recover`. From the second failure on
 * it is left alone for a while by all processes: a second, then twice as long each time, at most five minutes.
 */
export type MessageHandler = (message: OutboxMessage, transaction: Transaction) => Promise<void>;

/** Something that was to be done after a commit and has failed. The commit stands. */
export interface EffectFailure {
  /** What it was: a kind of the outbox, or an effect that the unit of work had registered. */
  readonly effect: 'file-replace' | 'file-remove' | 'message' | 'after-commit';
  /** The path, the topic; empty where there is none. */
  readonly target: string;
  readonly error: unknown;
}

/** Makes a repository that works on a transaction. Its methods are called one at a time and answer with promises. */
export type TransactionRepositoryFactory = (executor: SqlExecutor) => object;

/** No repositories besides those that every transaction has. */
// eslint-disable-next-line @typescript-eslint/no-generated-empty-object-type -- nothing is added, and that is an object
export type NoRepositories = Record<never, never>;

/** What a SQLite unit of work works with besides its database. */
export interface SqliteUnitOfWorkOptions<
  Repositories extends Record<string, TransactionRepositoryFactory> = NoRepositories,
> {
  /** The file stores by the names of their roots. Default: none. */
  readonly files?: Readonly<Record<string, TransactionalFileStore>>;
  /** The receivers of messages by topic. Messages of other topics wait for a process that has theirs. */
  readonly handlers?: Readonly<Record<string, MessageHandler>>;
  /** The author of what is written to the embedded tracker. Default `local`. */
  readonly issueUser?: string;
  /** More repositories, by the names they have in a transaction. */
  readonly repositories?: Repositories;
  /** How old a shared transaction may be, in milliseconds, when it still takes another unit of work. Default 20. */
  readonly maxGroupAgeMs?: number;
  /** Told of everything after a commit that fails. Default: nobody is. */
  readonly onEffectFailure?: (failure: EffectFailure) => void;
  /** Called at each step of the commit protocol, for tests that end the process there. */
  readonly fault?: (point: string) => void | Promise<void>;
}
