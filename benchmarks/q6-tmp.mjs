// `npm run bench -- queue`: our queue beside plainjob and liteque: enqueue one by one and in bulk, drain.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  SqliteConnection,
  SqliteTaskQueue,
  SqliteTaskScheduleRepository,
  SqliteTaskSignal,
  SqliteUnitOfWork,
} from '@markitect/adapter-sqlite';
import { defineTaskType, taskHandler, TaskWorker } from '@markitect/application';
import { buildPeers, openLiteque, openPlainjob } from './queue-peers.mjs';

const CONCURRENCY = 10;
const CALLERS = 64;
const payloadOf = (index) => ({ to: `person.${index}@example.org`, subject: 'Hello', template: 'welcome' });

const counts = {
  markitect: { one: Number(process.env.ONE ?? 5000), callers: 30_000, bulk: 100_000, drain: 50_000 },
  plainjob: { one: Number(process.env.ONE ?? 5000), callers: 30_000, bulk: 100_000, drain: 20_000 },
  // Its dequeue hands a promise to a transaction of better-sqlite3, which the present version of that refuses.
  liteque: { one: 1000 },
};

const openers = { markitect: openMarkitect, plainjob: openPlainjob, liteque: openLiteque };

const cases = [
  { name: 'enqueue, one caller', of: 'one', aim: 0.5 },
  { name: `enqueue, ${CALLERS} callers`, of: 'callers', aim: 1 },
  { name: 'enqueue in bulk', of: 'bulk', aim: 1 },
  { name: `drain, concurrency ${CONCURRENCY}`, of: 'drain', aim: 3 },
];

/** Runs the benchmark. `--rounds=N`: how often each side does each case, in turns; the median counts. Default 5. */
export { openers, counts, measure };
export async function run(args = []) {
  const rounds = Number(args.find((arg) => arg.startsWith('--rounds='))?.slice('--rounds='.length) ?? 5);
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds takes a whole number from 1');
  buildPeers();
  console.log(
    `tasks/s, medians of ${rounds} interleaved rounds; WAL and synchronous=NORMAL on all sides. Ours besides: leases\n` +
      'with fencing, heartbeats, priorities, attempts, limits; the drain is that of TaskWorker.\n',
  );
  print('', ...Object.keys(openers), 'of plainjob', 'aim');
  let missed = 0;
  for (const { name, of, aim } of cases) {
    const rates = Object.fromEntries(Object.keys(openers).map((side) => [side, []]));
    const ratios = [];
    for (let round = 0; round < rounds; round += 1) {
      const sides = Object.keys(openers).filter((side) => counts[side][of] !== undefined);
      // Nobody is always first.
      if (round % 2 === 1) sides.reverse();
      for (const side of sides) rates[side].push(await measure(side, of));
      ratios.push(rates.markitect.at(-1) / rates.plainjob.at(-1));
    }
    const ratio = median(ratios);
    const isMet = ratio >= aim;
    if (!isMet) missed += 1;
    const shown = Object.values(rates).map((each) => (each.length === 0 ? '–' : thousands(median(each))));
    print(name, ...shown, `${ratio.toFixed(2)} ×`, `≥ ${aim} ${isMet ? 'met' : 'MISSED'}`);
  }
  if (missed > 0) console.log(`\n${missed} of ${cases.length} aims missed`);
}

/** Tasks per second of one side in one case, in a database of its own. */
async function measure(side, of) {
  const folder = await mkdtemp(join(tmpdir(), 'markitect-queue-'));
  const queue = await openers[side](folder);
  const count = counts[side][of];
  const payloads = Array.from({ length: count }, (_, index) => payloadOf(index));
  try {
    if (of === 'drain') await fill(queue, payloads);
    // Nobody is measured while the engine compiles.
    if (of === 'one' || of === 'callers')
      for (let count = 0; count < 500; count += 1) await queue.enqueue(payloadOf(count));
    globalThis.gc?.();
    const t0 = threads();
    const start = performance.now();
    if (of === 'one') for (const payload of payloads) await queue.enqueue(payload);
    else if (of === 'bulk') await queue.enqueueAll(payloads);
    else if (of === 'drain') await queue.drain(count, CONCURRENCY);
    else {
      const rest = payloads[Symbol.iterator]();
      const caller = async () => {
        for (const payload of rest) await queue.enqueue(payload);
      };
      await Promise.all(Array.from({ length: CALLERS }, caller));
    }
    const rate = (count * 1000) / (performance.now() - start);
    measure.cpu = diff(t0, threads(), count);
    return rate;
  } finally {
    await queue.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function fill(queue, payloads) {
  if (queue.enqueueAll !== undefined) await queue.enqueueAll(payloads);
  else for (const payload of payloads) await queue.enqueue(payload);
}

async function openMarkitect(folder) {
  const connection = new SqliteConnection({ file: join(folder, 'store.db') });
  await connection.open();
  await connection.migrate();
  const queue = new SqliteTaskQueue(connection);
  // The peers check no payloads either.
  const schema = { safeParse: (data) => ({ success: true, data }) };
  const type = defineTaskType({ type: 'mail.send', summary: 'Sends a mail', schema });
  return {
    enqueue: (payload) => queue.enqueue([{ type: 'mail.send', payload }]),
    enqueueAll: (payloads) => queue.enqueue(payloads.map((payload) => ({ type: 'mail.send', payload }))),
    async drain(count, concurrency) {
      let done = 0;
      const worker = new TaskWorker(
        {
          queue,
          schedules: new SqliteTaskScheduleRepository(connection),
          signal: new SqliteTaskSignal(connection),
          unitOfWork: new SqliteUnitOfWork(connection),
        },
        {
          name: 'bench',
          handlers: [taskHandler(type, async () => void (done += 1))],
          concurrency,
          batch: 400,
          untilEmpty: true,
        },
      );
      await worker.run(new AbortController().signal);
      const [{ counts: ended }] = await queue.stats();
      if (done !== count || ended.completed !== count) throw new Error(`${done} of ${count} done`);
    },
    close: () => connection.close(),
  };
}

function median(values) {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)];
}

const thousands = (rate) => `${(rate / 1000).toFixed(1)} k`;

function print(name, ...cells) {
  console.log(name.padEnd(24) + cells.map((cell) => String(cell).padStart(13)).join(''));
}

import { readdirSync, readFileSync } from 'node:fs';
function threads() {
  const all = {};
  for (const t of readdirSync('/proc/self/task')) {
    const f = readFileSync(`/proc/self/task/${t}/stat`, 'utf8');
    const p = f.slice(f.lastIndexOf(')') + 2).split(' ');
    all[t] = [Number(p[11]) * 10, Number(p[12]) * 10];
  }
  return all;
}
function diff(a, b, n) {
  let main = 0,
    rest = 0,
    sys = 0;
  for (const [t, [u, s]] of Object.entries(b)) {
    const [u0, s0] = a[t] ?? [0, 0];
    const d = u - u0 + s - s0;
    if (Number(t) === process.pid) main += d;
    else rest += d;
    sys += s - s0;
  }
  return { main: (main * 1000) / n, rest: (rest * 1000) / n, sys: (sys * 1000) / n };
}
