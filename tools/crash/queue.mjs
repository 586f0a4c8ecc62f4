import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SqliteConnection, SqliteTaskQueue } from '@markitect/adapter-sqlite';
import { root } from '../bootstrap.mjs';
import { seeded } from './random.mjs';

const child = join(root, 'tools/crash/queue-child.mjs');
const LEASE_MS = 2000;
const CONCURRENCY = 4;
const BATCH = 16;
/** What the worker by hand of each process holds. */
const BY_HAND = 5;
/** One task in so many has no effect of its own: it is settled by the worker, in batches. */
const PLAIN = 5;
/** One in so many takes about as long as a lease. */
const SLOW = 50;

/**
 * Processes work on one queue while they are killed and frozen past their leases at random moments. Then: every task is
 * completed; the effect of each was committed once, with the fence that the task has in the end; no fence was given
 * twice; no lease was taken away before it was over; no task began while more of a higher priority were kept waiting
 * than workers can hold without having begun them; nobody was told that the database is busy. Each process has, besides
 * a `TaskWorker`, one that never asks whether its tasks are still its own.
 *
 * `broken` takes a part of the protocol away (`settle`: the fence is not looked at; `rescue`: leases are taken away too
 * early; `fence`: a claim does not raise it; `outside`: the effect is no part of the commit; `priority`: the queue does
 * not know it); then a verdict must fail.
 */
export async function crash({ tasks, workers, seconds = 600, seed, broken }) {
  console.log(
    `queue: ${tasks} tasks, ${workers} processes, seed ${seed}${broken ? `, broken: ${broken}` : ''}`,
  );
  const folder = mkdtempSync(join(tmpdir(), 'markitect-queue-'));
  const connection = new SqliteConnection({ file: join(folder, 'store.db') });
  try {
    await connection.open();
    await connection.migrate();
    const queue = new SqliteTaskQueue(connection);
    await prepare(connection, queue, { tasks, seed, broken });
    const disturbed = await work(queue, { folder, tasks, workers, seconds, seed, broken });
    const faults = await verdicts(connection, queue, { folder, tasks, workers });
    report(disturbed, faults);
    const failed = faults.filter(({ found }) => found.length > 0);
    if (broken === undefined && failed.length > 0) {
      throw new Error(`${failed.length} verdicts failed, seed ${seed}`);
    }
    if (broken !== undefined && failed.length === 0) {
      throw new Error(`with ${broken} broken no verdict failed: the harness sees nothing`);
    }
  } finally {
    await connection.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function prepare(connection, queue, { tasks, seed, broken }) {
  const writer = await connection.writer();
  await writer.transaction(async (transaction) => {
    await transaction.run('CREATE TABLE effects(task INTEGER, fence INTEGER, worker TEXT, begun INTEGER)');
    if (broken === 'fence') {
      await transaction.run(
        `CREATE TRIGGER no_fence AFTER UPDATE OF fence ON task_queue WHEN new.fence > 1
         BEGIN UPDATE task_queue SET fence = 1 WHERE id = new.id; END`,
      );
    }
  });
  const random = seeded(seed);
  await queue.enqueue(
    Array.from({ length: tasks }, (_, index) => {
      const priority = Math.floor(random() * 10);
      return {
        type: index % PLAIN === 0 ? 'crash.plain' : 'crash.effect',
        payload: { priority, isSlow: index % SLOW === 1 },
        priority: broken === 'priority' ? 0 : priority,
        maxAttempts: 1000,
      };
    }),
  );
}

/** Lets the processes work until all is done, and disturbs them. */
async function work(queue, { folder, tasks, workers, seconds, seed, broken }) {
  const random = seeded(seed + 1);
  const deadline = Date.now() + seconds * 1000;
  const disturbed = { kills: 0, freezes: 0, seconds: 0 };
  const started = Date.now();
  let count = 0;
  const start = () => {
    count += 1;
    const settings = { folder, leaseMs: LEASE_MS, concurrency: CONCURRENCY, batch: BATCH, broken };
    const process_ = spawn(
      process.execPath,
      [child, JSON.stringify({ ...settings, name: `worker-${count}`, seed: seed + count })],
      { cwd: root, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
    );
    const one = { process: process_, frozenUntil: 0, isUp: false };
    process_.on('message', () => (one.isUp = true));
    one.ended = new Promise((resolve) => {
      process_.once('close', (code, signal) => resolve({ code, signal }));
    });
    return one;
  };
  const all = Array.from({ length: workers }, start);
  const thaw = (one) => {
    one.frozenUntil = 0;
    one.process.kill('SIGCONT');
  };
  try {
    for (;;) {
      await sleep(100 + random() * 300);
      const now = Date.now();
      for (const one of all) if (one.frozenUntil > 0 && one.frozenUntil <= now) thaw(one);
      for (const [index, one] of all.entries()) {
        const { exitCode, signalCode } = one.process;
        if (exitCode !== null) throw new Error(`a worker ended with ${exitCode}`);
        if (signalCode !== null) all[index] = start();
      }
      const [completed, dead] = await counts(queue);
      if (completed + dead >= tasks) break;
      if (now > deadline) throw new Error(`${tasks - completed} tasks are left after ${seconds} s`);
      const chosen = all[Math.floor(random() * all.length)];
      if (!chosen.isUp || chosen.frozenUntil > 0 || random() < 0.3) continue;
      // Somebody has to be able to take over.
      const frozen = all.filter(({ frozenUntil }) => frozenUntil > 0).length;
      if (random() < 0.4) {
        disturbed.kills += 1;
        chosen.process.kill('SIGKILL');
        await chosen.ended;
      } else if (frozen < workers / 2) {
        disturbed.freezes += 1;
        chosen.frozenUntil = now + LEASE_MS * (0.3 + random() * 2);
        chosen.process.kill('SIGSTOP');
      }
    }
    disturbed.seconds = (Date.now() - started) / 1000;
    // Those that are frozen wake up late, and must find that there is nothing left to report.
    for (const one of all) thaw(one);
    while (
      all.some(({ isUp, process: { exitCode, signalCode } }) => !isUp && exitCode === null && !signalCode)
    ) {
      await sleep(50);
    }
    for (const one of all) one.process.kill('SIGTERM');
    for (const { ended } of all) {
      const { code, signal } = await ended;
      if (code !== 0) throw new Error(`a worker that was to stop ended with ${code ?? signal}`);
    }
  } finally {
    for (const one of all) one.process.kill('SIGKILL');
  }
  return disturbed;
}

async function counts(queue) {
  const stats = await queue.stats();
  const sum = (status) => stats.reduce((total, each) => total + each.counts[status], 0);
  return [sum('completed'), sum('dead')];
}

/** What must be true in the end, and what of it is not. */
async function verdicts(connection, queue, { folder, tasks, workers }) {
  const [completed] = await counts(queue);
  const rows = await connection.readers().all(
    `SELECT t.id, t.type, t.fence, t.payload ->> 'priority' AS priority, t.result ->> 'fence' AS settled,
       count(e.task) AS effects, max(e.fence) AS fenceOfEffect, min(e.begun) AS begun
     FROM task_queue AS t LEFT JOIN effects AS e ON e.task = t.id GROUP BY t.id`,
  );
  const notes = readdirSync(folder)
    .filter((file) => file.endsWith('.log'))
    .flatMap((file) => readFileSync(join(folder, file), 'utf8').split('\n').filter(isWhole).map(JSON.parse));
  const of = (kind) => notes.filter((each) => each.kind === kind);
  const lost = of('lost');
  const claims = of('claimed').flatMap(({ holds }) => holds.map(([id, fence]) => `${id}:${fence}`));
  const effective = rows.filter(({ type }) => type === 'crash.effect');
  const plain = rows.filter(({ type }) => type === 'crash.plain');
  const fences = new Map(rows.map(({ id, fence }) => [id, fence]));
  const bound = workers * (CONCURRENCY + BATCH + BY_HAND);
  const { worst, over } = overtaken(effective, bound);
  return [
    verdict(`${completed} of ${tasks} tasks completed`, completed === tasks ? [] : [`${completed}`]),
    verdict(
      `${effective.length} effects committed once each`,
      effective.filter(({ effects }) => effects !== 1).map(({ id, effects }) => `task ${id}: ${effects}`),
    ),
    verdict(
      `no late settle taken (${lost.filter(({ during }) => during !== 'heartbeat').length} refused)`,
      [
        ...effective.filter(({ effects, fence, fenceOfEffect }) => effects > 0 && fence !== fenceOfEffect),
        // By hand they are completed without a result.
        ...plain.filter(({ fence, settled }) => settled !== null && settled !== fence),
      ].map(
        ({ id, fence, fenceOfEffect, settled }) => `task ${id}: ${fenceOfEffect ?? settled} for ${fence}`,
      ),
    ),
    verdict(`${claims.length} claims, each with a fence of its own`, repeated(claims)),
    verdict(
      `${lost.length} holds lost, none before its lease was over`,
      // A heartbeat may cross with the end that its own process has reported: nobody else has got the task then.
      lost
        .filter(({ id, fence, early }) => early !== undefined && fences.get(id) > fence)
        .map(({ id, early }) => `task ${id}: ${early} ms early`),
    ),
    verdict(`at most ${worst} of higher priority kept waiting, of ${bound} allowed`, over),
    verdict(
      'no busy database, no other error',
      of('error').map(({ during, code }) => `${during}: ${code}`),
    ),
  ];
}

/**
 * For each task that was begun once: how many such tasks of a higher priority had not begun yet. Those are at most as
 * many as are held by workers that have not come to them.
 */
function overtaken(rows, bound) {
  const undisturbed = rows
    .filter(({ fence, effects }) => fence === 1 && effects === 1)
    .sort((left, right) => left.begun - right.begun || right.priority - left.priority);
  const left = new Map();
  for (const { priority } of undisturbed) left.set(priority, (left.get(priority) ?? 0) + 1);
  let worst = 0;
  const over = [];
  for (const { id, priority } of undisturbed) {
    left.set(priority, left.get(priority) - 1);
    let higher = 0;
    for (const [other, count] of left) if (other > priority) higher += count;
    worst = Math.max(worst, higher);
    if (higher > bound) over.push(`task ${id} of priority ${priority} before ${higher}`);
  }
  return { worst, over };
}

const verdict = (promise, found) => ({ promise, found });

function repeated(values) {
  const seen = new Set();
  return values.filter((value) => seen.has(value) || !seen.add(value));
}

/** The last line of a process that was killed may be half a line. */
const isWhole = (line) => line.startsWith('{') && line.endsWith('}');

function report({ kills, freezes, seconds }, faults) {
  console.log(`${kills} kills, ${freezes} freezes, ${seconds.toFixed(1)} s`);
  for (const { promise, found } of faults) {
    console.log(`${found.length === 0 ? '  ok ' : 'FAIL '} ${promise}`);
    for (const each of found.slice(0, 3)) console.log(`       ${each}`);
    if (found.length > 3) console.log(`       … ${found.length - 3} more`);
  }
}
