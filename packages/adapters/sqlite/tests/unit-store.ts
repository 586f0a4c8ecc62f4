import { InMemoryFileStore } from '@markitect/testing';
import { type SqlExecutor, SqliteUnitOfWork, type SqliteUnitOfWorkOptions } from '../src/index.js';
import { temporaryStore } from './temporary-store.js';

export const bytes = (text: string) => new TextEncoder().encode(text);
export const counters = (executor: SqlExecutor) => ({
  get: async (id: number) =>
    (await executor.all<{ value: number }>('SELECT value FROM counters WHERE id = ?', [id]))[0]?.value ?? 0,
  set: (id: number, value: number) =>
    executor.run('INSERT INTO counters VALUES (?, ?) ON CONFLICT(id) DO UPDATE SET value = excluded.value', [
      id,
      value,
    ]),
});

/** Units of work over a store of their own, with a table of counters and a root `files`. */
export async function opened(options: SqliteUnitOfWorkOptions = {}, connectionOptions = {}) {
  const store = await temporaryStore(connectionOptions);
  const writer = await store.connection.writer();
  await writer.transaction((tx) => tx.run('CREATE TABLE counters(id INTEGER PRIMARY KEY, value INTEGER)'));
  const files = new InMemoryFileStore();
  const units = new SqliteUnitOfWork(store.connection, {
    files: { files },
    ...options,
    repositories: { counters },
  });
  return { ...store, files, units };
}
