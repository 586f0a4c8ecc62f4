import { renameSync } from 'node:fs';
import { open, readdir, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { HeldLock } from './file-lock.js';

/** A file that is written, and has not its name yet. */
export interface StagedFile {
  readonly temporary: string;
  readonly path: string;
}

/**
 * Writes and syncs a file beside the one whose place it is to take, with the permissions of that one. Throws Node's
 * errors, and then leaves nothing.
 */
export async function stageFile(path: string, content: string, temporary: string): Promise<StagedFile> {
  const mode = await stat(path).then(
    (found) => found.mode & 0o777,
    () => undefined,
  );
  const file = await open(temporary, 'wx', mode ?? 0o644);
  try {
    try {
      // The permissions of a new file are narrowed by the process.
      if (mode !== undefined) await file.chmod(mode);
      await file.writeFile(content);
      // File systems count time by ticks of milliseconds, in which a file can be replaced twice and look the same.
      const now = (Date.now() + (performance.now() % 1)) / 1000;
      await file.utimes(now, now);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
  return { temporary, path };
}

/** Puts a content in the place of a file, by a temporary one, and syncs its folder. Throws Node's errors. */
export async function replaceFile(
  path: string,
  content: string,
  temporary: string,
  lock: HeldLock,
): Promise<void> {
  const staged = await stageFile(path, content, temporary);
  try {
    // Nothing of this process happens in between.
    lock.requireHeld();
    renameSync(temporary, path);
  } catch (error) {
    await dropStaged([staged]);
    throw error;
  }
  await syncFolder(dirname(path));
}

/** Takes away what was staged and not placed. */
export async function dropStaged(files: readonly StagedFile[]): Promise<void> {
  await Promise.all(files.map(({ temporary }) => unlink(temporary).catch(() => undefined)));
}

/** Makes what was renamed or removed in a folder durable. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Removes what a writer that was killed has left in a folder, where that can be done. */
export async function removeLeftovers(folder: string, token: string): Promise<void> {
  if (token === '') return;
  const names = await readdir(folder).catch(() => []);
  const left = names.filter((name) => name.startsWith(`.${token}.`));
  await Promise.all(left.map((name) => unlink(join(folder, name)).catch(() => undefined)));
}

/** The temporary file with a number of the holder of a lock. */
export function temporaryPath(folder: string, token: string, number = 0): string {
  return join(folder, `.${token}.${number}.tmp`);
}
