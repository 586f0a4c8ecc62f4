import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteConnection } from '@markitect/adapter-sqlite';
import { root } from '../bootstrap.mjs';
import { KEYS } from './cache-race-child.mjs';

const child = join(root, 'tools/crash/cache-race-child.mjs');

/** How the caches of a race are made. */
const kinds = [
  { name: 'memory', tiers: 'memory', lease: false },
  { name: 'memory and table', tiers: 'both', lease: false },
  { name: 'memory, table and lease', tiers: 'both', lease: true },
  { name: 'table', tiers: 'tier', lease: false },
];

/**
 * Two processes share a data directory; each reads through caches of its own, with slow factories, and changes what is
 * read in units of work that invalidate it. A read that begins after a change was acknowledged, by whichever process,
 * must not give anything older: neither rows nor files. Then 4 processes with 250 callers each ask for one value at
 * once: one factory runs, also when it fails; two, when the process of the first is killed.
 *
 * `broken` takes a part of the protocol away (`no-bump`, `bump-before-commit`, `bump-before-files`, `no-check`,
 * `late-version`); then stale values must be found.
 */
export async function crash({ rounds, seed, broken }) {
  console.log(
    `cache race: ${rounds} operations of each kind, seed ${seed}${broken ? `, broken: ${broken}` : ''}`,
  );
  let stale = 0;
  for (const [index, kind] of kinds.entries()) {
    stale += await race(kind, Math.ceil(rounds / 2), seed + index * 1000, broken);
  }
  if (broken !== undefined) {
    if (stale === 0) throw new Error(`without ${broken} no stale value was found: the harness sees nothing`);
    return;
  }
  if (stale > 0) throw new Error(`${stale} stale values, seed ${seed}`);
  const times = Math.max(1, Math.min(10, Math.round(rounds / 2000)));
  for (const how of ['succeeds', 'fails', 'killed']) await stampede(how, times);
}

async function race({ name, ...kind }, rounds, seed, broken) {
  return withStore(async (folder) => {
    const started = performance.now();
    const reports = await Promise.all(
      [0, 1].map((number) =>
        run({ folder, number, seed: seed + number, rounds, broken, ...kind }).ended.then(
          ({ report, signal }) => {
            if (report === undefined) throw new Error(`a process ended with ${signal}`);
            return report;
          },
        ),
      ),
    );
    const sum = (key) => reports.reduce((total, report) => total + report[key], 0);
    const stale = reports.flatMap((report) => report.stale);
    const errors = reports.flatMap((report) => report.errors);
    console.log(
      `${name.padEnd(24)} ${sum('reads')} reads, ${sum('made')} of them made, ${sum('writes')} units of work, ` +
        `${stale.length} stale, ${((performance.now() - started) / 1000).toFixed(1)} s`,
    );
    for (const each of stale.slice(0, 3)) console.log(`  ${each}`);
    if (errors.length > 0) throw new Error(`units of work failed with ${errors.join(', ')}`);
    return stale.length;
  });
}

async function stampede(how, times) {
  await withStore(async (folder) => {
    for (let round = 0; round < times; round += 1) {
      const started = Array.from({ length: 4 }, () => run({ folder, round, callers: 250, how }));
      await Promise.all(started.map(({ ready }) => ready));
      for (const { process: process_ } of started) process_.send('go');
      const ended = await Promise.all(started.map((each) => each.ended));
      const runs = readFileSync(join(folder, `runs-${round}`), 'utf8').split('\n').length - 1;
      const killed = ended.filter(({ signal }) => signal === 'SIGKILL').length;
      const answers = new Set(ended.flatMap(({ report }) => report?.answers ?? []));
      const wanted = how === 'fails' ? 'wanted' : 'once';
      const isRight =
        runs === (how === 'killed' ? 2 : 1) &&
        killed === (how === 'killed' ? 1 : 0) &&
        answers.size === 1 &&
        answers.has(wanted);
      if (!isRight) {
        throw new Error(
          `stampede (${how}): the factory ran ${runs} times, ${killed} killed, answers: ${[...answers].join(', ')}`,
        );
      }
    }
    console.log(`stampede, factory ${how.padEnd(9)} ${times} × 4 processes × 250 callers: right each time`);
  });
}

async function withStore(work) {
  const folder = mkdtempSync(join(tmpdir(), 'markitect-cache-race-'));
  try {
    const connection = new SqliteConnection({ file: join(folder, 'store.db') });
    await connection.open();
    await connection.migrate();
    const writer = await connection.writer();
    await writer.transaction(async (tx) => {
      await tx.run('CREATE TABLE counters(id INTEGER PRIMARY KEY, value INTEGER)');
      for (let id = 0; id < KEYS; id += 1) await tx.run('INSERT INTO counters VALUES (?, 0)', [id]);
    });
    mkdirSync(join(folder, 'files'));
    for (let id = 0; id < KEYS; id += 1) writeFileSync(join(folder, 'files', `f${id}`), '0');
    writeFileSync(join(folder, 'acknowledged'), new Uint8Array(KEYS * 8 * 2));
    await connection.close();
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(order) {
  const process_ = spawn(process.execPath, [child, JSON.stringify(order)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  let report;
  const ready = new Promise((resolve) =>
    process_.on('message', (message) => {
      if (message === 'ready') resolve();
      else report = message;
    }),
  );
  const ended = new Promise((resolve) =>
    process_.once('close', (code, signal) => resolve({ report, signal: signal ?? code })),
  );
  return { process: process_, ready: Promise.race([ready, ended]), ended };
}
