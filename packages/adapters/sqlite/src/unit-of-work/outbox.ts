import { filePathKey, type JsonValue } from '@markitect/domain';
import type { SqlExecutor, SqlReader } from '../engine/sql-executor.js';

/** What is to be done after a commit. */
export type OutboxKind = 'file-replace' | 'file-remove' | 'message';

/** A row of the outbox. */
export interface OutboxRow {
  readonly id: number;
  readonly unit: string;
  readonly kind: OutboxKind;
  /** The root of a file; else empty. */
  readonly root: string;
  /** The path of a file, the topic of a message; else empty. */
  readonly target: string;
  /** JSON: the name of the staged file, the message. */
  readonly payload: string;
  /** Milliseconds since 1970 until which a message is left alone, because its receiver has failed. */
  readonly retryAt: number;
  /** How often a receiver has failed; of a file, whether it was passed over when invalidations were announced. */
  readonly attempts: number;
}

/** A receiver that fails is asked again at once the first time, then after a second, and so on to five minutes. */
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 5 * 60_000;

/** What the last pending change makes of a file. */
export type PendingFile = { readonly staged: string } | 'removed';

/** Records something to be done after the commit of this transaction. */
export async function addToOutbox(
  executor: SqlExecutor,
  row: Omit<OutboxRow, 'id' | 'payload' | 'retryAt' | 'attempts'>,
  payload: JsonValue,
): Promise<void> {
  await executor.run(
    `INSERT INTO outbox(unit, kind, root, target, target_key, payload, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
    [
      row.unit,
      row.kind,
      row.root,
      row.target,
      row.root === '' ? row.target : filePathKey(row.target),
      JSON.stringify(payload),
      new Date().toISOString(),
    ],
  );
}

/**
 * What a file is going to be by all that is recorded so far: this transaction's own changes, those before it in the
 * same group, and those that somebody has committed and not put in place yet. `undefined`: what it is on the disk.
 */
export async function pendingFile(
  reader: SqlReader,
  root: string,
  target: string,
): Promise<PendingFile | undefined> {
  const [row] = await reader.all<Pick<OutboxRow, 'kind' | 'payload'>>(
    `SELECT kind, payload FROM outbox WHERE kind IN ('file-replace', 'file-remove') AND root = ? AND target_key = ?
       AND target = ?
     ORDER BY id DESC LIMIT 1`,
    [root, filePathKey(target), target],
  );
  if (row === undefined) return undefined;
  return row.kind === 'file-remove' ? 'removed' : { staged: JSON.parse(row.payload) as string };
}

/**
 * A file that is going to be where another cannot be then: one that differs only in case or Unicode form, lies below
 * it, or has it below itself. What is on the disk already the file store knows.
 */
export async function pendingConflict(
  reader: SqlReader,
  root: string,
  target: string,
): Promise<string | undefined> {
  const key = filePathKey(target);
  const parts = key.split('/');
  const above = parts.map((_, index) => parts.slice(0, index + 1).join('/'));
  const [row] = await reader.all<{ target: string }>(
    `SELECT target FROM outbox AS one
     WHERE kind = 'file-replace' AND root = ? AND target <> ?
       AND (target_key IN (SELECT value FROM json_each(?)) OR (target_key > ? AND target_key < ?))
       AND id = (SELECT max(id) FROM outbox AS other WHERE other.kind IN ('file-replace', 'file-remove')
         AND other.root = one.root AND other.target_key = one.target_key AND other.target = one.target)
     LIMIT 1`,
    [root, target, JSON.stringify(above), `${key}/`, `${key}0`],
  );
  return row?.target;
}

/** What of the outbox a process can do: it needs the root of a file and the receiver of a message. */
export interface OutboxAbilities {
  readonly roots: readonly string[];
  readonly topics: readonly string[];
}

/** What is pending and can be done here, in the order of commits. */
export function pendingRows(reader: SqlReader, abilities: OutboxAbilities): Promise<OutboxRow[]> {
  return reader.all<OutboxRow>(
    `SELECT id, unit, kind, root, target, payload, retry_at AS retryAt, attempts FROM outbox
     WHERE (kind IN ('file-replace', 'file-remove') AND root IN (SELECT value FROM json_each(?)))
       OR (kind = 'message' AND root = '' AND target_key IN (SELECT value FROM json_each(?)))
     ORDER BY id`,
    [JSON.stringify(abilities.roots), JSON.stringify(abilities.topics)],
  );
}

/** The staged files of a root that are still to be put in place. */
export async function pendingStaged(reader: SqlReader, root: string): Promise<ReadonlySet<string>> {
  const rows = await reader.all<{ payload: string }>(
    `SELECT payload FROM outbox WHERE kind = 'file-replace' AND root = ?`,
    [root],
  );
  return new Set(rows.map(({ payload }) => JSON.parse(payload) as string));
}

/** Counts the failure of a receiver, for all processes; each makes the pause before the next attempt twice as long. */
export async function postponeMessage(executor: SqlExecutor, id: number): Promise<void> {
  await executor.run(
    `UPDATE outbox SET attempts = attempts + 1,
       retry_at = CASE attempts WHEN 0 THEN 0 ELSE ? + min(?, ? * (1 << min(attempts - 1, 20))) END
     WHERE id = ?`,
    [Date.now(), LONGEST_PAUSE_MS, FIRST_PAUSE_MS, id],
  );
}

/** Forgets what is done. */
export async function removeFromOutbox(executor: SqlExecutor, ids: readonly number[]): Promise<void> {
  await executor.run('DELETE FROM outbox WHERE id IN (SELECT value FROM json_each(?))', [
    JSON.stringify(ids),
  ]);
}

/** Earlier versions kept invalidations here, and a process of one may have gone on beside this one. */
export function removeFormerInvalidations(executor: SqlExecutor): Promise<number> {
  return executor.run(`DELETE FROM outbox WHERE kind = 'cache-invalidate'`);
}
