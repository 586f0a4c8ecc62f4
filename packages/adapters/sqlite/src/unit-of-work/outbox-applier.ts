import { isMarkitectError, type JsonValue, type MarkitectError, Unavailable } from '@markitect/domain';
import { EVERYTHING } from '@markitect/ports';
import { addInvalidations } from '../cache/invalidation-rows.js';
import type { WriterHold } from '../engine/sqlite-writer.js';
import { Interruption } from './interruption.js';
import {
  type OutboxRow,
  pendingRows,
  pendingStaged,
  postponeMessage,
  removeFormerInvalidations,
  removeFromOutbox,
} from './outbox.js';
import { performUnit } from './perform-unit.js';
import { type ScopeContext, TransactionScope } from './transaction-scope.js';
import { Unit } from './unit.js';
import type { EffectFailure, MessageHandler } from './unit-of-work-options.js';

/** What applying needs besides what every transaction needs. */
export interface ApplierOptions {
  readonly context: ScopeContext;
  readonly handlers: Readonly<Record<string, MessageHandler>>;
  readonly report: (failure: EffectFailure) => void;
  /** The most milliseconds a handler of a message has. */
  readonly handlerDeadlineMs: number;
}

/** What one pass over the outbox did. */
export interface Applied {
  readonly done: number;
  /** The errors of files, by the unit of work that they were left by. */
  readonly failures: ReadonlyMap<string, unknown>;
  /** Staged files that nobody needed. Only a recovery looks for them. */
  readonly swept: number;
  /** Whether it has left invalidations to be announced. */
  readonly hasInvalidated: boolean;
}

/** One change of a file, with those before it that it makes needless. */
interface FileChange {
  readonly last: OutboxRow;
  readonly superseded: OutboxRow[];
}

/**
 * Does what committed units of work have left to be done, oldest first, and marks it as done. SQLite's write lock
 * keeps every other process from doing the same meanwhile. Of several changes of one file only the last is made: what
 * was interrupted can then be done again from its beginning without a new file being taken for an old one.
 */
export class OutboxApplier {
  readonly #options: ApplierOptions;

  constructor(options: ApplierOptions) {
    this.#options = options;
  }

  /** `patience`: whether to go on waiting for the lock of another process. Throws as a write does. */
  async apply(
    hold: WriterHold,
    patience: () => boolean,
    { sweep = false, early = false } = {},
  ): Promise<Applied> {
    const failures = new Map<string, unknown>();
    let done = 0;
    let swept = 0;
    let hasInvalidated = false;
    for (;;) {
      const pass = await this.#pass(hold, patience, failures, { sweep, early });
      done += pass.done;
      swept += pass.swept;
      hasInvalidated ||= pass.hasInvalidated;
      // Receivers of messages may have left something to be done themselves.
      if (pass.delivered === 0) return { done, failures, swept, hasInvalidated };
    }
  }

  async #pass(
    hold: WriterHold,
    patience: () => boolean,
    failures: Map<string, unknown>,
    { sweep, early }: { readonly sweep: boolean; readonly early: boolean },
  ) {
    const { context } = this.#options;
    const { fault } = context;
    await hold.begin(patience);
    try {
      const rows = await pendingRows(hold, {
        roots: Object.keys(context.files),
        topics: Object.keys(this.#options.handlers),
      });
      const done: number[] = [];
      const blocked = new Set<string>();
      let delivered = 0;
      let hasInvalidated = false;
      let isLate = false;
      const files = fileChanges(rows);
      const now = early ? Number.POSITIVE_INFINITY : Date.now();
      for (const row of rows) {
        const change = files.get(row);
        if (row.root !== '' && change === undefined) continue;
        if (row.kind === 'message' && row.retryAt > now) blocked.add(row.target);
        if (row.kind === 'message' && blocked.has(row.target)) continue;
        if (fault !== undefined) await fault(`before-apply-${row.kind}`);
        try {
          const unit = await this.#applyRow(hold, row, change);
          hasInvalidated ||= unit?.hasInvalidations ?? false;
          // Values may have been made of the old file after the commit and be held for new.
          isLate ||=
            row.root !== '' && [row, ...(change?.superseded ?? [])].some((each) => each.attempts > 0);
          done.push(row.id, ...(change?.superseded ?? []).map(({ id }) => id));
          if (row.kind === 'message') delivered += 1;
        } catch (error) {
          this.#options.report({ effect: row.kind, target: row.target, error });
          if (row.kind === 'message') {
            blocked.add(row.target);
            await postponeMessage(hold, row.id);
          }
          for (const each of change === undefined ? [] : [row, ...change.superseded]) {
            failures.set(each.unit, error);
          }
        }
        if (fault !== undefined) await fault(`after-apply-${row.kind}`);
      }
      if (fault !== undefined) await fault('before-mark');
      if (done.length > 0) await removeFromOutbox(hold, done);
      if (sweep && (await removeFormerInvalidations(hold)) > 0) isLate = true;
      if (isLate) await addInvalidations(hold, [EVERYTHING]);
      const swept = sweep ? await this.#sweep(hold) : 0;
      await hold.run('COMMIT');
      if (fault !== undefined) await fault('after-mark');
      return { done: done.length, delivered, swept, hasInvalidated: hasInvalidated || isLate };
    } catch (error) {
      await hold.rollback();
      throw error;
    }
  }

  /** Answers the unit of work that was run for it, if any. */
  async #applyRow(
    hold: WriterHold,
    row: OutboxRow,
    change: FileChange | undefined,
  ): Promise<Unit | undefined> {
    let unit: Unit | undefined;
    const payload = JSON.parse(row.payload) as JsonValue;
    switch (row.kind) {
      case 'file-replace':
        await this.#store(row).apply({ staged: payload as string, target: row.target });
        break;
      case 'file-remove':
        await this.#store(row).applyRemove(row.target);
        break;
      case 'message':
        unit = await this.#deliver(hold, { id: row.id, topic: row.target, payload });
    }
    for (const each of change?.superseded ?? []) {
      if (each.kind === 'file-replace') await this.#store(each).discard(JSON.parse(each.payload) as string);
    }
    return unit;
  }

  /** Runs the receiver of a message in a savepoint of this transaction, as a unit of work of its own. */
  async #deliver(hold: WriterHold, message: Parameters<MessageHandler>[0]): Promise<Unit | undefined> {
    const handler = this.#options.handlers[message.topic];
    if (handler === undefined) return undefined;
    const interruption = new Interruption({}, this.#options.handlerDeadlineMs);
    const scope = new TransactionScope(this.#options.context, new Unit(hold, interruption));
    await hold.run('SAVEPOINT message');
    try {
      await performUnit(scope, (transaction) => handler(message, transaction));
    } catch (error) {
      if (scope.unit.fatal !== undefined) throw scope.unit.fatal;
      await hold.run('ROLLBACK TO message');
      await hold.run('RELEASE message');
      await scope.discardStaged();
      throw error;
    }
    await hold.run('RELEASE message');
    return scope.unit;
  }

  /** Nobody stages a file without the write lock: what no row names now belongs to nobody. */
  async #sweep(hold: WriterHold): Promise<number> {
    let swept = 0;
    for (const [root, store] of Object.entries(this.#options.context.files)) {
      const needed = await pendingStaged(hold, root);
      for (const name of await store.staged()) {
        if (!needed.has(name) && (await store.discard(name))) swept += 1;
      }
    }
    return swept;
  }

  #store({ root }: OutboxRow) {
    const store = this.#options.context.files[root];
    if (store === undefined) throw new Error(`there is no root ${root}`);
    return store;
  }
}

/** The error of a unit of work that is committed, and whose files are not all in place. */
export function notApplied(cause: unknown): MarkitectError {
  const why = isMarkitectError(cause) ? `: ${cause.message}` : '';
  return new Unavailable(
    'COMMIT_NOT_APPLIED',
    `the unit of work is committed, but not all of its files could be put in place${why}`,
    { cause, retryable: false },
  );
}

/** The changes to make: by the last row for each file, at its place in the order. */
function fileChanges(rows: readonly OutboxRow[]): ReadonlyMap<OutboxRow, FileChange> {
  const byFile = new Map<string, OutboxRow[]>();
  for (const row of rows) {
    if (row.root === '') continue;
    const key = JSON.stringify([row.root, row.target]);
    const same = byFile.get(key);
    if (same === undefined) byFile.set(key, [row]);
    else same.push(row);
  }
  const changes = new Map<OutboxRow, FileChange>();
  for (const same of byFile.values()) {
    const last = same.at(-1);
    if (last !== undefined) changes.set(last, { last, superseded: same.slice(0, -1) });
  }
  return changes;
}
