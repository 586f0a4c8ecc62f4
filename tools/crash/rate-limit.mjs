import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SqliteConnection, SqliteRateLimitRepository } from '@markitect/adapter-sqlite';
import { root } from '../bootstrap.mjs';

const child = join(root, 'tools/crash/rate-limit-child.mjs');
const PER_SECOND = 50;
const PROCESSES = 8;
const CALLERS = 3;
const SECONDS = 20;
const WINDOW_NS = 1_000_000_000n;

/**
 * Eight processes hammer one limit of 50 a second for 20 seconds. When they act is written down on the clock of the
 * machine; no second, wherever it begins, may have more than 50 of it over all processes, and at least 95 % of what the
 * limit allows must be used.
 *
 * `broken` takes a part of the protocol away (`late-permits`: permits are used however late their holder wakes, while
 * processes are stopped for moments; `no-wait`: nobody waits for the time of a permit); then the limit must be exceeded.
 */
export async function crash({ broken }) {
  const folder = mkdtempSync(join(tmpdir(), 'markitect-rate-limit-'));
  try {
    const connection = new SqliteConnection({ file: join(folder, 'store.db') });
    await connection.open();
    await connection.migrate();
    await new SqliteRateLimitRepository(connection).update({
      name: 'hammered',
      perSecond: PER_SECOND,
      burst: 1,
    });
    await connection.close();
    const { acts, late, seconds } = await hammer(folder, broken);
    judge(acts, late, seconds, broken);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function hammer(folder, broken) {
  const processes = Array.from({ length: PROCESSES }, () => start({ folder, callers: CALLERS, broken }));
  try {
    await Promise.all(processes.map(({ ready }) => ready));
    const began = process.hrtime.bigint();
    for (const { process: each } of processes) each.send('go');
    const end = performance.now() + SECONDS * 1000;
    // Without the rule for late permits only processes that are held up can show that it is missing.
    while (broken === 'late-permits' && performance.now() < end - 1000) await holdUp(processes);
    await sleep(end - performance.now());
    const ended = process.hrtime.bigint();
    for (const { process: each } of processes) each.send('stop');
    const reports = await Promise.all(processes.map(({ report }) => report));
    const acts = reports
      .flatMap(({ acts: all }) => all.map(BigInt))
      .filter((at) => at <= ended)
      .sort((left, right) => (left < right ? -1 : 1));
    const late = reports.reduce((sum, report) => sum + report.late, 0);
    return { acts, late, seconds: Number(ended - began) / 1e9 };
  } finally {
    for (const { process: each } of processes) each.kill('SIGKILL');
  }
}

/** All processes stand still for a moment, holding permits, and go on together. */
async function holdUp(processes) {
  for (const { process: each } of processes) each.kill('SIGSTOP');
  await sleep(300);
  for (const { process: each } of processes) each.kill('SIGCONT');
  await sleep(1000);
}

function start(order) {
  const started = spawn(process.execPath, [child, JSON.stringify(order)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const failed = new Promise((_, reject) =>
    started.once('close', (code, signal) => reject(new Error(`a process ended with ${signal ?? code}`))),
  );
  const message = (isWanted) =>
    new Promise((resolve) =>
      started.on('message', (said) => {
        if (isWanted(said)) resolve(said);
      }),
    );
  failed.catch(() => undefined);
  return {
    process: started,
    ready: Promise.race([message((said) => said === 'ready'), failed]),
    report: Promise.race([message((said) => said !== 'ready'), failed]),
  };
}

function judge(acts, late, seconds, broken) {
  const most = mostInWindow(acts);
  const used = acts.length / (PER_SECOND * seconds);
  console.log(
    `${PROCESSES} processes with ${CALLERS} callers each, ${PER_SECOND}/s, ${seconds.toFixed(1)} s${broken ? `, broken: ${broken}` : ''}
${acts.length} acts, ${(used * 100).toFixed(1)} % of the limit; ${late} permits exchanged by callers that woke too late
most in any second: ${most}`,
  );
  if (broken !== undefined) {
    if (most <= PER_SECOND) throw new Error(`without ${broken} the limit held: the harness sees nothing`);
    return;
  }
  if (most > PER_SECOND) throw new Error(`${most} acts in one second`);
  if (used < 0.95) throw new Error(`only ${(used * 100).toFixed(1)} % of the limit was used`);
}

/** The most acts in a second, wherever it begins: the worst begins with an act. */
function mostInWindow(acts) {
  let most = 0;
  let first = 0;
  for (const [index, at] of acts.entries()) {
    while (at - acts[first] >= WINDOW_NS) first += 1;
    most = Math.max(most, index - first + 1);
  }
  return most;
}
