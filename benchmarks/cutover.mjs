// `npm run bench -- cutover`: what a cutover costs. A write in each stage beside the slower store alone; a read with a shadow
// comparison at 0, 10 and 100 %; reads of profiles in JSON, in SQLite and cached.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CacheManager, cached } from '@markitect/adapter-cache';
import { JsonRecordRepository } from '@markitect/adapter-legacy';
import {
  SqliteConnection,
  SqliteCutoverStateStore,
  SqliteProfileReplicaStore,
  SqliteProfileRepository,
} from '@markitect/adapter-sqlite';
import { backfill, Component, cutover, CutoverOperations } from '@markitect/migration';
import { profileRepositoryPort } from '@markitect/ports';

const plan = { port: profileRepositoryPort, streams: ['stream'] };
const stages = ['legacy', 'mirror', 'served', 'modern', 'complete'];
const keyOf = (index) => `user-${String(index).padStart(6, '0')}`;
const profileOf = (index, round) => ({
  name: `Person number ${index}`,
  email: `person.${index}@example.org`,
  roles: ['reader', 'writer'],
  settings: { theme: 'dark', language: 'en', notes: 'x'.repeat(100), round },
});
const who = { who: 'bench', why: 'measure' };

/** `--profiles=N` in the one JSON file, default 10,000; `--rounds=N` interleaved ones, default 7. */
export async function run(args = []) {
  const option = (name, otherwise) =>
    Number(args.find((arg) => arg.startsWith(`--${name}=`))?.split('=')[1] ?? otherwise);
  const profiles = option('profiles', 10_000);
  const rounds = option('rounds', 7);
  const folder = await mkdtemp(join(tmpdir(), 'markitect-cutover-bench-'));
  const connection = new SqliteConnection({ file: join(folder, 'store.db') });
  try {
    await connection.open();
    await connection.migrate();
    const world = await open(folder, connection, profiles);
    console.log(
      `${profiles} profiles in one JSON file; one caller; medians of ${rounds} interleaved rounds, in ms\n`,
    );
    await writes(world, rounds);
    await reads(world, rounds);
  } finally {
    await connection.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function open(folder, connection, profiles) {
  const path = join(folder, 'users.json');
  const all = Object.fromEntries(
    Array.from({ length: profiles }, (_, index) => [keyOf(index), profileOf(index, 0)]),
  );
  await writeFile(path, JSON.stringify(all, null, 2));
  const legacy = new JsonRecordRepository(profileRepositoryPort, { layout: 'one-file', path });
  const modern = new SqliteProfileRepository(connection);
  const store = new SqliteCutoverStateStore(connection);
  const replicas = { legacy: legacy.replicas, modern: new SqliteProfileReplicaStore(connection) };
  /** A component of its own for each share of comparisons, on one state. */
  const component = (shadowPercent) =>
    new Component({ name: 'users', store, replicas, process: `bench-${shadowPercent}`, shadowPercent });
  const components = Object.fromEntries([0, 10, 100].map((percent) => [percent, component(percent)]));
  const repositories = Object.fromEntries(
    Object.entries(components).map(([percent, each]) => [percent, cutover(plan, { legacy, modern }, each)]),
  );
  const operations = new CutoverOperations(components[0]);
  await operations.start(who);
  await backfill(components[0]);
  const to = async (
    stage,
    percent = stage === 'served' ? 100 : stage === 'mirror' || stage === 'legacy' ? 0 : 100,
  ) => {
    await operations.step(stage, percent, 'bench', who);
    for (const each of Object.values(components)) await each.reload();
  };
  return { profiles, legacy, modern, repositories, components, to };
}

async function writes(world, rounds) {
  const { legacy, modern, repositories, to, profiles } = world;
  const count = 12;
  const took = {};
  const measure = async (name, repository, round) => {
    const times = [];
    for (let index = 0; index < count; index += 1) {
      const at = (index * 811 + round * 131) % profiles;
      const start = performance.now();
      await repository.save(keyOf(at), profileOf(at, round));
      times.push(performance.now() - start);
    }
    (took[name] ??= []).push(median(times));
  };
  for (let round = 0; round < rounds; round += 1) {
    await measure('JSON alone', legacy, round);
    await measure('SQLite alone', modern, round);
    // To `complete` nothing leads back: it is measured last.
    for (const stage of stages.slice(0, -1)) {
      await to(stage);
      await measure(stage, repositories[0], round);
    }
  }
  const slower = Math.max(median(took['JSON alone']), median(took['SQLite alone']));
  print('write', 'ms', 'of slower', 'aim');
  for (const [name, times] of Object.entries(took)) {
    const ratio = median(times) / slower;
    const aim = name === 'mirror' ? `≤ 1.15 ${ratio <= 1.15 ? 'met' : 'MISSED'}` : '';
    print(name, median(times).toFixed(2), `${ratio.toFixed(2)} ×`, aim);
  }
}

async function reads(world, rounds) {
  const { legacy, modern, repositories, components, to, profiles } = world;
  await to('mirror');
  await backfill(components[0], { restart: true });
  for (const each of Object.values(components)) await each.reload();
  const cache = new CacheManager({ memory: { maxBytes: 64 << 20 } });
  const reading = {
    port: profileRepositoryPort,
    reads: { get: { of: 'key' }, getMany: { of: (keys) => keys }, list: { of: 'any' }, count: { of: 'any' } },
  };
  const sides = {
    JSON: legacy,
    SQLite: modern,
    'SQLite, cached': cached(reading, modern, cache.namespace('profiles', { ttlMs: 60_000 })),
    'mirror, 0 % compared': repositories[0],
    'mirror, 10 % compared': repositories[10],
    'mirror, 100 % compared': repositories[100],
  };
  const count = 1000;
  const hot = 200;
  const took = {};
  for (let round = 0; round < rounds; round += 1) {
    const names = Object.keys(sides);
    if (round % 2 === 1) names.reverse();
    for (const name of names) {
      const times = [];
      for (let index = 0; index < count; index += 1) {
        const key = keyOf((index % hot) * Math.floor(profiles / hot));
        const start = performance.now();
        await sides[name].get(key);
        times.push(performance.now() - start);
      }
      // What is compared behind a read's back must not be counted to the next side.
      await new Promise((resolve) => setTimeout(resolve, 50));
      (took[name] ??= []).push(median(times));
    }
  }
  const plain = median(took['mirror, 0 % compared']);
  console.log('');
  print('read', 'ms', 'of 0 %', 'aim');
  for (const [name, times] of Object.entries(took)) {
    const isCompared = name.includes('compared');
    const ratio = median(times) / plain;
    const aim = isCompared && !name.includes(' 0 %') ? `≤ 1.05 ${ratio <= 1.05 ? 'met' : 'MISSED'}` : '';
    print(name, median(times).toFixed(4), isCompared ? `${ratio.toFixed(2)} ×` : '', aim);
  }
  await cache.close();
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}

function print(name, ...columns) {
  console.log(`${name.padEnd(24)}${columns.map((column) => column.padStart(14)).join('')}`.trimEnd());
}
