// A process that works on a queue, to be killed and frozen. Started by queue.mjs.
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  SqliteConnection,
  SqliteTaskQueue,
  SqliteTaskScheduleRepository,
  SqliteTaskSignal,
  SqliteUnitOfWork,
} from '@markitect/adapter-sqlite';
import { defineTaskType, taskHandler, TaskWorker } from '@markitect/application';
import { seeded } from './random.mjs';

const { folder, name, leaseMs, concurrency, batch, seed, broken } = JSON.parse(process.argv[2]);
const random = seeded(seed);
/** What the parent reads in the end; written at once, so that it survives a kill. */
const note = (record) => appendFileSync(join(folder, `${name}.log`), `${JSON.stringify(record)}\n`);

const connection = new SqliteConnection({ file: join(folder, 'store.db'), readers: 2, create: false });
await connection.open();

const effects = (executor) => ({
  add: (task, begun) =>
    executor.run('INSERT INTO effects(task, fence, worker, begun) VALUES (?, ?, ?, ?)', [
      task.id,
      task.fence,
      name,
      begun,
    ]),
  fence: async (id) => {
    const [row] = await executor.all('SELECT fence FROM task_queue WHERE id = ?', [id]);
    return row.fence;
  },
});
const unitOfWork = new SqliteUnitOfWork(connection, { repositories: { effects } });

/** Until when this process surely holds a task: by what it knew before it asked. */
const sureUntil = new Map();
const keyOf = ({ id, fence }) => `${id}:${fence}`;
const lost = (hold, during) => {
  const early = (sureUntil.get(keyOf(hold)) ?? 0) - Date.now();
  sureUntil.delete(keyOf(hold));
  note({ kind: 'lost', during, ...hold, ...(early > 0 && { early }) });
};

/** The queue, watched: what was claimed, which holds are lost and when, and every error. */
const queue = watched(new SqliteTaskQueue(connection));
function watched(inner) {
  const guarded = async (during, work) => {
    try {
      return await work();
    } catch (error) {
      note({ kind: 'error', during, code: error?.code ?? String(error) });
      throw error;
    }
  };
  return new Proxy(inner, {
    get(target, operation) {
      if (typeof target[operation] !== 'function') return target[operation];
      return async (...args) => {
        const asked = Date.now();
        const answer = await guarded(operation, () => target[operation](...args));
        if (operation === 'claim') {
          // Without fences of their own nobody can tell two attempts apart.
          const tasks = broken === 'fence' ? answer.map((task) => ({ ...task, fence: 1 })) : answer;
          for (const task of tasks) sureUntil.set(keyOf(task), asked + args[0].leaseMs);
          if (tasks.length > 0) note({ kind: 'claimed', holds: tasks.map(({ id, fence }) => [id, fence]) });
          return tasks;
        }
        if (operation === 'heartbeat') {
          answer.forEach((state, index) => {
            const { id, fence } = args[0][index];
            if (state === 'lost') lost({ id, fence }, operation);
            else if (sureUntil.has(keyOf({ id, fence })))
              sureUntil.set(keyOf({ id, fence }), asked + args[1]);
          });
        }
        if (operation === 'settle') {
          answer.forEach((isHeld, index) => {
            const { id, fence } = args[0][index];
            if (!isHeld) lost({ id, fence }, operation);
            sureUntil.delete(keyOf({ id, fence }));
          });
        }
        return answer;
      };
    },
  });
}

/** The effect of a task and its end in one commit, by hand: what a worker does that looks at no lease. */
async function endByHand(task, begun) {
  if (broken === 'outside') await unitOfWork.run((tx) => tx.effects.add(task, begun));
  const isHeld = await unitOfWork
    .run(async (tx) => {
      if (broken !== 'outside') await tx.effects.add(task, begun);
      const fence = broken === 'settle' ? await tx.effects.fence(task.id) : task.fence;
      const [held] = await tx.tasks.settle([{ id: task.id, fence, kind: 'completed' }]);
      if (!held && broken !== 'outside') throw new Refused();
      return held;
    })
    .catch((error) => {
      if (error instanceof Refused) return false;
      note({ kind: 'error', during: 'unit of work', code: error?.code ?? String(error) });
      return undefined;
    });
  if (isHeld === false) lost({ id: task.id, fence: task.fence }, 'settle in a unit of work');
  sureUntil.delete(keyOf(task));
}
class Refused extends Error {}

/** Takes a few tasks, some of which take longer than their lease, and never asks whether they are still its own. */
async function workByHand(signal) {
  while (!signal.aborted) {
    const tasks = await queue.claim({ worker: `${name}-by-hand`, limit: 5, leaseMs }).catch(() => []);
    for (const task of tasks) {
      const begun = Date.now();
      await sleep(random() * (task.payload.isSlow ? 1.5 * leaseMs : 40));
      await endByHand(task, begun);
    }
    if (tasks.length === 0) await sleep(50);
  }
}

const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());

const schema = { safeParse: (data) => ({ success: true, data }) };
const worker = new TaskWorker(
  {
    queue,
    schedules: new SqliteTaskScheduleRepository(connection),
    signal: new SqliteTaskSignal(connection),
    unitOfWork,
  },
  {
    name,
    leaseMs,
    concurrency,
    batch,
    graceMs: 2000,
    onEvent: (event) => {
      if (event.kind !== 'trouble') return;
      note({ kind: 'error', during: event.during, code: event.error?.code ?? String(event.error) });
    },
    handlers: [
      taskHandler(
        defineTaskType({ type: 'crash.effect', summary: 'Leaves an effect', schema, timeoutMs: 60_000 }),
        async ({ task, complete }) => {
          const begun = Date.now();
          await sleep(random() * (task.payload.isSlow ? leaseMs : 20));
          if (broken === 'settle' || broken === 'outside') return endByHand(task, begun);
          await complete(async (tx) => void (await tx.effects.add(task, begun)));
        },
      ),
      taskHandler(
        defineTaskType({ type: 'crash.plain', summary: 'Answers with its fence', schema, timeoutMs: 60_000 }),
        async ({ task }) => ({ fence: task.fence }),
      ),
    ],
  },
);

if (broken === 'rescue') {
  const hasty = new SqliteTaskQueue(connection, { now: () => Date.now() + leaseMs });
  setInterval(() => void hasty.rescue().catch(() => undefined), leaseMs / 4).unref();
}
process.send?.('ready');
const reports = await Promise.all([worker.run(stop.signal), workByHand(stop.signal)]);
note({ kind: 'ended', ...reports[0].ended });
await connection.close();
process.disconnect?.();
