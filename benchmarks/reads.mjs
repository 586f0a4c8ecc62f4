// `npm run bench -- reads`: the repository beside the raw sqlite3 driver, same schema, same work, same run.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteConnection, SqliteDocumentRepository } from '@markitect/adapter-sqlite';
import { draftOf, pathOf } from './reads-documents.mjs';
import { openRaw } from './reads-raw.mjs';

const DOCUMENTS = 4000;
const CALLERS = 64;

/** What the connections of the repository use by default. */
const pragmas = `PRAGMA busy_timeout = 5000; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16384;
  PRAGMA mmap_size = 268435456; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY`;

/**
 * Each does `count` operations on a side; short and often, so that a disturbance of the machine meets both sides.
 * `version` is one that no operation before has written: a save that changes nothing would be no save.
 */
const operations = [
  {
    name: 'point read, one caller',
    aim: 0.8,
    count: 1500,
    run: (side, { count, callers }) =>
      callers(1, count, (index) => side.get(pathOf((index * 37) % DOCUMENTS))),
  },
  {
    name: `point read, ${CALLERS} callers`,
    aim: 3,
    count: 12_800,
    run: (side, { count, callers }) =>
      callers(CALLERS, count, (index) => side.get(pathOf((index * 37) % DOCUMENTS))),
  },
  {
    name: 'page of 50',
    aim: 0.9,
    count: 250,
    run: (side, { count, callers }) =>
      callers(1, count, (index) => side.page(pathOf((index * 37) % DOCUMENTS))),
  },
  {
    name: 'upsert, one caller',
    count: 200,
    run: (side, { count, callers, version }) =>
      callers(1, count, (index) => side.save(draftOf((index * 37) % DOCUMENTS, version))),
  },
  {
    name: `upsert, ${CALLERS} callers`,
    aim: 1,
    count: 640,
    run: (side, { count, callers, version }) =>
      callers(CALLERS, count, (index) => side.save(draftOf((index * 37) % DOCUMENTS, version))),
  },
  {
    name: 'bulk insert',
    aim: 1,
    count: 512,
    run: async (side, { count, version }) => {
      const first = DOCUMENTS + version * count;
      await side.saveMany(Array.from({ length: count }, (_, index) => draftOf(first + index)));
    },
  },
];

/** Runs the benchmark. `--rounds=N`: how often each side does each operation; the median counts. Default 9. */
export async function run(args = []) {
  const rounds = Number(args.find((arg) => arg.startsWith('--rounds='))?.slice('--rounds='.length) ?? 9);
  if (!Number.isInteger(rounds) || rounds < 3) throw new Error('--rounds takes a whole number from 3');
  const folder = await mkdtemp(join(tmpdir(), 'markitect-reads-'));
  try {
    const sides = {
      repository: await openRepository(join(folder, 'repository.db')),
      raw: await openRawSide(folder),
    };
    const drafts = Array.from({ length: DOCUMENTS }, (_, number) => draftOf(number));
    for (const side of Object.values(sides)) await side.saveMany(drafts);
    const rows = [];
    let version = 1;
    for (const operation of operations) {
      const rates = { raw: [], repository: [] };
      // The first round warms up and is not counted; sides take turns in who begins.
      for (let round = 0; round <= rounds; round += 1) {
        const names = round % 2 === 0 ? ['raw', 'repository'] : ['repository', 'raw'];
        for (const name of names) {
          const rate = await measure(operation, sides[name], version);
          if (round > 0) rates[name].push(rate);
        }
        version += 1;
      }
      rows.push({ operation, raw: median(rates.raw), repository: median(rates.repository) });
    }
    print(rows, rounds);
    for (const side of Object.values(sides)) await side.close();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function openRepository(file) {
  const connection = new SqliteConnection({ file });
  await connection.open();
  await connection.migrate();
  const repository = new SqliteDocumentRepository(connection);
  return {
    get: (path) => repository.get(path),
    page: async (after) => (await repository.list({ after, limit: 50 })).items,
    save: (draft) => repository.save(draft),
    saveMany: (drafts) => repository.saveMany(drafts),
    close: () => connection.close(),
  };
}

async function openRawSide(folder) {
  const file = join(folder, 'raw.db');
  const connection = new SqliteConnection({ file });
  await connection.open();
  await connection.migrate();
  await connection.close();
  return openRaw(file, pragmas);
}

async function measure(operation, side, version) {
  const { count } = operation;
  globalThis.gc?.();
  const start = performance.now();
  await operation.run(side, { count, version, callers });
  return (count / (performance.now() - start)) * 1000;
}

/** `number` callers that each do one thing after the other until `count` things are done. */
async function callers(number, count, work) {
  let next = 0;
  const caller = async () => {
    while (next < count) {
      await work(next++);
    }
  };
  await Promise.all(Array.from({ length: number }, caller));
}

function median(values) {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)];
}

function print(rows, rounds) {
  console.log(
    `documents of 2 KB, ${DOCUMENTS} stored; operations/s, medians of ${rounds} interleaved rounds\n`,
  );
  const line = (...cells) =>
    console.log(cells.map((cell, index) => (index === 0 ? cell.padEnd(26) : cell.padStart(12))).join(''));
  line('', 'raw sqlite3', 'repository', 'ratio', 'aim');
  for (const { operation, raw, repository } of rows) {
    const ratio = repository / raw;
    const aim = operation.aim === undefined ? '' : `${ratio >= operation.aim ? '✓' : '✗'} ≥ ${operation.aim}`;
    line(operation.name, raw.toFixed(0), repository.toFixed(0), ratio.toFixed(2), aim);
  }
}
