import { filePathKey, type JsonValue } from '@markitect/domain';
import type { SqlExecutor, SqlReader } from '../engine/sql-executor.js';

/** What is to be done after a commit. */
export type OutboxKind = 'file-replace' | 'file-remove' | 'cache-invalidate' | 'message';

/** A row of the outbox. */
export interface OutboxRow {
  readonly id: number;
  readonly unit: string;
  readonly kind: OutboxKind;
  /** The root of a file; else empty. */
  readonly root: string;
  /** The path of a file, the topic of a message; else empty. */
  readonly target: string;
  /** JSON: the name of the staged file, the keys and tags, the message. */
  readonly payload: string;
}

/** What the last pending change makes of a file. */
export type PendingFile = { readonly staged: string } | 'removed';

/** Records something to be done after the commit of this transaction. */
export async function addToOutbox(
  executor: SqlExecutor,
  row: Omit<OutboxRow, 'id' | 'payload'>,
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
    `SELECT id, unit, kind, root, target, payload FROM outbox
     WHERE (kind IN ('file-replace', 'file-remove') AND root IN (SELECT value FROM json_each(?)))
       OR kind = 'cache-invalidate'
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

/** Forgets what is done. */
export async function removeFromOutbox(executor: SqlExecutor, ids: readonly number[]): Promise<void> {
  await executor.run('DELETE FROM outbox WHERE id IN (SELECT value FROM json_each(?))', [
    JSON.stringify(ids),
  ]);
}
