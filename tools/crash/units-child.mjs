// A process that runs random units of work until it is killed. Started by units-of-work.mjs.
import { constants, fsyncSync, openSync, readlinkSync, realpathSync, writeSync } from 'node:fs';
import { lstat, mkdir, open, readdir, realpath, rename, rmdir, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FsFileStore } from '@markitect/adapter-fs';
import { SqliteConnection, SqliteUnitOfWork } from '@markitect/adapter-sqlite';
import { seeded } from './random.mjs';
import { operationsOf } from './units-model.mjs';

/** Opens a store as every process of this harness does. `calls`: how the disk is reached. */
export async function openUnits(folder, { fault, calls, callers } = {}) {
  const connection = new SqliteConnection({
    file: join(folder, 'store.db'),
    readers: 1,
    busyTimeoutMs: 200,
    synchronous: 'NORMAL',
  });
  await connection.open();
  const store = new FsFileStore({ root: join(folder, 'files') }, calls === undefined ? {} : { calls });
  const units = new SqliteUnitOfWork(connection, {
    files: { files: store },
    repositories: { cells: cells },
    handlers: {
      told: ({ id, payload }, tx) => tx.cells.deliver(id, payload),
    },
    ...(fault === undefined ? {} : { fault }),
    onEffectFailure: ({ effect, target, error }) => console.error(effect, target, error),
  });
  return { connection, units, store, close: () => connection.close(), callers };
}

/** The rows of the model. */
const cells = (executor) => ({
  begun: (unit) => executor.run('INSERT INTO history(unit) VALUES (?)', [unit]),
  get: async (id) => (await executor.all('SELECT value FROM cells WHERE id = ?', [id]))[0]?.value,
  set: (id, value) =>
    executor.run('INSERT INTO cells VALUES (?, ?) ON CONFLICT(id) DO UPDATE SET value = excluded.value', [
      id,
      value,
    ]),
  deliver: (id, text) => executor.run('INSERT INTO delivered(id, text) VALUES (?, ?)', [id, text]),
});

const text = (content) => (content === undefined ? undefined : Buffer.from(content).toString());

/** Does to the store what units-model.mjs does to the model. */
async function perform(tx, operations) {
  const files = tx.files('files');
  for (const [kind, ...args] of operations) {
    const [one, two, three] = args;
    if (kind === 'set') await tx.cells.set(one, two);
    else if (kind === 'increment') await tx.cells.set(one, Number((await tx.cells.get(one)) ?? 0) + 1);
    else if (kind === 'write') await files.write(one, Buffer.from(two));
    else if (kind === 'append') {
      await files.write(one, Buffer.from(`${text(await files.read(one)) ?? ''}${two}`.slice(-60)));
    } else if (kind === 'remove') await files.remove(one);
    else if (kind === 'move' || kind === 'copy') await files[kind](one, two).catch(unlessMissing);
    else if (kind === 'invalidate') await tx.cache.invalidate([one]);
    else if (kind === 'send') await tx.outbox.send('told', one);
    else if (kind === 'nested') {
      await tx
        .nested(async (inner) => {
          await perform(inner, three);
          if (two) throw new Error('wanted');
        })
        .catch((error) => {
          if (error.message !== 'wanted') throw error;
        });
    }
  }
}

function unlessMissing(error) {
  if (error.code !== 'FILE_NOT_FOUND') throw error;
}

/** Kills this process at a named step, the so-manyth time it is reached. */
function faultAt(point, times, check) {
  let left = times;
  return (reached) => {
    check?.(reached);
    if (reached !== point) return undefined;
    left -= 1;
    if (left > 0) return undefined;
    process.kill(process.pid, 'SIGKILL');
    return new Promise(() => undefined);
  };
}

/**
 * The system calls of a file store, each of them a step called `disk`, and a record of what has been changed and not
 * synced since: before the commit nothing that is staged may be, before the outbox is marked no folder of a target.
 */
function watchedDisk(fault, violation) {
  const unsynced = new Map();
  const nameOf = (handle) => readlinkSync(`/proc/self/fd/${handle.fd}`);
  const real = (path) => join(realpathSync(dirname(path)), basename(path));
  const staged = (path) => path.includes('/.markitect-staged');
  const step = async (work, after) => {
    await fault('disk');
    const result = await work();
    after?.(result);
    return result;
  };
  const calls = {
    open: (path, flags, mode) =>
      step(
        () => open(path, flags, mode),
        (handle) => {
          if ((flags & constants.O_CREAT) === 0) return;
          unsynced.set(nameOf(handle), 'written');
          unsynced.set(dirname(nameOf(handle)), 'a file made in it');
        },
      ),
    read: async (handle, buffer) => (await handle.read(buffer)).bytesRead,
    write: (handle, content) => step(() => handle.writeFile(content)),
    sync: (handle) => {
      const name = nameOf(handle);
      return step(
        () => handle.sync(),
        () => unsynced.delete(name),
      );
    },
    lstat,
    readdir: (path) => readdir(path, { withFileTypes: true }),
    realpath,
    mkdir: (path, options) => step(() => mkdir(path, options)),
    rename: (from, to) => {
      const [source, target] = [real(from), real(to)];
      return step(
        () => rename(from, to),
        () => {
          unsynced.delete(source);
          unsynced.set(dirname(target), 'a file put in it');
        },
      );
    },
    rmdir: (path) => {
      const gone = real(path);
      return step(
        () => rmdir(path),
        () => unsynced.delete(gone),
      );
    },
    unlink: (path) => {
      const gone = real(path);
      return step(
        () => unlink(path),
        () => {
          unsynced.delete(gone);
          if (!staged(gone)) unsynced.set(dirname(gone), 'a file removed from it');
        },
      );
    },
  };
  const check = (point) => {
    const wanted =
      point === 'before-commit' ? staged : point === 'before-mark' ? (path) => !staged(path) : undefined;
    if (wanted === undefined) return;
    for (const [path, why] of unsynced) {
      if (wanted(path)) violation(`${path} is not synced at ${point} (${why})`);
    }
  };
  return { calls, check };
}

async function main([folder, name, seed, point, times, company]) {
  const random = seeded(Number(seed));
  const journal = openSync(join(folder, `${name}.journal`), 'a');
  const note = (entry) => {
    writeSync(journal, `${JSON.stringify(entry)}\n`);
    fsyncSync(journal);
  };
  let check;
  const fault = faultAt(point, Number(times), (reached) => check?.(reached));
  const disk = watchedDisk(fault, (violation) => {
    note({ violation });
    process.exit(3);
  });
  check = disk.check;
  const { connection, units, store, close } = await openUnits(folder, { fault, calls: disk.calls });
  await connection.writer();
  process.stdout.write('ready\n');
  let count = 0;
  const caller = async () => {
    while (count < 150) {
      const unit = `${name}-${count++}`;
      const operations = operationsOf(unit, random);
      const fails = random() < 0.12;
      note({ unit, operations, fails });
      try {
        await units.run(async (tx) => {
          await tx.cells.begun(unit);
          await perform(tx, operations);
          if (fails) throw new Error('wanted');
        });
        note({ unit, acknowledged: true });
      } catch (error) {
        note({ unit, failed: error.code ?? error.message });
      }
    }
  };
  await Promise.all(Array.from({ length: 6 }, caller));
  // Undisturbed to the end: nothing may be left for a recovery, unless by a process beside it that was killed.
  const left = (await store.staged()).length;
  if (left > 0 && company === 'alone')
    note({ violation: `${left} staged files left after an undisturbed run` });
  await close();
}

if (process.argv[1] === import.meta.filename) await main(process.argv.slice(2));
