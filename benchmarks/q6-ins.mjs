import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteConnection } from '@markitect/adapter-sqlite';
import Database from 'better-sqlite3';
async function go(label, sql, change = '') {
  const folder = mkdtempSync(join(tmpdir(), 'q6-'));
  const file = join(folder, 's.db');
  const connection = new SqliteConnection({ file });
  await connection.open();
  await connection.migrate();
  await connection.close();
  const db = new Database(file);
  db.pragma('journal_mode=WAL');
  db.pragma('synchronous=NORMAL');
  db.pragma('wal_autocheckpoint=0');
  db.pragma('mmap_size=268435456');
  db.pragma('cache_size=-16384');
  if (change) db.exec(change);
  const s = db.prepare(sql);
  const now = Date.now();
  const one = (i) =>
    s.run({
      1: 'mail.send',
      2: 'waiting',
      3: 0,
      4: now,
      5: 5,
      6: 'mail.send',
      7: null,
      8: now,
      9: JSON.stringify({ to: `person.${i}@example.org`, subject: 'Hello', template: 'welcome' }),
    });
  for (let i = 0; i < 500; i++) one(i);
  const w0 = statSync(file + '-wal').size;
  const c0 = process.cpuUsage();
  for (let i = 0; i < 10000; i++) one(i);
  const c = process.cpuUsage(c0);
  console.log(
    label.padEnd(30),
    `cpu ${((c.user + c.system) / 10000).toFixed(1)} sys ${(c.system / 10000).toFixed(1)} frames ${((statSync(file + '-wal').size - w0) / 4120 / 10000).toFixed(2)}`,
  );
  db.close();
  rmSync(folder, { recursive: true });
}
const columns = `type, status, priority, run_at, attempts, max_attempts, fence, limit_key, unique_key, cancel_requested, schedule, created_at, updated_at, payload`;
const ins = `INSERT INTO task_queue(${columns}) VALUES (?1, ?2, ?3, ?4, 0, ?5, 0, ?6, NULL, 0, ?7, ?8, ?8, ?9)`;
for (let i = 0; i < 2; i++) {
  await go('as is', ins);
  await go('without turn index', ins, 'DROP INDEX task_queue_by_turn');
  await go(
    'without all indexes',
    ins,
    ['turn', 'run_at', 'lease', 'type', 'finished_at', 'unique_key']
      .map((n) => `DROP INDEX task_queue_by_${n};`)
      .join(''),
  );
  await go(
    'plain table, no autoinc',
    `INSERT INTO t(a,b,c,d,e,f,g,h,i) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9)`,
    'CREATE TABLE t(id INTEGER PRIMARY KEY, a,b,c,d,e,f,g,h,i)',
  );
}
