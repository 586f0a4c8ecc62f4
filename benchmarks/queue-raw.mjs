// What the sqlite3 driver can do by hand on the same tables: the bound of every queue that is built on it.
import { once } from 'node:events';
import { SqliteConnection } from '@markitect/adapter-sqlite';
import sqlite3 from 'sqlite3';

const MAIL = `'mail.send', 'waiting', 0, 0, 0, 5, 0, 'mail.send', 0, 0, 0`;
const columns = `type, status, priority, run_at, attempts, max_attempts, fence, limit_key, cancel_requested,
  created_at, updated_at, payload`;

const claim = `UPDATE task_queue SET status = 'running', fence = fence + 1, attempts = attempts + 1, worker = 'raw',
    lease_until = ?1, started_at = ?1, updated_at = ?1
  WHERE id IN (SELECT id FROM task_queue INDEXED BY task_queue_by_turn WHERE status = 'waiting' LIMIT 200)
  RETURNING id`;

const complete = `UPDATE task_queue SET status = 'completed', finished_at = ?2, worker = NULL, lease_until = NULL,
    updated_at = ?2
  WHERE id IN (SELECT value FROM json_each(?1)) AND status = 'running'`;

/** One connection, statements prepared once, no checks, no guarantees; one claim or report after the other. */
export async function openDriver(file) {
  const connection = new SqliteConnection({ file });
  await connection.open();
  await connection.migrate();
  await connection.close();
  const database = new sqlite3.Database(file);
  await once(database, 'open');
  const promised = (work) =>
    new Promise((resolve, reject) => {
      work((error, rows) => (error === null ? resolve(rows) : reject(error)));
    });
  const pragmas = `PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 8000;
    PRAGMA cache_size = -16384; PRAGMA mmap_size = 268435456; PRAGMA foreign_keys = ON`;
  await promised((done) => database.exec(pragmas, done));
  const statements = [
    `INSERT INTO task_queue(${columns}) VALUES (${MAIL}, ?)`,
    `INSERT INTO task_queue(${columns}) SELECT ${MAIL}, value FROM json_each(?)`,
    claim,
    complete,
  ].map((sql) => database.prepare(sql));
  const [insert, insertAll, take, end] = statements;
  const run = (statement, ...parameters) => promised((done) => statement.all(parameters, done));
  return {
    enqueue: (payload) => run(insert, JSON.stringify(payload)),
    async enqueueAll(payloads) {
      await run(insertAll, JSON.stringify(payloads.map((payload) => JSON.stringify(payload))));
    },
    async drain(count) {
      for (let done = 0; done < count;) {
        const rows = await run(take, Date.now());
        const ids = rows.map(({ id }) => id);
        await run(end, JSON.stringify(ids), Date.now());
        done += ids.length;
      }
    },
    async close() {
      for (const statement of statements) await promised((done) => statement.finalize(() => done(null)));
      await promised((done) => database.close(done));
    },
  };
}
