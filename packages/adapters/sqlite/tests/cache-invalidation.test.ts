import { mkdirSync, statSync, truncateSync, unlinkSync } from 'node:fs';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Unavailable } from '@markitect/domain';
import { InMemoryFileStore, markitectFailure } from '@markitect/testing';
import { SqliteConnection, SqliteInvalidationLog, SqliteUnitOfWork } from '../src/index.js';
import { temporaryStore } from './temporary-store.js';

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A store and a log on it, and the log of a second connection, as another process has it. */
async function opened(files = new InMemoryFileStore()) {
  const store = await temporaryStore();
  const { connection } = store;
  const second = new SqliteConnection({ file: store.file });
  await second.open();
  const log = new SqliteInvalidationLog(connection);
  const other = new SqliteInvalidationLog(second);
  await log.open();
  await other.open();
  const units = new SqliteUnitOfWork(connection, { files: { files } });
  const close = async () => {
    log.close();
    other.close();
    await second.close();
    await store.close();
  };
  return { ...store, second, log, other, units, files, close };
}

/** Names invalidated after a position. */
async function names(log: SqliteInvalidationLog, start: number) {
  return (await log.since(start)).invalidations.map(({ name }) => name);
}

describe('invalidations of a unit of work', () => {
  const open: (() => Promise<void>)[] = [];
  const make = async (files?: InMemoryFileStore) => {
    const made = await opened(files);
    open.push(made.close);
    return made;
  };
  afterEach(async () => {
    for (const close of open.splice(0)) await close();
  });

  it('are true with its commit and not before, for every process', async () => {
    const { units, log, other } = await make();
    const start = log.position();
    let inside = 0;
    await units.run(async (tx) => {
      await tx.cache.invalidate(['p:a']);
      await tx.cache.invalidateTags(['t']);
      await turn();
      inside = Math.max(log.position(), other.position());
      expect(await names(other, start)).toEqual([]);
    });
    expect(inside).toBe(start);
    expect(log.position()).toBe(start + 2);
    expect(other.position()).toBe(start + 2);
    expect(await names(other, start)).toEqual(['k:p:a', 't:t']);
    expect((await units.pending()).count).toBe(0);
  });

  it('are not true without it, also when only a part is undone', async () => {
    const { units, log } = await make();
    const start = log.position();
    const undone = units.run(async (tx) => {
      await tx.cache.invalidate(['a']);
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    expect(log.position()).toBe(start);
    await units.run(async (tx) => {
      await tx.cache.invalidate(['kept']);
      await tx
        .nested(async (inner) => {
          await inner.cache.invalidate(['dropped']);
          throw new Error('undone');
        })
        .catch(() => undefined);
    });
    expect(await names(log, start)).toEqual(['k:kept']);
    await units.run((tx) => tx.cache.invalidate([]));
    expect(log.position()).toBe(start + 1);
  });

  it('that share a commit are each kept or undone', async () => {
    const { units, log } = await make();
    const start = log.position();
    await Promise.allSettled(
      Array.from({ length: 30 }, (_, index) =>
        units.run(async (tx) => {
          await tx.cache.invalidate([`k${index}`]);
          if (index % 3 === 0) throw new Error('undone');
        }),
      ),
    );
    const wanted = Array.from({ length: 30 }, (_, index) => index).filter((index) => index % 3 !== 0);
    expect(new Set(await names(log, start))).toEqual(new Set(wanted.map((index) => `k:k${index}`)));
    expect(log.position()).toBe((await log.since(start)).position);
  });

  it('come after the files of the unit of work are in place', async () => {
    const files = new InMemoryFileStore();
    const { units, other } = await make(files);
    const start = other.position();
    const seen: number[] = [];
    const apply = files.apply.bind(files);
    files.apply = async (change) => {
      await turn();
      seen.push(other.position());
      return apply(change);
    };
    await units.run(async (tx) => {
      await tx.files('files').write('f', new Uint8Array([1]));
      await tx.cache.invalidate(['f']);
    });
    expect(seen).toEqual([start]);
    expect(other.position()).toBe(start + 1);
  });

  it('of everything are made when a file is put in place only after they were announced', async () => {
    const files = new InMemoryFileStore();
    const { units, log } = await make(files);
    const start = log.position();
    const apply = files.apply.bind(files);
    files.apply = () => Promise.reject(new Unavailable('DATABASE_UNAVAILABLE', 'not now'));
    const failed = await markitectFailure(() =>
      units.run(async (tx) => {
        await tx.files('files').write('f', new Uint8Array([1]));
        await tx.cache.invalidate(['f']);
      }),
    );
    expect(failed.code).toBe('COMMIT_NOT_APPLIED');
    expect(log.position()).toBe(start + 1);
    files.apply = apply;
    await units.recover();
    expect(await names(log, start)).toEqual(['k:f', '*']);
    expect(log.position()).toBe(start + 2);
    await units.recover();
    expect(log.position()).toBe(start + 2);
  });

  it('left by an earlier version make everything invalid, once', async () => {
    const { units, connection, log } = await make();
    const start = log.position();
    const writer = await connection.writer();
    await writer.transaction((tx) =>
      tx.run(
        `INSERT INTO outbox(unit, kind, root, target, target_key, payload, created_at)
         VALUES ('u', 'cache-invalidate', '', '', '', '{"keys":["a"],"tags":[]}', '2026-01-01T00:00:00.000Z')`,
      ),
    );
    await units.recover();
    expect(await names(log, start)).toEqual(['*']);
    expect((await units.pending()).count).toBe(0);
  });

  it('of a process that was killed before it could announce them are announced by the next', async () => {
    const { units, connection, file } = await make();
    const writer = await connection.writer();
    const commit = (name: string) =>
      writer.transaction((tx) =>
        tx.run('INSERT INTO cache_invalidations(name, invalidated_at) VALUES (?, 0)', [name]),
      );
    await commit('k:a');
    const third = new SqliteConnection({ file });
    await third.open();
    const late = new SqliteInvalidationLog(third);
    const before = late.position();
    await late.open();
    expect(late.position()).toBe(before + 1);
    late.close();
    await third.close();
    await commit('k:b');
    await units.recover();
    expect(connection.generation.read()).toBe(before + 2);
  });
});

describe('the log of invalidations in SQLite', () => {
  it('is refused inside a unit of work', async () => {
    const { units, log, close } = await opened();
    const failure = await markitectFailure(() =>
      units.run(() => log.append([{ kind: 'all' }]).then(() => undefined)),
    );
    expect(failure.code).toBe('TRANSACTION_NESTED');
    await close();
  });

  it('goes on above what was announced when the database is an older copy, and trusts nothing before', async () => {
    const { connection, close } = await temporaryStore();
    const log = new SqliteInvalidationLog(connection);
    await log.open();
    const start = log.position();
    connection.generation.raise(start + 40);
    await log.open();
    expect(log.position()).toBe(start + 41);
    expect((await log.latest(['*'])).positions.get('*')).toBe(start + 41);
    log.close();
    await close();
  });

  it('forgets what is too old, and says that it does not go back so far', async () => {
    const { connection, close } = await temporaryStore();
    const log = new SqliteInvalidationLog(connection, { keptForMs: -1000 });
    const start = (await log.since(0)).position;
    await log.append([
      { kind: 'key', name: 'a' },
      { kind: 'key', name: 'b' },
    ]);
    await log.prune();
    const { positions, horizon } = await log.latest(['k:a']);
    expect([positions.size, horizon]).toEqual([0, start + 2]);
    expect(await log.since(start)).toEqual({ invalidations: [], position: start + 2, isTruncated: true });
    expect(await log.append([{ kind: 'key', name: 'c' }])).toBe(start + 3);
    expect(await names(log, start + 2)).toEqual(['k:c']);
    await log.prune();
    await log.prune();
    await close();
  });

  it('asks the table where there is no generation file, and makes one with the next invalidation', async () => {
    const { connection, other, log, file, close } = await opened();
    const start = log.position();
    connection.generation.verify();
    unlinkSync(`${file}-generation`);
    await log.open();
    expect(statSync(`${file}-generation`).size).toBe(8);
    expect(log.position()).toBe(start);
    expect(await log.append([{ kind: 'all' }])).toBe(start + 1);
    await other.open();
    expect(other.position()).toBe(start + 1);
    await close();
  });

  it('has the generation file replaced when whoever was about to do so was killed', async () => {
    const { log, file, close } = await opened();
    const start = log.position();
    truncateSync(`${file}-generation`, 2 ** 30);
    await turn();
    expect(log.position()).toBe(Number.POSITIVE_INFINITY);
    await log.open();
    expect(log.position()).toBe(start);
    await close();
  });

  it('acknowledges later, but does, where the generation file cannot be written', async () => {
    const { connection, file, close } = await temporaryStore();
    mkdirSync(`${file}-generation`);
    const log = new SqliteInvalidationLog(connection);
    expect(log.position()).toBe(Number.POSITIVE_INFINITY);
    const position = await log.append([{ kind: 'all' }]);
    expect(log.position()).toBe(Number.POSITIVE_INFINITY);
    await log.open();
    expect(log.position()).toBe(position);
    log.close();
    await close();
  }, 20_000);

  it('fails with its own code when the database is closed, and knows its position all the same or says so', async () => {
    const { connection, close } = await temporaryStore();
    const log = new SqliteInvalidationLog(connection);
    await close();
    for (const work of [
      () => log.since(0),
      () => log.latest(['a']),
      () => log.append([{ kind: 'all' }]),
      () => log.open(),
    ]) {
      expect((await markitectFailure(work)).code).toBe('CACHE_LOG_FAILED');
    }
    expect(log.position()).toBe(Number.POSITIVE_INFINITY);
  });
});
