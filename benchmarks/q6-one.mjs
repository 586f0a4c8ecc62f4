import sqlite3 from 'sqlite3';
import { mkdtempSync, rmSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteConnection } from '@markitect/adapter-sqlite';
const folder = mkdtempSync(join(tmpdir(), 'q6-'));
const connection = new SqliteConnection({ file: join(folder, 's.db') });
await connection.open();
await connection.migrate();
await connection.close();
const db = await new Promise((r) => {
  const d = new sqlite3.Database(join(folder, 's.db'), () => r(d));
});
await new Promise((r) =>
  db.exec(
    'PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=8000; PRAGMA cache_size=-16384; PRAGMA mmap_size=268435456',
    r,
  ),
);
const columns = `type, status, priority, run_at, attempts, max_attempts, fence, limit_key, unique_key, cancel_requested, schedule, created_at, updated_at, payload`;
const variants = {
  'raw all returning 2': [
    `INSERT INTO task_queue(${columns}) VALUES (?1, ?2, ?3, ?4, 0, ?5, 0, ?6, NULL, 0, ?7, ?8, ?8, ?9) RETURNING id, unique_key`,
    'all',
  ],
  'raw run': [
    `INSERT INTO task_queue(${columns}) VALUES (?1, ?2, ?3, ?4, 0, ?5, 0, ?6, NULL, 0, ?7, ?8, ?8, ?9)`,
    'run',
  ],
  'raw select 1': [`SELECT 1 WHERE ?1 > 0 OR ?2 OR ?3 OR ?4 OR ?5 OR ?6 OR ?7 OR ?8 OR ?9`, 'all'],
};
const st = {};
for (const [k, [sql]] of Object.entries(variants))
  st[k] = await new Promise((r) => {
    const s = db.prepare(sql, () => r(s));
  });
const cpu = () => {
  const c = process.cpuUsage();
  return [c.user + c.system, c.system];
};
for (let round = 0; round < 3; round++)
  for (const [k, [, m]] of Object.entries(variants)) {
    const s = st[k];
    const now = Date.now();
    const go = (i) =>
      new Promise((res, rej) =>
        s[m](
          [
            'mail.send',
            'waiting',
            0,
            now,
            5,
            'mail.send',
            null,
            now,
            JSON.stringify({ to: `person.${i}@example.org`, subject: 'Hello', template: 'welcome' }),
          ],
          (e, r) => (e ? rej(e) : res(r)),
        ),
      );
    for (let i = 0; i < 500; i++) await go(i);
    const a = performance.now(),
      c = cpu();
    for (let i = 0; i < 20000; i++) await go(i);
    const d = cpu();
    console.log(
      k.padEnd(22),
      `${(20000 / (performance.now() - a)).toFixed(1)}k/s cpu ${((d[0] - c[0]) / 20000).toFixed(1)} sys ${((d[1] - c[1]) / 20000).toFixed(1)}`,
    );
  }
for (const s of Object.values(st)) await new Promise((r) => s.finalize(r));
db.close();
rmSync(folder, { recursive: true });
