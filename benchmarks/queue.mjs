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
import { openDriver } from './queue-raw.mjs';

const CONCURRENCY = 10;
const CALLERS = 64;
/** That of the setting `tasks.batch`. */
const DEFAULT_BATCH = 8;
const payloadOf = (index) => ({ to: `person.${index}@example.org`, subject: 'Hello', template: 'welcome' });

const counts = {
  markitect: { one: 20_000, callers: 30_000, bulk: 100_000, drain: 50_000 },
  plainjob: { one: 20_000, callers: 30_000, bulk: 100_000, drain: 20_000 },
  // Its dequeue hands a promise to a transaction of better-sqlite3, which the present version of that refuses.
  liteque: { one: 1000 },
  driver: { one: 20_000, bulk: 100_000, drain: 50_000 },
};

const driver = (folder) => openDriver(join(folder, 'store.db'));
const openers = { markitect: openMarkitect, plainjob: openPlainjob, liteque: openLiteque, driver };

const cases = [
  { name: 'enqueue, one caller', of: 'one', aim: 0.5 },
  { name: `enqueue, ${CALLERS} callers`, of: 'callers', aim: 1 },
  { name: 'enqueue in bulk', of: 'bulk', aim: 1 },
  { name: `drain, batches of ${DEFAULT_BATCH} (default)`, of: 'drain', batch: DEFAULT_BATCH },
  { name: 'drain, batches of 400', of: 'drain', batch: 400, aim: 3 },
];

/** Runs the benchmark. `--rounds=N`: how often each side does each case, in turns; the median counts. Default 5. */
export async function run(args = []) {
  const rounds = Number(args.find((arg) => arg.startsWith('--rounds='))?.slice('--rounds='.length) ?? 5);
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds takes a whole number from 1');
  buildPeers();
  console.log(
    `tasks/s, medians of ${rounds} interleaved rounds; WAL and synchronous=NORMAL on all sides. Ours besides: leases\n` +
      'with fencing, heartbeats, priorities, attempts, limits; the drain is that of TaskWorker. A drain does ' +
      `${CONCURRENCY}\ntasks at a time; the batch is that of ours alone: so many more it holds that it has not begun.\n` +
      '"driver": what sqlite3, the driver we are built on, does by hand on the same tables without any of that, one\n' +
      'statement after the other.\n',
  );
  print('', ...Object.keys(openers), 'of plainjob', 'aim');
  let missed = 0;
  for (const { name, of, batch, aim } of cases) {
    const rates = Object.fromEntries(Object.keys(openers).map((side) => [side, []]));
    const ratios = [];
    for (let round = 0; round < rounds; round += 1) {
      const sides = Object.keys(openers).filter((side) => counts[side][of] !== undefined);
      // Nobody is always first.
      if (round % 2 === 1) sides.reverse();
      for (const side of sides) rates[side].push(await measure(side, of, batch));
      ratios.push(rates.markitect.at(-1) / rates.plainjob.at(-1));
    }
    const ratio = median(ratios);
    const isMet = aim === undefined || ratio >= aim;
    if (!isMet) missed += 1;
    const shown = Object.values(rates).map((each) => (each.length === 0 ? '–' : thousands(median(each))));
    const verdict = aim === undefined ? '' : `≥ ${aim} ${isMet ? 'met' : 'MISSED'}`;
    print(name, ...shown, `${ratio.toFixed(2)} ×`, verdict);
  }
  const aims = cases.filter(({ aim }) => aim !== undefined).length;
  if (missed > 0) console.log(`\n${missed} of ${aims} aims missed`);
}

/** Tasks per second of one side in one case, in a database of its own. */
async function measure(side, of, batch) {
  const folder = await mkdtemp(join(tmpdir(), 'markitect-queue-'));
  const queue = await openers[side](folder);
  const count = counts[side][of];
  const payloads = Array.from({ length: count }, (_, index) => payloadOf(index));
  try {
    if (of === 'drain') await fill(queue, payloads);
    // Nobody is measured while the engine compiles.
    if (of === 'one' || of === 'callers')
      for (let count = 0; count < 500; count += 1) await queue.enqueue(payloadOf(count));
    const start = performance.now();
    if (of === 'one') for (const payload of payloads) await queue.enqueue(payload);
    else if (of === 'bulk') await queue.enqueueAll(payloads);
    else if (of === 'drain') await queue.drain(count, CONCURRENCY, batch);
    else {
      const rest = payloads[Symbol.iterator]();
      const caller = async () => {
        for (const payload of rest) await queue.enqueue(payload);
      };
      await Promise.all(Array.from({ length: CALLERS }, caller));
    }
    return (count * 1000) / (performance.now() - start);
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
    async drain(count, concurrency, batch) {
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
          batch,
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
  console.log((name.padEnd(31) + cells.map((cell) => String(cell).padStart(13)).join('')).trimEnd());
}
