import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteConnection, SqliteDocumentRepository, type SqliteOptions } from '../src/index.js';

/** A folder of its own, a file name in it, and a way to get rid of both. */
export async function temporaryFile(): Promise<{
  file: string;
  folder: string;
  remove: () => Promise<void>;
}> {
  const folder = await mkdtemp(join(tmpdir(), 'markitect-sqlite-'));
  return {
    folder,
    file: join(folder, 'store.db'),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** An open, migrated store in a real file. */
export async function temporaryStore(options: Partial<SqliteOptions> = {}) {
  const { file, folder, remove } = await temporaryFile();
  const connection = new SqliteConnection({ file, ...options });
  await connection.open();
  await connection.migrate();
  const repository = new SqliteDocumentRepository(connection);
  const close = async (): Promise<void> => {
    await connection.close();
    await remove();
  };
  return { file, folder, connection, repository, close };
}
