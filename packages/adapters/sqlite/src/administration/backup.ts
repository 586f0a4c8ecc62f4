import { randomUUID } from 'node:crypto';
import { link, open, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Conflict, Invalid, isMarkitectError, Unavailable } from '@markitect/domain';
import { copyDatabase, type CopyProgress, verifyCopy } from './backup-copy.connection.js';

export type { CopyProgress } from './backup-copy.connection.js';

/** How a backup is made. */
export interface BackupOptions {
  /** Take the place of a file that is there. Default: no. */
  readonly overwrite?: boolean;
  /** Told after each megabyte. */
  readonly onProgress?: (progress: CopyProgress) => void;
  /** Ends it early and leaves nothing behind. */
  readonly signal?: AbortSignal;
}

/** What a backup made. */
export interface BackupReport {
  /** Absolute path. */
  readonly file: string;
  readonly bytes: number;
  /** Changes of files that were committed in that state and not in place, because they could not be put there. */
  readonly pendingFiles: number;
}

/** Longer than it takes to put the files of a commit in place, shorter than anybody minds. */
const PATIENCE_MS = 2000;

/**
 * Writes one state of a database, which others may go on writing, to a file: under another name first, checked and on
 * the disk before it gets its own. Throws Conflict `BACKUP_EXISTS`, Invalid `REQUEST_INVALID` for the database itself,
 * Unavailable `FILE_SYSTEM_FAILED`, Corrupt `DATABASE_CORRUPT`, and as a read does.
 */
export async function backUp(
  database: { readonly file: string; readonly busyTimeoutMs: number },
  target: string,
  { overwrite = false, onProgress = () => undefined, signal }: BackupOptions = {},
): Promise<BackupReport> {
  await requireFree(database.file, target, overwrite);
  const temporary = join(dirname(target), `.${basename(target)}.${randomUUID()}`);
  try {
    // Exists from here on with the rights of a file that only its owner reads: it holds all texts.
    await (await open(temporary, 'wx', 0o600)).close();
    const pendingFiles = await copyDatabase(database.file, temporary, {
      busyTimeoutMs: database.busyTimeoutMs,
      patienceMs: PATIENCE_MS,
      onProgress,
      signal,
    });
    await verifyCopy(temporary);
    await sync(temporary);
    const { size } = await stat(temporary);
    await place(temporary, target, overwrite);
    await sync(dirname(target));
    return { file: target, bytes: size, pendingFiles };
  } catch (error) {
    for (const left of [temporary, `${temporary}-journal`]) await unlink(left).catch(() => undefined);
    if (isMarkitectError(error) || signal?.aborted === true) throw error;
    const why = codeOf(error) === 'ENOENT' ? `there is no folder ${dirname(target)}` : codeOf(error);
    throw new Unavailable('FILE_SYSTEM_FAILED', `the backup ${target} cannot be written: ${why}`, {
      details: { file: target },
      cause: error,
    });
  }
}

/** Looked at before any work. {@link place} sees to it that it stays true. */
async function requireFree(database: string, target: string, overwrite: boolean): Promise<void> {
  const there = await statOf(target);
  const own = await statOf(database);
  if (there !== undefined && own !== undefined && there.dev === own.dev && there.ino === own.ino) {
    throw new Invalid('REQUEST_INVALID', 'the backup would take the place of the database itself', {
      details: { field: 'file', file: target },
    });
  }
  // SQLite would take a log that lies beside a file for its own.
  for (const log of [`${target}-wal`, `${target}-journal`]) {
    if ((await statOf(log)) !== undefined)
      throw exists(target, `${log} lies beside it: it is a database in use`);
  }
  if (there !== undefined && !overwrite) throw exists(target, 'it exists already');
}

async function place(temporary: string, target: string, overwrite: boolean): Promise<void> {
  if (overwrite) {
    await rename(temporary, target);
    return;
  }
  try {
    // A rename would take the place of a file that was made meanwhile.
    await link(temporary, target);
    await unlink(temporary);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') throw exists(target, 'it was made meanwhile');
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(codeOf(error))) throw error;
    // The disk knows no second names.
    if ((await statOf(target)) !== undefined) throw exists(target, 'it was made meanwhile');
    await rename(temporary, target);
  }
}

function exists(file: string, why: string): Conflict {
  return new Conflict('BACKUP_EXISTS', `${file} is not written: ${why}`, { details: { file } });
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function statOf(path: string) {
  try {
    return await stat(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw new Unavailable('FILE_SYSTEM_FAILED', `${path} cannot be looked at: ${codeOf(error)}`, {
      details: { file: path },
      cause: error,
    });
  }
}

function codeOf(error: unknown): string {
  const { code } = Object(error) as { readonly code?: unknown };
  return typeof code === 'string' ? code : 'unknown error';
}
