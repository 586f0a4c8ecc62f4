import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteConnection } from '@markitect/adapter-sqlite';
import Database from 'better-sqlite3';
const columns = `type, status, priority, run_at, attempts, max_attempts, fence, limit_key, unique_key, cancel_requested, schedule, created_at, updated_at, payload`;
const ins = `INSERT INTO task_queue(${columns}) SELECT ?1, ?2, ?3, ?4, 0, ?5, 0, ?6, NULL, 0, ?7, ?8, ?8, value FROM json_each(?9)`;
const payloads = Array.from({ length: 100000 }, (_, i) => ({
  to: `person.${i}@example.org`,
  subject: 'Hello',
  template: 'welcome',
}));
async function go(label, text, sql = ins, size = 10000, change) {
  const folder = mkdtempSync(join(tmpdir(), 'q6-'));
  const file = join(folder, 's.db');
  const connection = new SqliteConnection({ file });
  await connection.open();
  await connection.migrate();
  await connection.close();
  const db = new Database(file);
  db.pragma('journal_mode=WAL');
  db.pragma('synchronous=NORMAL');
  db.pragma('wal_autocheckpoint=8000');
  db.pragma('mmap_size=268435456');
  db.pragma('cache_size=-16384');
  if (change) db.exec(change);
  const s = db.prepare(sql);
  const now = Date.now();
  let t = 0,
    q = 0;
  const cpu = () => {
    const c = process.cpuUsage();
    return c.user + c.system;
  };
  db.exec('BEGIN IMMEDIATE');
  for (let i = 0; i < payloads.length; i += size) {
    const a = cpu();
    const x = text(payloads.slice(i, i + size).map((p) => JSON.stringify(p)));
    const b = cpu();
    s.run({ 1: 'mail.send', 2: 'waiting', 3: 0, 4: now, 5: 5, 6: 'mail.send', 7: null, 8: now, 9: x });
    t += b - a;
    q += cpu() - b;
  }
  const b = cpu();
  db.exec('COMMIT');
  q += cpu() - b;
  console.log(label.padEnd(30), `text ${(t / 1e5).toFixed(2)} sql ${(q / 1e5).toFixed(2)}`);
  db.close();
  rmSync(folder, { recursive: true });
}
for (let i = 0; i < 3; i++) {
  await go('strings', (p) => JSON.stringify(p));
  await go('objects', (p) => '[' + p.join(',') + ']');
  await go('strings 1000', (p) => JSON.stringify(p), ins, 1000);
  await go('objects 1000', (p) => '[' + p.join(',') + ']', ins, 1000);
  await go('strings, no index', (p) => JSON.stringify(p), ins, 10000, 'DROP INDEX task_queue_by_turn');
}
