// A process with a cache over a shared database. Started by cache-race.mjs.
import { appendFileSync, readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CacheManager } from '@markitect/adapter-cache';
import { FsFileStore } from '@markitect/adapter-fs';
import {
  SqliteCacheTier,
  SqliteConnection,
  SqliteInvalidationLog,
  SqliteLeaseStore,
  SqliteUnitOfWork,
} from '@markitect/adapter-sqlite';
import { cacheKey } from '@markitect/ports';
import { seeded } from './random.mjs';

export const KEYS = 8;
const CALLERS = 12;
const PROCESSES = 2;

/**
 * What was acknowledged: for each key the greatest number that each process has been told is committed. Read and written
 * through callbacks of the event loop, as news from another process comes in a program.
 */
class Acknowledged {
  #file;
  #own = new Float64Array(KEYS);
  #process;

  static async open(folder, number) {
    const made = new Acknowledged();
    made.#file = await open(join(folder, 'acknowledged'), 'r+');
    made.#process = number;
    return made;
  }

  async add(key, value) {
    this.#own[key] = Math.max(this.#own[key], value);
    await this.#file.write(new Uint8Array(this.#own.buffer), 0, KEYS * 8, this.#process * KEYS * 8);
  }

  async read(key) {
    const all = new Float64Array(KEYS * PROCESSES);
    await this.#file.read(new Uint8Array(all.buffer), 0, all.byteLength, 0);
    let greatest = 0;
    for (let number = 0; number < PROCESSES; number += 1) {
      greatest = Math.max(greatest, all[number * KEYS + key]);
    }
    return greatest;
  }

  close() {
    return this.#file.close();
  }
}

const counters = (executor) => ({
  get: async (id) => (await executor.all('SELECT value FROM counters WHERE id = ?', [id]))[0].value,
  set: (id, value) => executor.run('UPDATE counters SET value = ? WHERE id = ?', [value, id]),
});

async function openCache(folder, { tiers, lease, broken, leaseOptions = {} }) {
  const connection = new SqliteConnection({ file: join(folder, 'store.db'), synchronous: 'OFF' });
  await connection.open();
  const log = new SqliteInvalidationLog(connection);
  await log.open();
  const tier = new SqliteCacheTier(connection);
  const manager = new CacheManager({
    memory: { maxBytes: tiers === 'tier' ? 0 : 1_000_000 },
    tiers: tiers === 'memory' ? [] : [{ name: 'sqlite', tier }],
    log: broken === 'no-check' ? withoutNames(log) : log,
    ...(lease ? { leases: { store: new SqliteLeaseStore(connection), ...leaseOptions } } : {}),
  });
  if (broken === 'no-bump') connection.generation.raise = () => true;
  if (broken === 'bump-before-commit') await bumpBeforeCommit(connection);
  const close = async () => {
    await manager.close();
    log.close();
    await connection.close();
  };
  return { connection, manager, close };
}

/** A cache that never learns what has become invalid. */
function withoutNames(log) {
  const since = async (position, limit) => ({ ...(await log.since(position, limit)), invalidations: [] });
  return {
    position: log.position,
    since,
    latest: (names) => log.latest(names),
    append: (all) => log.append(all),
  };
}

async function bumpBeforeCommit(connection) {
  const writer = await connection.writer();
  const hold = writer.hold.bind(writer);
  writer.hold = async () => {
    const held = await hold();
    const run = held.run.bind(held);
    held.run = async (sql, parameters) => {
      if (sql === 'COMMIT') {
        const [{ seq }] = await held.all(
          `SELECT seq FROM sqlite_sequence WHERE name = 'cache_invalidations'`,
        );
        connection.generation.raise(seq);
        await sleep(2);
      }
      return run(sql, parameters);
    };
    return held;
  };
}

function bumpBeforeFiles(connection) {
  return async (point) => {
    if (point !== 'after-commit') return;
    const [{ seq }] = await connection
      .readers()
      .all(`SELECT seq FROM sqlite_sequence WHERE name = 'cache_invalidations'`);
    connection.generation.raise(seq);
    await sleep(2);
  };
}

/**
 * Reads through the cache, with slow factories, and changes what is read in units of work that invalidate it. Half of the
 * keys are rows, half are files. Answers how many reads there were, how many of them made the value, and those that gave
 * less than what had been acknowledged before they began.
 */
async function race({ folder, number, seed, rounds, tiers, lease, broken }) {
  const random = seeded(seed);
  const { connection, manager, close } = await openCache(folder, { tiers, lease, broken });
  const files = new FsFileStore({ root: join(folder, 'files') });
  const units = new SqliteUnitOfWork(connection, {
    files: { files },
    repositories: { counters },
    ...(broken === 'bump-before-files' ? { fault: bumpBeforeFiles(connection) } : {}),
  });
  const cache = manager.namespace('race', { ttlMs: Infinity, tags: ['all'] });
  const acknowledged = await Acknowledged.open(folder, number);
  const pause = async (most) => {
    const dice = random();
    if (dice < 0.3) return;
    if (dice < 0.6) await new Promise((resolve) => setImmediate(resolve));
    else await sleep(random() * most);
  };
  const stale = [];
  const errors = {};
  let [left, reads, made, writes] = [rounds, 0, 0, 0];
  const source = async (key) =>
    key < KEYS / 2
      ? counters(connection.readers()).get(key)
      : Number(Buffer.from((await files.read(`f${key}`)).bytes).toString());
  const factory = async (key, early) => {
    made += 1;
    if (early !== undefined) return early;
    await pause(3);
    const value = await source(key);
    await pause(12);
    return value;
  };
  const read = async (key) => {
    const atLeast = await acknowledged.read(key);
    const early = broken === 'late-version' ? await source(key) : undefined;
    if (broken === 'late-version') await pause(3);
    const value = await cache.getOrSet(String(key), () => factory(key, early));
    reads += 1;
    if (value < atLeast)
      stale.push(`${key < KEYS / 2 ? 'row' : 'file'} ${key}: ${value}, ${atLeast} acknowledged`);
  };
  const write = async (key) => {
    const fails = random() < 0.2;
    let written;
    try {
      await units.run(async (tx) => {
        const value = (await tx.counters.get(key)) + 1;
        await tx.counters.set(key, value);
        if (key >= KEYS / 2) await tx.files('files').write(`f${key}`, Buffer.from(String(value)));
        await pause(2);
        if (random() < 0.8) await tx.cache.invalidate([cacheKey('race', String(key))]);
        else await tx.cache.invalidateTags(['all']);
        if (fails) throw new Error('wanted');
        written = value;
      });
    } catch (error) {
      if (error.message !== 'wanted') errors[error.code ?? error.message] = 1;
      return;
    }
    writes += 1;
    await acknowledged.add(key, written);
  };
  const caller = async () => {
    while (left-- > 0) {
      const key = Math.floor(random() * KEYS);
      if (random() < 0.12) await write(key);
      else await read(key);
      await pause(2);
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
  await acknowledged.close();
  await close();
  return { reads, made, writes, stale, errors: Object.keys(errors) };
}

/** Many callers of one key at once. `how`: what the factory does. Each run of it is a line of the file `runs`. */
async function stampede({ folder, round, callers, how }) {
  const { manager, close } = await openCache(folder, {
    tiers: 'both',
    lease: true,
    leaseOptions: { ttlMs: 600, failureMs: 10_000 },
  });
  const cache = manager.namespace('stampede', { ttlMs: 60_000 });
  const runs = join(folder, `runs-${round}`);
  process.send('ready');
  await new Promise((resolve) => process.once('message', resolve));
  const factory = async () => {
    appendFileSync(runs, `${process.pid}\n`);
    await sleep(40);
    if (how === 'killed' && readFileSync(runs, 'utf8').split('\n').length === 2)
      process.kill(process.pid, 'SIGKILL');
    if (how === 'fails') throw new Error('wanted');
    return { made: 'once' };
  };
  const answers = await Promise.all(
    Array.from({ length: callers }, () =>
      cache.getOrSet(`key-${round}`, factory).then(
        (value) => value.made,
        (error) => error.message,
      ),
    ),
  );
  await close();
  return { answers: [...new Set(answers)], count: answers.length };
}

if (process.argv[1] === import.meta.filename) {
  const order = JSON.parse(process.argv[2]);
  const report = await (order.how === undefined ? race(order) : stampede(order));
  process.send(report, () => process.disconnect());
}
