// `npm run bench -- uow`: units of work beside raw BEGIN IMMEDIATE/COMMIT, same statement, same file system, same run.
import { once } from 'node:events';
import { mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FsFileStore } from '@markitect/adapter-fs';
import { SqliteConnection, SqliteUnitOfWork } from '@markitect/adapter-sqlite';
import sqlite3 from 'sqlite3';

const ROWS = 1000;
const CONTENT = Buffer.alloc(2000, 'x');
const upsert =
  'INSERT INTO counters(id, value) VALUES (?, 1) ON CONFLICT(id) DO UPDATE SET value = counters.value + 1';

/** What the connections of the store use by default. */
const pragmas = (synchronous) => `PRAGMA journal_mode = WAL; PRAGMA busy_timeout = 5000;
  PRAGMA synchronous = ${synchronous}; PRAGMA cache_size = -16384; PRAGMA mmap_size = 268435456;
  PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY`;

const cases = [
  { synchronous: 'NORMAL', files: 0, callers: 1, count: 1500, aim: 0.7 },
  { synchronous: 'NORMAL', files: 0, callers: 64, count: 3000 },
  { synchronous: 'FULL', files: 0, callers: 1, count: 300, aim: 0.7 },
  { synchronous: 'FULL', files: 0, callers: 64, count: 1500, aim: 3 },
  { synchronous: 'NORMAL', files: 1, callers: 1, count: 40 },
  { synchronous: 'NORMAL', files: 1, callers: 64, count: 64 },
  { synchronous: 'FULL', files: 1, callers: 1, count: 40 },
  { synchronous: 'FULL', files: 1, callers: 64, count: 64 },
  { synchronous: 'NORMAL', files: 10, callers: 1, count: 8 },
  { synchronous: 'NORMAL', files: 10, callers: 64, count: 64 },
  { synchronous: 'FULL', files: 10, callers: 1, count: 8 },
  { synchronous: 'FULL', files: 10, callers: 64, count: 64 },
];

/** Runs the benchmark. `--rounds=N`: how often each side does each case; the median counts. Default 7. */
export async function run(args = []) {
  const rounds = Number(args.find((arg) => arg.startsWith('--rounds='))?.slice('--rounds='.length) ?? 7);
  if (!Number.isInteger(rounds) || rounds < 3) throw new Error('--rounds takes a whole number from 3');
  const folder = await mkdtemp(join(tmpdir(), 'markitect-uow-'));
  try {
    console.log(
      `one upsert of a row and files of ${CONTENT.length} bytes; units/s, medians of ${rounds} interleaved rounds\n` +
        'raw: BEGIN IMMEDIATE, the same upsert, COMMIT on the sqlite3 driver; files written in place, not synced\n',
    );
    print('', 'raw sqlite3', 'unit of work', 'ratio', 'aim');
    for (const synchronous of ['NORMAL', 'FULL']) {
      const sides = {
        raw: await openRaw(join(folder, synchronous, 'raw'), synchronous),
        unit: await openUnits(join(folder, synchronous, 'unit'), synchronous),
      };
      for (const each of cases.filter((one) => one.synchronous === synchronous)) {
        printRow(each, await compare(each, sides, rounds));
      }
      for (const side of Object.values(sides)) await side.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Interleaved rounds; the first warms up and is not counted; sides take turns in who begins. */
async function compare(each, sides, rounds) {
  const rates = { raw: [], unit: [] };
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of round % 2 === 0 ? ['raw', 'unit'] : ['unit', 'raw']) {
      globalThis.gc?.();
      const start = performance.now();
      await callers(each.callers, each.count, (index) => sides[name].once(index, each.files));
      if (round > 0) rates[name].push((each.count / (performance.now() - start)) * 1000);
    }
  }
  return { raw: median(rates.raw), unit: median(rates.unit) };
}

async function openRaw(folder, synchronous) {
  await mkdir(folder, { recursive: true });
  const database = new sqlite3.Database(join(folder, 'store.db'));
  await once(database, 'open');
  const promised = (work) =>
    new Promise((resolve, reject) => work((error) => (error === null ? resolve() : reject(error))));
  await promised((done) => database.exec(pragmas(synchronous), done));
  await promised((done) => database.exec('CREATE TABLE counters(id INTEGER PRIMARY KEY, value)', done));
  const statements = ['BEGIN IMMEDIATE', upsert, 'COMMIT'].map((sql) => database.prepare(sql));
  const [begin, change, commit] = statements;
  const run = (statement, parameters = []) => promised((done) => statement.run(parameters, done));
  // One transaction at a time on the one connection: each waits for the one before it.
  let last = Promise.resolve();
  return {
    once: (index, files) => {
      last = last.then(async () => {
        await run(begin);
        await run(change, [index % ROWS]);
        await Promise.all(Array.from({ length: files }, (_, file) => writeFile(folder, index, file)));
        await run(commit);
      });
      return last;
    },
    close: async () => {
      await Promise.all(statements.map((each) => promised((done) => each.finalize(() => done(null)))));
      await promised((done) => database.close(done));
    },
  };
}

async function writeFile(folder, index, file) {
  const handle = await open(join(folder, `file-${index % 64}-${file}`), 'w');
  await handle.writeFile(CONTENT);
  await handle.close();
}

async function openUnits(folder, synchronous) {
  const connection = new SqliteConnection({ file: join(folder, 'store.db'), synchronous });
  await connection.open();
  await connection.migrate();
  const writer = await connection.writer();
  await writer.transaction((tx) => tx.run('CREATE TABLE counters(id INTEGER PRIMARY KEY, value)'));
  const units = new SqliteUnitOfWork(connection, {
    files: { files: new FsFileStore({ root: join(folder, 'files') }) },
    repositories: { counters: (executor) => ({ add: (id) => executor.run(upsert, [id]) }) },
  });
  return {
    once: (index, files) =>
      units.run(async (tx) => {
        await tx.counters.add(index % ROWS);
        if (files === 0) return;
        const store = tx.files('files');
        await Promise.all(
          Array.from({ length: files }, (_, file) => store.write(`file-${index % 64}-${file}`, CONTENT)),
        );
      }),
    close: () => connection.close(),
  };
}

/** `number` callers that each do one thing after the other until `count` things are done. */
async function callers(number, count, work) {
  let next = 0;
  const caller = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: number }, caller));
}

function median(values) {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)];
}

function printRow(each, { raw, unit }) {
  const ratio = unit / raw;
  const files = each.files === 1 ? '1 file' : `${each.files} files`;
  const who = each.callers === 1 ? '1 caller' : `${each.callers} callers`;
  const aim = each.aim === undefined ? '' : `${ratio >= each.aim ? '✓' : '✗'} ≥ ${each.aim}`;
  print(
    `${each.synchronous}, ${files}, ${who}`,
    raw.toFixed(0),
    unit.toFixed(0),
    ratio.toFixed(ratio < 0.1 ? 3 : 2),
    aim,
  );
}

function print(...cells) {
  console.log(cells.map((cell, index) => (index === 0 ? cell.padEnd(30) : cell.padStart(14))).join(''));
}
