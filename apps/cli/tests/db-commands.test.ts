import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { SqliteConnection } from '@markitect/adapter-sqlite';
import { makeFolder, put, run, runJson, type RunOptions } from './support/cli.js';

const terminal = { tty: true, columns: 80, env: { NO_COLOR: '1' } } satisfies RunOptions;
const database = '.markitect/markitect.db';

async function project() {
  const folder = await makeFolder({ 'a.md': '# A\n\nWords.\n', 'b.md': '# B\n\n[a](a.md)\n' });
  await run(folder, ['ingest', '.']);
  return folder;
}

/** Does something to the database behind the back of everybody. */
async function tamper(folder: string, ...statements: string[]): Promise<void> {
  const connection = new SqliteConnection({ file: join(folder, database) });
  await connection.open();
  const writer = await connection.writer();
  await writer.exclusive(async (handle) => {
    for (const sql of statements) await handle.exec(sql);
  });
  await connection.close();
}

const widest = (text: string) => Math.max(...text.split('\n').map((line) => line.length));

describe('db init, migrate and revert', () => {
  it('make the database, bring it up to date and take the last step back', async () => {
    const folder = await makeFolder();
    for (const command of ['migrate', 'status', 'check', 'diagram', 'advise']) {
      const missing = await runJson(folder, 'db', command);
      expect(missing.value.error.code).toBe('STORE_NOT_INITIALIZED');
    }
    const made = await run(folder, ['db', 'init'], terminal);
    expect(made.stdout).toMatch(/^Made the database .*markitect\.db\n {2}CreateDocuments\d+\n/);
    expect((await runJson(folder, 'db', 'init')).value).toMatchObject({ created: false, migrations: [] });
    expect((await run(folder, ['db', 'init'])).stdout).toContain('nothing had to be changed');
    expect((await runJson(folder, 'db', 'migrate')).value).toEqual({
      file: join(folder, database),
      migrations: [],
    });

    const { value } = await runJson(folder, 'db', 'revert', '--yes');
    const reverted = value['reverted'];
    const behind = (await runJson(folder, 'db', 'status')).value;
    expect(behind).toMatchObject({ migrations: { pending: [reverted] } });
    expect((await run(folder, ['db', 'status'], terminal)).stdout).toContain(
      `to come     ${String(reverted)}`,
    );
    expect((await runJson(folder, 'db', 'migrate')).value).toMatchObject({ migrations: [reverted] });
  });

  it('take nothing back unasked, and say what would go', async () => {
    const folder = await project();
    const unasked = await run(folder, ['db', 'revert']);
    expect(unasked.exitCode).toBe(2);
    expect(unasked.stderr).toMatch(/goes, and with it\n {2}table /);
    expect(unasked.stderr).toContain('--yes');
    const refused = await run(folder, ['db', 'revert'], { confirm: () => Promise.resolve(false) });
    expect(refused).toMatchObject({ exitCode: 0, stdout: '' });
    expect((await runJson(folder, 'db', 'status')).value).toMatchObject({ migrations: { pending: [] } });
    const agreed = await run(folder, ['db', 'revert'], { confirm: () => Promise.resolve(true) });
    expect(agreed.stdout).toMatch(/^Took Create\w+ back\.\n$/);
  });
});

describe('db status and check', () => {
  it('tell what there is, on 80 columns and to programs', async () => {
    const folder = await project();
    const shown = await run(folder, ['db', 'status', '--indexes'], terminal);
    expect(shown.stdout).toMatch(/\nTABLE +ROWS +SIZE +INDEXES\n/);
    expect(shown.stdout).toContain('  documents_by_path ');
    expect(widest(shown.stdout)).toBeLessThanOrEqual(80);
    expect((await run(folder, ['db', 'status'])).stdout).toMatch(/^documents\t2\t\d+\t\d+$/m);
    const checked = await run(folder, ['db', 'check'], terminal);
    expect(checked).toMatchObject({ exitCode: 0, stderr: '' });
    expect(checked.stdout).toMatch(/^✓ file +\d+ {2}pages and indexes are sound$/m);
    expect(widest(checked.stdout)).toBeLessThanOrEqual(80);
    expect((await run(folder, ['db', 'check'])).stdout).toMatch(/^ok\tsyntax trees\t2\t0\t/m);
  });

  it('end with another code when something is wrong', async () => {
    const folder = await project();
    await tamper(folder, 'PRAGMA foreign_keys = OFF', `INSERT INTO document_tags VALUES (77, 'a')`);
    const checked = await run(folder, ['db', 'check'], terminal);
    expect(checked.exitCode).toBe(5);
    expect(checked.stdout).toMatch(/^✗ references +\d+ {2}1 of document_tags$/m);
    expect((await runJson(folder, 'db', 'check')).value).toMatchObject({ isSound: false });
  });

  it('find syntax trees that are missing or of no document, and remove those when told so', async () => {
    const folder = await project();
    const trees = join(folder, '.markitect/ast');
    const [first = ''] = await readdir(trees);
    const [file = ''] = await readdir(join(trees, first));
    const orphan = `${file.slice(0, 2)}${'0'.repeat(62)}`;
    await put(trees, `${first}/${orphan}.mdast`, 'old');
    const { utimes } = await import('node:fs/promises');
    await utimes(join(trees, first, `${orphan}.mdast`), 1, 1);
    await rm(join(trees, first, file));
    const noted = await run(folder, ['db', 'check'], terminal);
    expect(noted.exitCode).toBe(0);
    expect(noted.stdout).toMatch(/^! syntax trees +2 {2}1 missing \(made when needed\), 1 of no document/m);
    expect((await runJson(folder, 'db', 'check', '--repair')).value).toMatchObject({ removedTrees: 1 });
    expect(await readdir(join(trees, first))).toEqual([]);
    await run(folder, ['docs', 'show', 'a.md'], terminal);
    await run(folder, ['docs', 'show', 'b.md'], terminal);
  });

  it('find what is committed and not in place, and staged files that are lost', async () => {
    const folder = await project();
    const row = (at: string) =>
      `INSERT INTO outbox(unit, kind, root, target, target_key, payload, created_at)
       VALUES ('u', 'file-replace', 'archives', 'f', 'f', '"gone"', '${at}')`;
    await tamper(folder, row('2026-01-01T00:00:00.000Z'));
    const late = await run(folder, ['db', 'check']);
    expect(late.exitCode).toBe(5);
    expect(late.stdout).toMatch(/^fault\tpending changes\t1\t1\t1 committed and not in place since 2026/m);
    expect(late.stdout).toMatch(/^fault\tstaged files\t0\t1\t1 of a commit are lost$/m);
    await put(folder, '.markitect/archives/.markitect-staged/gone', 'staged');
    expect((await run(folder, ['db', 'check'])).stdout).toMatch(/^ok\tstaged files\t1\t0\t/m);
    await run(folder, ['recover']);
    expect((await run(folder, ['db', 'check'])).exitCode).toBe(0);
  });
});

describe('db backup', () => {
  it('copies the database, once, and again when told to', async () => {
    const folder = await project();
    const { value } = await runJson(folder, 'db', 'backup', 'copy.db');
    const file = join(folder, 'copy.db');
    expect(value).toMatchObject({ file, bytes: (await stat(file)).size, pendingFiles: 0 });
    const nowhere = await run(folder, ['db', 'backup', '/nonexistent/x.db']);
    expect(nowhere.stderr).toContain('there is no folder /nonexistent');
    const again = await runJson(folder, 'db', 'backup', 'copy.db');
    expect(again.exitCode).toBe(4);
    expect(again.value.error).toMatchObject({ code: 'BACKUP_EXISTS' });
    expect((await run(folder, ['db', 'backup', 'copy.db', '--force'], terminal)).stdout).toContain(
      'copy.db: ',
    );
  });

  it('is restored by copying it back', async () => {
    const folder = await project();
    await run(folder, ['db', 'backup', 'copy.db']);
    await run(folder, ['docs', 'remove', 'a.md']);
    const data = join(folder, '.markitect');
    for (const name of await readdir(data)) {
      if (name.startsWith('markitect.db')) await rm(join(data, name));
    }
    await put(folder, database, await readFile(join(folder, 'copy.db')));
    expect((await run(folder, ['cache', 'clear'])).exitCode).toBe(0);
    expect((await run(folder, ['db', 'check'])).exitCode).toBe(0);
    const { value } = await runJson(folder, 'docs', 'list');
    expect(value.items.map(({ path }) => path)).toEqual(['a.md', 'b.md']);
    expect((await runJson(folder, 'docs', 'search', 'words')).value.items).toHaveLength(1);
  });

  it('leaves nothing behind when it is interrupted', async () => {
    const folder = await project();
    const interrupted = await run(folder, ['db', 'backup', 'copy.db'], { interrupt: true });
    expect(interrupted.exitCode).toBe(6);
    expect((await readdir(folder)).sort()).toEqual(['.markitect', 'a.md', 'b.md']);
  });
});

describe('db diagram and advise', () => {
  it('draw the schema, to the terminal or into a new file', async () => {
    const folder = await project();
    expect((await run(folder, ['db', 'diagram'])).stdout).toMatch(/^erDiagram\n {2}\w+ \{\n/);
    expect((await run(folder, ['db', 'diagram', '--format', 'dot'])).stdout).toMatch(/^digraph schema/);
    const { value } = await runJson(folder, 'db', 'diagram', '--out', 'schema.mmd');
    expect(await readFile(join(folder, 'schema.mmd'), 'utf8')).toBe(value['diagram']);
    const again = await runJson(folder, 'db', 'diagram', '--out', 'schema.mmd');
    expect(again.value.error.code).toBe('FILE_NAME_CONFLICT');
  });

  it('say what reads or sorts much, and why that is right', async () => {
    const folder = await project();
    const small = await run(folder, ['db', 'advise'], terminal);
    expect(small.stdout).toMatch(/^\d+ statements looked at: nothing could be better\.\n$/);
    const all = await run(folder, ['db', 'advise', '--all', '--min-rows', '0'], terminal);
    expect(all.stdout).toContain('right so: ');
    expect(all.stdout).toMatch(/^ {4}SCAN cache$/m);
    expect(widest(all.stdout)).toBeLessThanOrEqual(80);
    const { value } = await runJson(folder, 'db', 'advise', '--min-rows', '0');
    expect(value['statements']).toBeGreaterThan(300);
  });
});
