import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { documentDraft, markitectFailure } from '@markitect/testing';
import { backUp } from '../src/administration/backup.js';
import {
  type CopyProgress,
  SqliteAdministration,
  SqliteConnection,
  SqliteDocumentRepository,
} from '../src/index.js';
import { temporaryStore } from './temporary-store.js';

let store: Awaited<ReturnType<typeof temporaryStore>>;
let administration: SqliteAdministration;
beforeAll(async () => {
  store = await temporaryStore();
  administration = new SqliteAdministration(store.connection);
  await store.repository.save(documentDraft({ path: 'kept.md', text: 'borrow checker' }));
});
const children: { kill(): boolean }[] = [];
afterAll(async () => {
  for (const child of children) child.kill();
  await store.close();
});

const built = new URL('../dist/index.js', import.meta.url).href;
const addRow = `
  const { SqliteConnection } = await import(process.argv[1]);
  const connection = new SqliteConnection({ file: process.argv[2] });
  await connection.open();
  const writer = await connection.writer();
  await writer.transaction((transaction) => transaction.run('INSERT INTO filler VALUES (1)'));
  await connection.close();
`;

const target = (name: string) => join(store.folder, name);
const leftovers = async () => (await readdir(store.folder)).filter((name) => name.startsWith('.'));

/** What a copy holds, opened as a store of its own. */
async function withCopy<T>(file: string, work: (copy: SqliteConnection) => Promise<T>): Promise<T> {
  const copy = new SqliteConnection({ file, create: false });
  await copy.open();
  try {
    return await work(copy);
  } finally {
    await copy.close();
  }
}

describe('a backup', () => {
  it('is a whole database: copied back, it opens, checks and is searched', async () => {
    const progress: CopyProgress[] = [];
    const report = await administration.backUp(target('whole.db'), {
      onProgress: (each) => progress.push(each),
    });
    expect(report).toEqual({
      file: target('whole.db'),
      bytes: (await stat(target('whole.db'))).size,
      pendingFiles: 0,
    });
    expect(progress.at(-1)?.pages).toBe(progress.at(-1)?.totalPages);
    expect((await stat(target('whole.db'))).mode & 0o777).toBe(0o600);

    // As the guide says: everything of the old one away, the copy in its place.
    const restored = await temporaryStore();
    await restored.repository.save(documentDraft({ path: 'later.md' }));
    await restored.connection.close();
    for (const ending of ['', '-wal', '-shm', '-generation']) {
      await rm(`${restored.file}${ending}`, { force: true });
    }
    await copyFile(target('whole.db'), restored.file);
    await withCopy(restored.file, async (copy) => {
      expect((await copy.migrate()).applied).toEqual([]);
      await copy.integrityCheck();
      const terms = [{ words: ['borrow'], prefix: false, excluded: false }];
      const { items } = await new SqliteDocumentRepository(copy).search({ terms });
      expect(items.map(({ path }) => path)).toEqual(['kept.md']);
      expect(await new SqliteDocumentRepository(copy).getMany(['later.md' as never])).toEqual([undefined]);
    });
    await restored.close();
  });

  it('of a database that another process writes all the time has every commit acknowledged before', async () => {
    const busy = await temporaryStore();
    const writer = await busy.connection.writer();
    await writer.exclusive((handle) =>
      handle.exec(
        `CREATE TABLE one(id integer PRIMARY KEY, filler); CREATE TABLE other(id integer PRIMARY KEY, filler)`,
      ),
    );
    const program = fileURLToPath(new URL('endless-writer-process.mjs', import.meta.url));
    const child = spawn(process.execPath, [program, busy.file], { stdio: ['pipe', 'pipe', 'inherit'] });
    children.push(child);
    let acknowledged = 0;
    const lines = createInterface({ input: child.stdout });
    lines.on('line', (line) => (acknowledged = Number(line)));
    while (acknowledged < 200) await once(lines, 'line');

    const copies: { file: string; before: number; whileCopied: number }[] = [];
    for (let run = 0; run < 3; run += 1) {
      const before = acknowledged;
      const file = join(busy.folder, `copy-${run}.db`);
      await backUp(busy.connection, file);
      while (acknowledged <= before) await once(lines, 'line');
      copies.push({ file, before, whileCopied: acknowledged - before });
    }
    child.stdin.end('end');
    await once(child, 'close');

    for (const { file, before, whileCopied } of copies) {
      expect(whileCopied).toBeGreaterThan(0);
      await withCopy(file, async (copy) => {
        const [row] = await copy
          .readers()
          .all<{ one: number; other: number; last: number }>(
            'SELECT (SELECT count(*) FROM one) AS one, (SELECT count(*) FROM other) AS other, (SELECT max(id) FROM one) AS last',
          );
        expect(row?.last).toBeGreaterThanOrEqual(before);
        expect(row).toEqual({ one: row?.last, other: row?.last, last: row?.last });
        await copy.integrityCheck();
      });
    }
    await busy.close();
  }, 60_000);

  it('holds one state, whatever is committed between its steps', async () => {
    const other = await temporaryStore();
    const writer = await other.connection.writer();
    await writer.exclusive((handle) => handle.exec('CREATE TABLE filler(bytes)'));
    await writer.transaction((transaction) =>
      transaction.run(`INSERT INTO filler SELECT randomblob(900000) FROM json_each('[1,2,3,4,5]')`),
    );
    let steps = 0;
    const file = join(other.folder, 'copy.db');
    await backUp(other.connection, file, {
      // Another process commits before the next step: without a state to hold on to, each would begin the copy anew.
      onProgress: () => {
        steps += 1;
        if (steps <= 2)
          execFileSync(process.execPath, ['--input-type=module', '-e', addRow, built, other.file]);
      },
    });
    expect(steps).toBeGreaterThan(3);
    await withCopy(file, async (copy) => {
      expect(await copy.readers().all('SELECT count(*) AS rows FROM filler')).toEqual([{ rows: 5 }]);
    });
    expect(await other.connection.readers().all('SELECT count(*) AS rows FROM filler')).toEqual([
      { rows: 7 },
    ]);
    await other.close();
  });

  it('takes the place of nothing, unless told so', async () => {
    await writeFile(target('mine.txt'), 'mine');
    const failure = await markitectFailure(() => administration.backUp(target('mine.txt')));
    expect(failure).toMatchObject({ code: 'BACKUP_EXISTS', details: { file: target('mine.txt') } });
    expect((await stat(target('mine.txt'))).size).toBe(4);
    await administration.backUp(target('mine.txt'), { overwrite: true });
    await withCopy(target('mine.txt'), (copy) => copy.integrityCheck());
    expect(await leftovers()).toEqual([]);
  });

  it('does not take the place of a file that is made while it is written', async () => {
    const failure = await markitectFailure(() =>
      administration.backUp(target('raced.db'), {
        onProgress: () => void writeFile(target('raced.db'), 'theirs'),
      }),
    );
    expect(failure.code).toBe('BACKUP_EXISTS');
    expect((await stat(target('raced.db'))).size).toBe(6);
    expect(await leftovers()).toEqual([]);
  });

  it('refuses the database itself, and another that is in use', async () => {
    for (const overwrite of [false, true]) {
      expect((await markitectFailure(() => administration.backUp(store.file, { overwrite }))).code).toBe(
        'REQUEST_INVALID',
      );
    }
    const used = await temporaryStore();
    await used.repository.save(documentDraft());
    const failure = await markitectFailure(() => administration.backUp(used.file, { overwrite: true }));
    expect(failure.code).toBe('BACKUP_EXISTS');
    expect(failure.message).toContain('-wal');
    await used.close();
  });

  it('leaves nothing behind when it ends early or cannot be written', async () => {
    const stop = new AbortController();
    const aborted = administration.backUp(target('aborted.db'), {
      signal: stop.signal,
      onProgress: () => stop.abort(new Error('enough')),
    });
    // One step may have been all: then there was nothing left to end.
    await aborted.catch((error: unknown) => expect(error).toMatchObject({ message: 'enough' }));
    const early = AbortSignal.abort(new Error('enough'));
    await expect(administration.backUp(target('early.db'), { signal: early })).rejects.toThrow('enough');
    const failure = await markitectFailure(() => administration.backUp(target('nowhere/a.db')));
    expect(failure.code).toBe('FILE_SYSTEM_FAILED');
    expect(await leftovers()).toEqual([]);
    expect(await readdir(store.folder)).not.toContain('early.db');
  });

  it('waits for a moment without changes of files that are not in place, and says when there was none', async () => {
    const writer = await store.connection.writer();
    await writer.transaction((transaction) =>
      transaction.run(`INSERT INTO outbox(unit, kind, root, target, target_key, payload, created_at)
        VALUES ('u', 'file-remove', 'r', 'f', 'f', '""', '2026-01-01T00:00:00.000Z')`),
    );
    const soon = administration.backUp(target('settled.db'));
    await writer.transaction((transaction) => transaction.run(`UPDATE outbox SET attempts = 1`));
    await writer.transaction((transaction) => transaction.run(`DELETE FROM outbox WHERE unit = 'u'`));
    expect((await soon).pendingFiles).toBe(0);
    await withCopy(target('settled.db'), async (copy) =>
      expect(await copy.readers().all('SELECT count(*) AS rows FROM outbox')).toEqual([{ rows: 0 }]),
    );
  });
});
