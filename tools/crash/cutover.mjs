import { execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { SqliteConnection, SqliteProfileRepository } from '@markitect/adapter-sqlite';
import { root } from '../bootstrap.mjs';
import { mountDisk } from './cutover-disk.mjs';

const run = promisify(execFile);
const child = join(root, 'tools/crash/cutover-child.mjs');
const markitect = join(root, 'apps/cli/bin/markitect.js');
const CLIENTS = 4;
const SHARED = 50;
/** What a client may be told, and when: while the disk of the store that answers cannot be written to. */
const DOCUMENTED = {
  FILE_SYSTEM_FAILED: 'disk',
  FILE_UNWRITABLE: 'disk',
};

/**
 * Profiles in JSON files are moved to SQLite and back by the commands, while client processes read and write them through
 * the old blocking calls: legacy, mirror, served, back, served, modern, back with writes still to be carried over, modern,
 * complete. Each client is killed once; the disk of the JSON files is read-only and full for a while, both when legacy
 * answers and when it follows. Then: both stores are alike; every acknowledged write is there; no client has read
 * something older than it had been told; no client was told of an error but those that are documented.
 */
export async function crash({ profiles = 50_000, seed }) {
  const folder = mkdtempSync(join(tmpdir(), 'markitect-cutover-'));
  const legacy = join(folder, 'legacy');
  const world = {
    folder,
    legacy,
    disk: undefined,
    profiles,
    seed,
    stop: join(folder, 'stop'),
    clients: [],
    windows: [],
  };
  try {
    world.disk = mountDisk(legacy, profiles * 4096 * 1.5 + (64 << 20));
    console.log(`cutover: ${profiles} profiles, ${CLIENTS} clients, seed ${seed}`);
    if (world.disk === undefined)
      console.log('  a disk cannot be mounted here: not shown are a read-only and a full one');
    prepare(world);
    await story(world);
    const faults = await verdicts(world);
    for (const { name, found } of faults) {
      console.log(
        `  ${found.length === 0 ? 'ok' : 'FAILED'}  ${name}${found.length === 0 ? '' : `: ${found.length}, e.g. ${found[0]}`}`,
      );
    }
    if (faults.some(({ found }) => found.length > 0)) throw new Error(`verdicts failed, seed ${seed}`);
  } finally {
    for (const { process: each } of world.clients) each.kill('SIGKILL');
    world.disk?.writable();
    world.disk?.unmount();
    rmSync(folder, { recursive: true, force: true });
  }
}

function prepare({ folder, legacy, profiles }) {
  const users = join(legacy, 'users');
  mkdirSync(users);
  const put = (key, value) => writeFileSync(join(users, `${key}.json`), JSON.stringify(value));
  for (let index = 0; index < profiles; index += 1) {
    const email = `user.${index}@example.org`;
    put(`user-${String(index).padStart(6, '0')}`, {
      name: `User ${index}`,
      email,
      settings: { language: 'en' },
    });
  }
  for (let index = 0; index < SHARED; index += 1) put(`shared-${index}`, { name: `Shared ${index}` });
  writeFileSync(
    join(folder, 'markitect.config.yaml'),
    'legacy:\n  users: legacy/users\ncutover:\n  shadowPercent: 10\n',
  );
}

/** What is done, in its order. */
async function story(world) {
  const { disk } = world;
  const step = async (title, work) => {
    const started = Date.now();
    const said = await work();
    console.log(
      `  ${title.padEnd(46)} ${((Date.now() - started) / 1000).toFixed(1).padStart(6)} s  ${typeof said === 'string' ? said : ''}`,
    );
  };
  await command(world, 'init');
  await step('four clients begin', async () => {
    for (let client = 0; client < CLIENTS; client += 1) await startClient(world, client);
    await sleep(2000);
  });
  // The machine of a test is no measure: what is slower than what is not asked here.
  await command(
    world,
    'cutover',
    'limit',
    'users',
    '--latency',
    '1000',
    '--errors',
    '100',
    '--why',
    'shared machine',
  );
  await step('start: mirror', () => command(world, 'cutover', 'start', 'users', '--why', 'begin'));
  await step('backfill, killed on the way', async () => {
    const process_ = spawnCommand(world, 'cutover', 'backfill', 'users');
    while (!((await status(world)).backfill?.seen > 0)) await sleep(100);
    process_.kill('SIGKILL');
    return `at key ${(await status(world)).backfill.seen}`;
  });
  await step('client 0 is killed', () => restart(world, 0));
  if (disk !== undefined) {
    await step('the disk of legacy, which answers, is read-only', () =>
      broken(
        world,
        () => disk.readOnly(),
        () => disk.writable(),
        'mirror',
      ),
    );
    await step('the same disk is full', () =>
      broken(
        world,
        () => disk.full(),
        () => disk.free(),
        'mirror',
      ),
    );
  }
  await step('backfill goes on', () => seenBy(command(world, 'cutover', 'backfill', 'users')));
  await step('diff', () => clean(world));
  await step('a quarter is read from modern', () => switchReads(world, 25));
  await step('client 1 is killed', () => restart(world, 1));
  await step('all is read from modern', () => switchReads(world, 100));
  await step('first reversal: mirror', () =>
    command(world, 'cutover', 'reverse', 'users', '--why', 'a doubt'),
  );
  await sleep(1000);
  await step('all is read from modern again', () => switchReads(world, 100));
  await step('switch-writes: modern', () => switchWrites(world));
  if (disk !== undefined) {
    await step('the disk of legacy, which follows, is read-only', () =>
      broken(
        world,
        () => disk.readOnly(),
        () => disk.writable(),
        'modern',
      ),
    );
    await step('the same disk is full', () =>
      broken(
        world,
        () => disk.full(),
        () => disk.free(),
        'modern',
      ),
    );
  }
  await step('client 2 is killed', () => restart(world, 2));
  await step('second reversal, with repairs left', async () => {
    if (disk !== undefined) {
      await disk.readOnly();
      await sleep(1500);
      disk.writable();
    }
    const before = await status(world);
    await command(world, 'cutover', 'reverse', 'users', '--why', 'another doubt');
    return `${before.repairs.pending} keys carried over`;
  });
  await step('client 3 is killed', () => restart(world, 3));
  await sleep(2000);
  await step('switch-writes: modern', () => switchWrites(world));
  await step('final diff, live', () => clean(world));
  await step('clients stop; diff at rest', async () => {
    await stopClients(world);
    await settled(world);
    return clean(world);
  });
  await step('complete, with clients', async () => {
    rmSync(world.stop);
    for (let client = 0; client < CLIENTS; client += 1) await startClient(world, client);
    await ready(world, () => command(world, 'cutover', 'complete', 'users', '--why', 'done'));
    await sleep(2000);
    await stopClients(world);
  });
}

async function switchReads(world, percent) {
  await ready(world, () =>
    command(world, 'cutover', 'switch-reads', 'users', '--percent', String(percent), '--why', 'next'),
  );
  await sleep(2000);
}

async function switchWrites(world) {
  await ready(world, () => command(world, 'cutover', 'switch-writes', 'users', '--why', 'next'));
  await sleep(2000);
}

/** Takes a step as soon as nothing blocks it but what passes by itself. */
async function ready(world, take) {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await take();
    } catch (error) {
      const { error: told } = JSON.parse(error.stdout || '{}');
      const gates = (told?.details?.blockers ?? []).map(({ gate }) => gate);
      const passes =
        told?.code === 'CUTOVER_CHANGED' ||
        told?.code === 'CUTOVER_SWITCHING' ||
        (gates.length > 0 && gates.every((gate) => gate === 'repairs'));
      if (!passes || attempt > 60) throw error;
      // Not before its time otherwise: an attempt that has failed is repeated after a while.
      await retry(world);
      await sleep(500);
    }
  }
}

async function settled(world) {
  for (let attempt = 0; attempt < 60; attempt += 1) {
    await retry(world);
    const { repairs } = await status(world);
    if (repairs.pending + repairs.inFlight === 0) return;
    await sleep(500);
  }
  throw new Error('repairs are left');
}

/** What cannot be repaired yet is no failure here. */
async function retry(world) {
  await command(world, 'cutover', 'repairs', 'retry', 'users').catch(() => undefined);
}

async function status(world) {
  return (await command(world, 'cutover', 'status', 'users')).items[0];
}

async function clean(world) {
  const found = await command(world, 'cutover', 'diff', 'users', '--restart');
  const { compared, onlyLegacy, onlyModern, different, status: state } = found;
  if (state !== 'complete' || onlyLegacy + onlyModern + different > 0) {
    throw new Error(`the diff is not clean: ${JSON.stringify(found).slice(0, 2000)}`);
  }
  return `${compared} keys, none differs`;
}

async function seenBy(done) {
  const { seen, copied } = await done;
  return `${seen} keys, ${copied} copied`;
}

/** Breaks the disk for a while. What clients are told meanwhile is documented. */
async function broken(world, breakIt, mend, stage) {
  const from = Date.now();
  await breakIt();
  await sleep(3000);
  const { repairs } = await status(world);
  mend();
  // What was begun when it was still broken.
  world.windows.push({ from, to: Date.now() + 1000, stage });
  await sleep(1000);
  return `${repairs.pending} keys to be repaired`;
}

async function startClient(world, client) {
  const { folder, profiles, seed, stop } = world;
  const journal = join(folder, `client-${client}.journal`);
  const life = world.clients.filter((each) => each.client === client).length;
  const settings = { folder, client, clients: CLIENTS, profiles, shared: SHARED, journal, stop };
  const process_ = spawn(
    process.execPath,
    [child, JSON.stringify({ ...settings, seed: seed + client + 100 * life })],
    { cwd: folder, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
  );
  const one = { client, process: process_ };
  one.ended = new Promise((resolve) => process_.once('close', (code, signal) => resolve({ code, signal })));
  world.clients.push(one);
  await Promise.race([
    new Promise((resolve) => process_.once('message', resolve)),
    one.ended.then(({ code, signal }) => {
      throw new Error(`client ${client} ended with ${code ?? signal}`);
    }),
  ]);
}

async function restart(world, client) {
  const one = world.clients.findLast((each) => each.client === client);
  one.process.kill('SIGKILL');
  const { code } = await one.ended;
  if (code !== null) throw new Error(`client ${client} had ended with ${code}`);
  await sleep(500);
  await startClient(world, client);
}

async function stopClients(world) {
  writeFileSync(world.stop, '');
  for (const one of world.clients) {
    const { code, signal } = await one.ended;
    if (signal === null && code !== 0) throw new Error(`client ${one.client} ended with ${code}`);
  }
}

function spawnCommand({ folder }, ...args) {
  return spawn(process.execPath, [markitect, '--json', ...args], { cwd: folder, stdio: 'ignore' });
}

async function command({ folder }, ...args) {
  const { stdout } = await run(process.execPath, [markitect, '--json', ...args], {
    cwd: folder,
    maxBuffer: 1 << 28,
  });
  return JSON.parse(stdout);
}

async function verdicts(world) {
  const stored = new Map();
  const connection = new SqliteConnection({ file: join(world.folder, '.markitect', 'markitect.db') });
  await connection.open();
  const profiles = new SqliteProfileRepository(connection);
  for await (const { key, value } of profiles.stream({})) stored.set(key, value);
  await connection.close();
  const lost = [];
  const older = [];
  const errors = [];
  const counts = { acknowledged: 0, unknown: 0, errors: {} };
  for (let client = 0; client < CLIENTS; client += 1) {
    const known = new Map();
    for (const line of readFileSync(join(world.folder, `client-${client}.journal`), 'utf8').split('\n')) {
      const [kind, key, number, code, message, at] = line.split('\t');
      if (kind === 'I')
        (known.get(key) ?? known.set(key, { acked: undefined, maybe: [] }).get(key)).maybe.push(
          Number(number),
        );
      if (kind === 'A') {
        counts.acknowledged += 1;
        known.set(key, { acked: Number(number), maybe: [] });
      }
      if (kind === 'R') older.push(`client ${client}: ${line}`);
      if (kind === 'E') {
        counts.errors[code] = (counts.errors[code] ?? 0) + 1;
        const isDue = world.windows.some(
          ({ from, to, stage }) =>
            Number(at) >= from && Number(at) <= to && DOCUMENTED[code] === 'disk' && stage === 'mirror',
        );
        if (!isDue) errors.push(`client ${client}: ${code} ${message}`);
      }
    }
    for (const [key, { acked, maybe }] of known) {
      counts.unknown += maybe.length;
      const number = stored.get(key)?.[`c${client}`];
      if (number !== acked && !maybe.includes(number))
        lost.push(`${key}: ${acked} was acknowledged, ${number} is there`);
    }
  }
  const missing = world.profiles + SHARED - stored.size;
  console.log(
    `  ${counts.acknowledged} writes acknowledged, ${counts.unknown} without an answer at the end, errors ${JSON.stringify(counts.errors)}`,
  );
  return [
    { name: 'every acknowledged write is there', found: lost },
    { name: 'no client has read what was older than it was told', found: older },
    { name: 'no errors but documented ones', found: errors },
    { name: 'every profile is there', found: missing === 0 ? [] : [`${missing} missing`] },
    {
      name: 'the component is complete',
      found: (await status(world)).stage === 'complete' ? [] : ['it is not'],
    },
  ];
}
