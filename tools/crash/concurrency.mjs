// Ten thousand units of work at once: no lost update, and how long the unlucky ones wait.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteConnection, SqliteUnitOfWork } from '@markitect/adapter-sqlite';
import { seeded } from './random.mjs';

const ACCOUNTS = 50;
const BALANCE = 1000;

/**
 * `runs` units of work (counter increments and transfers between accounts) all asked for at once: in one process, from
 * four processes, and in one process with a deadline that most of them cannot keep. Every increment that was
 * acknowledged is there, no other is, and no money is made or lost; nothing fails but by the documented timeouts.
 */
export async function crash({ runs, seed }) {
  console.log(`concurrency: ${runs} units of work at once, seed ${seed}`);
  await scenario('one process', { processes: 1, runs, seed });
  await scenario('four processes', { processes: 4, runs, seed });
  await scenario('one process, deadline 1 s', { processes: 1, runs, seed, deadlineMs: 1000 });
}

async function scenario(name, { processes, runs, seed, deadlineMs }) {
  const folder = mkdtempSync(join(tmpdir(), 'markitect-concurrency-'));
  const file = join(folder, 'store.db');
  try {
    await create(file);
    const share = Math.ceil(runs / processes);
    const started = performance.now();
    const reports = await Promise.all(
      Array.from({ length: processes }, (_, number) =>
        runProcess(file, share, seed + number, deadlineMs ?? 0),
      ),
    );
    const seconds = (performance.now() - started) / 1000;
    const done = reports.reduce((sum, report) => sum + report.increments, 0);
    const { counter, sum } = await totals(file);
    if (counter !== done)
      throw new Error(`${name}: ${done} increments acknowledged, the counter is at ${counter}`);
    if (sum !== ACCOUNTS * BALANCE)
      throw new Error(`${name}: the accounts hold ${sum}, not ${ACCOUNTS * BALANCE}`);
    const errors = {};
    for (const [code, count] of reports.flatMap((report) => Object.entries(report.errors))) {
      errors[code] = (errors[code] ?? 0) + count;
    }
    const unexpected = Object.keys(errors).filter(
      (code) => deadlineMs === undefined || code !== 'DEADLINE_EXCEEDED',
    );
    if (unexpected.length > 0) throw new Error(`${name}: failed with ${JSON.stringify(errors)}`);
    const waits = reports.flatMap((report) => report.waits).sort((left, right) => left - right);
    const at = (share_) =>
      (waits[Math.min(waits.length - 1, Math.floor(waits.length * share_))] ?? 0).toFixed(0);
    console.log(
      `${name.padEnd(28)} ${waits.length} committed, ${JSON.stringify(errors)} refused, ${seconds.toFixed(1)} s; ` +
        `wait p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms; no lost update`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function create(file) {
  const connection = new SqliteConnection({ file });
  await connection.open();
  await connection.migrate();
  const writer = await connection.writer();
  await writer.transaction(async (tx) => {
    await tx.run('CREATE TABLE accounts(id INTEGER PRIMARY KEY, balance INTEGER)');
    for (let id = 0; id <= ACCOUNTS; id += 1) {
      await tx.run('INSERT INTO accounts VALUES (?, ?)', [id, id === ACCOUNTS ? 0 : BALANCE]);
    }
  });
  await connection.close();
}

async function totals(file) {
  const connection = new SqliteConnection({ file });
  await connection.open();
  const [row] = await connection
    .readers()
    .all(
      'SELECT sum(iif(id < ?, balance, 0)) AS sum, sum(iif(id = ?, balance, 0)) AS counter FROM accounts',
      [ACCOUNTS, ACCOUNTS],
    );
  await connection.close();
  return row;
}

function runProcess(file, count, seed, deadlineMs) {
  return new Promise((resolve, reject) => {
    const process_ = spawn(
      process.execPath,
      [import.meta.filename, file, count, seed, deadlineMs].map(String),
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    let output = '';
    process_.stdout.on('data', (chunk) => (output += chunk));
    process_.once('close', (code) =>
      code === 0 ? resolve(JSON.parse(output)) : reject(new Error(`a process ended with ${code}`)),
    );
  });
}

/** Reads, then writes what it has read plus something: an update is lost as soon as two overlap. */
async function work([file, count, seed, deadlineMs]) {
  const random = seeded(Number(seed));
  const connection = new SqliteConnection({ file, busyTimeoutMs: 1000, writeTimeoutMs: 600_000 });
  await connection.open();
  const units = new SqliteUnitOfWork(connection, {
    repositories: {
      accounts: (executor) => ({
        balance: async (id) =>
          (await executor.all('SELECT balance FROM accounts WHERE id = ?', [id]))[0].balance,
        set: (id, balance) => executor.run('UPDATE accounts SET balance = ? WHERE id = ?', [balance, id]),
      }),
    },
  });
  const errors = {};
  const waits = [];
  let increments = 0;
  const options = Number(deadlineMs) > 0 ? { deadlineMs: Number(deadlineMs) } : {};
  await Promise.all(
    Array.from({ length: Number(count) }, async (_, index) => {
      const from = Math.floor(random() * ACCOUNTS);
      const to = Math.floor(random() * ACCOUNTS);
      const isIncrement = index % 2 === 0;
      const asked = performance.now();
      let wait = 0;
      try {
        await units.run(async ({ accounts }) => {
          wait = performance.now() - asked;
          if (isIncrement) await accounts.set(ACCOUNTS, (await accounts.balance(ACCOUNTS)) + 1);
          else {
            await accounts.set(from, (await accounts.balance(from)) - 1);
            await accounts.set(to, (await accounts.balance(to)) + 1);
          }
        }, options);
        waits.push(wait);
        if (isIncrement) increments += 1;
      } catch (error) {
        const code = error.code ?? String(error);
        errors[code] = (errors[code] ?? 0) + 1;
      }
    }),
  );
  await connection.close();
  process.stdout.write(JSON.stringify({ increments, errors, waits }));
}

if (process.argv[1] === import.meta.filename) await work(process.argv.slice(2));
