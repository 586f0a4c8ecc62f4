import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Unavailable } from '@markitect/domain';

/** The database file of a data directory. */
export function databaseFile(dataDir: string): string {
  return join(dataDir, 'markitect.db');
}

/** The folder of the syntax trees of a data directory. */
export function astFolder(dataDir: string): string {
  return join(dataDir, 'ast');
}

/** Where the contents of saved workspace files lie in a data directory. */
export function baselinesFolder(dataDir: string): string {
  return join(dataDir, 'baselines');
}

/** Where the archives of finished workspaces lie in a data directory. */
export function archivesFolder(dataDir: string): string {
  return join(dataDir, 'archives');
}

/** Where the locks of workspaces lie in a data directory. */
export function locksFolder(dataDir: string): string {
  return join(dataDir, 'locks');
}

/**
 * Makes the data directory if there is none: readable by its owner only, with a `.gitignore` that keeps it out of
 * every repository. An existing directory keeps its permissions. Throws Unavailable `DATABASE_UNAVAILABLE`.
 */
export async function createDataDirectory(dataDir: string): Promise<void> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    await writeFile(join(dataDir, '.gitignore'), '*\n', { flag: 'wx', mode: 0o600 });
  } catch (cause) {
    if (isSystemError(cause) && cause.code === 'EEXIST' && cause.syscall === 'open') return;
    const reason = isSystemError(cause) ? (cause.code ?? cause.message) : String(cause);
    throw new Unavailable('DATABASE_UNAVAILABLE', `the data directory ${dataDir} cannot be made: ${reason}`, {
      details: { dataDir },
      cause,
    });
  }
}

function isSystemError(value: unknown): value is NodeJS.ErrnoException {
  return typeof value === 'object' && value !== null && 'syscall' in value;
}
