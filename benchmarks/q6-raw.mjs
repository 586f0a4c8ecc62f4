import { createRequire } from 'node:module';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteConnection, SqliteTaskQueue } from '@markitect/adapter-sqlite';
import Database from 'better-sqlite3';
import { claimStatement } from '../packages/adapters/sqlite/dist/tasks/claim-tasks.js';
import { settleStatement } from '../packages/adapters/sqlite/dist/tasks/settle-tasks.js';
export async function raw(
  label,
  { prepare = () => {}, claimSql, settleSql, settleParams, N = 50000, B = 200, count } = {},
) {
  const folder = mkdtempSync(join(tmpdir(), 'q6-'));
  const connection = new SqliteConnection({ file: join(folder, 's.db') });
  await connection.open();
  await connection.migrate();
  const queue = new SqliteTaskQueue(connection);
  await queue.enqueue(
    Array.from({ length: N }, (_, i) => ({
      type: 'mail.send',
      payload: { to: `person.${i}@example.org`, subject: 'Hello', template: 'welcome' },
    })),
  );
  await connection.close();
  const db = new Database(join(folder, 's.db'));
  db.pragma('journal_mode=WAL');
  db.pragma('synchronous=NORMAL');
  db.pragma('wal_autocheckpoint=8000');
  db.pragma('foreign_keys=ON');
  db.pragma('cache_size=-16000');
  db.pragma('mmap_size=268435456');
  prepare(db);
  const now = Date.now();
  const cs = claimStatement({ worker: 'bench', leaseMs: 30000, limit: B }, now);
  const claim = db.prepare(claimSql ?? cs.sql).raw();
  const ss = settleStatement([{ id: 1, fence: 1, kind: 'completed' }], now);
  const settle = db.prepare(settleSql ?? ss.sql);
  if (settle.reader) settle.raw();
  const begin = db.prepare('BEGIN IMMEDIATE'),
    commit = db.prepare('COMMIT');
  let tc = 0,
    ts = 0,
    tt = 0,
    prev = null,
    done = 0;
  const cpu = () => {
    const c = process.cpuUsage();
    return c.user + c.system;
  };
  let columns = claim.columns ? claim.columns().map((c) => c.name) : [];
  for (;;) {
    let a = cpu();
    begin.run();
    let b = cpu();
    tt += b - a;
    if (prev) {
      const rows = settleParams
        ? settleParams(prev, now)
        : [JSON.stringify(prev.map((r) => [r[0], r[columns.indexOf('fence')]])), now];
      b = cpu();
      if (settle.reader) {
        const r = settle.all(num(rows));
        done += r.length;
      } else {
        done += settle.run(num(rows)).changes;
      }
    }
    let c = cpu();
    ts += c - b;
    let rows = claim.all(num(cs.parameters));
    let d = cpu();
    tc += d - c;
    if (columns.length === 1) {
      rows = JSON.parse(rows[0][0]);
    }
    d = cpu();
    commit.run();
    tt += cpu() - d;
    if (rows.length === 0) break;
    prev = rows;
  }
  console.log(
    label.padEnd(30),
    `claim ${(tc / N).toFixed(2)} settle ${(ts / N).toFixed(2)} tx ${(tt / N).toFixed(2)} us/task; done ${done}`,
  );
  db.close();
  rmSync(folder, { recursive: true });
}
if (process.argv[1].endsWith('q6-raw.mjs')) {
  for (let i = 0; i < 2; i++) {
    await raw('as is');
    await raw('no by_finished_at', { prepare: (db) => db.exec('DROP INDEX task_queue_by_finished_at') });
    await raw('no by_type,finished', {
      prepare: (db) => db.exec('DROP INDEX task_queue_by_finished_at; DROP INDEX task_queue_by_type'),
    });
    await raw('no by_lease', { prepare: (db) => db.exec('DROP INDEX task_queue_by_lease') });
    await raw('lease by id', {
      prepare: (db) =>
        db.exec(
          `DROP INDEX task_queue_by_lease; CREATE INDEX task_queue_by_lease ON task_queue(limit_key) WHERE status='running'`,
        ),
    });
  }
}
function num(ps) {
  return Object.fromEntries(ps.map((p, i) => [i + 1, p]));
}
