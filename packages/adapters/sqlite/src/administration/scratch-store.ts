import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Unavailable } from '@markitect/domain';
import { SqliteConnection } from '../sqlite.connection.js';

/**
 * Runs work on a new, empty database with the schema of this version, and removes it. Throws Unavailable
 * `FILE_SYSTEM_FAILED` when there is no room for it in the folder of temporary files.
 */
export async function withScratchStore<T>(work: (store: SqliteConnection) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'markitect-scratch-')).catch((cause: unknown) => {
    throw new Unavailable('FILE_SYSTEM_FAILED', `no temporary folder can be made in ${tmpdir()}`, { cause });
  });
  const store = new SqliteConnection({ file: join(folder, 'scratch.db'), readers: 1, synchronous: 'OFF' });
  try {
    await store.open();
    await store.migrate();
    return await work(store);
  } finally {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  }
}
