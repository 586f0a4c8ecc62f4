import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { makeFolder, put, run, runJson, type RunOptions } from './support/cli.js';

const config = 'legacy:\n  users: users.json\n';
const why = ['--why', 'a test'];

async function project(
  users: Readonly<Record<string, object>> = { ada: { name: 'Ada' }, bob: { name: 'Bob' } },
) {
  const folder = await makeFolder({
    'markitect.config.yaml': config,
    'users.json': JSON.stringify(users, null, 2),
  });
  await run(folder, ['init']);
  const cli = (...argv: string[]) => run(folder, ['cutover', ...argv]);
  const stored = async () =>
    JSON.parse(await readFile(join(folder, 'users.json'), 'utf8')) as Record<string, { name: string }>;
  return { folder, cli, stored };
}

describe('cutover on the command line', () => {
  it('leads from the legacy store to the modern one and back, and at last to the end', async () => {
    const { folder, cli, stored } = await project();
    expect((await run(folder, ['users', 'get', 'ada'])).stdout).toBe('{"name":"Ada"}\n');
    expect((await cli('status')).stdout).toMatch(/^users\tlegacy\t0\t.*\tstart\t\n$/);
    expect(await cli('start', 'users')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('--why'),
    });
    expect((await cli('start', 'users', ...why)).stdout).toBe('users\tmirror\t0\tlegacy\t0\n');
    expect((await cli('backfill', 'users')).stdout).toMatch(/^complete: 2 keys seen, 2 copied/);
    expect(await cli('diff', 'users')).toMatchObject({ exitCode: 0, stdout: '' });
    expect((await cli('switch-reads', 'users', '--percent', '100', ...why)).stdout).toBe(
      'users\tserved\t100\tdone\n',
    );
    expect((await cli('switch-writes', 'users', ...why)).stdout).toBe('users\tmodern\t100\tdone\n');
    await run(folder, ['users', 'save', 'ada', '{"name":"Lovelace"}']);
    expect((await stored())['ada']).toMatchObject({ name: 'Lovelace' });
    expect((await cli('reverse', 'users', ...why)).stdout).toBe('users\tserved\t100\tmodern\t100\n');
    expect((await cli('switch-writes', 'users', ...why)).stdout).toContain('done');
    expect((await cli('complete', 'users', ...why)).stdout).toBe('users\tcomplete\t100\tdone\n');
    expect(await cli('reverse', 'users', ...why)).toMatchObject({ exitCode: 4 });
    await run(folder, ['users', 'save', 'ada', '{"name":"Byron"}']);
    expect((await stored())['ada']).toMatchObject({ name: 'Lovelace' });
    const log = (await runJson(folder, 'cutover', 'log', 'users')).value.items;
    expect(log[0]).toMatchObject({ action: 'complete', why: 'a test', from: { stage: 'modern' } });
  });

  it('refuses a step with the reasons, also of a dry run', async () => {
    const { folder, cli } = await project();
    await cli('start', 'users', ...why);
    const judged = await cli('switch-reads', 'users', '--percent', '100', '--dry-run');
    expect(judged).toMatchObject({ exitCode: 4 });
    expect(judged.stdout).toBe(
      'users\tserved\t100\tblocked\nbackfill\tthe backfill was not run\ndiff\tboth sides were not compared\n',
    );
    const refused = await runJson(folder, 'cutover', 'switch-reads', 'users', '--percent', '100', ...why);
    expect(refused.exitCode).toBe(4);
    expect(refused.value.error.code).toBe('CUTOVER_NOT_READY');
  });

  it('shows what differs, field by field, and repairs it from a side', async () => {
    const { folder, cli } = await project();
    await cli('start', 'users', ...why);
    await cli('backfill', 'users');
    // Stamped by a write: only then the times of other records do not follow those of the file.
    await run(folder, ['users', 'save', 'bob', '{"name":"Bob"}']);
    const text = await readFile(join(folder, 'users.json'), 'utf8');
    await put(folder, 'users.json', text.replace('Ada', 'Eve'));
    const found = await cli('diff', 'users');
    expect(found).toMatchObject({ exitCode: 6 });
    expect(found.stdout).toContain('ada\tdifferent\tvalue.name\t"Eve"\t"Ada"\n');
    expect(await cli('diff', 'users', '--repair', 'legacy')).toMatchObject({ exitCode: 0 });
    expect(await cli('diff', 'users')).toMatchObject({ exitCode: 0 });
  });

  it('goes on past a damaged file, and has it repaired when it is mended', async () => {
    const folder = await makeFolder({
      'markitect.config.yaml': 'legacy:\n  users: users\n',
      'users/ada.json': '{"name": "Ada"}',
      'users/bob.json': '{"name": "Bob',
    });
    await run(folder, ['init']);
    const cli = (...argv: string[]) => run(folder, ['cutover', ...argv]);
    await cli('start', 'users', ...why);
    expect((await cli('backfill', 'users')).stdout).toMatch(/^complete: 2 keys seen, 1 copied/);
    expect((await cli('repairs', 'list', 'users')).stdout).toContain('LEGACY_FILE_CORRUPT');
    const found = await cli('diff', 'users');
    expect(found).toMatchObject({ exitCode: 6 });
    expect(found.stdout).toMatch(/^bob\tdamaged\t.*bob\.json is damaged: .*; a copy is in .*\n$/);
    await put(folder, 'users/bob.json', '{"name": "Bob"}');
    expect(await cli('repairs', 'retry', 'users')).toMatchObject({ exitCode: 0 });
    expect(await cli('diff', 'users')).toMatchObject({ exitCode: 0 });
  });

  it('follows the environment, for all processes', async () => {
    const { folder, cli } = await project();
    await run(folder, ['users', 'get', 'ada'], { env: { MARKITECT_CUTOVER_USERS: 'mirror' } });
    expect((await cli('status')).stdout).toMatch(/^users\tmirror/);
    expect((await cli('log', 'users')).stdout).toContain(
      '\toverride\tflag\tlegacy\tmirror\tthe flag says mirror\n',
    );
  });

  it('says when a flag moves a component, and when it cannot be followed', async () => {
    const { folder } = await project();
    const get = (stage: string) =>
      run(folder, ['users', 'get', 'ada'], { env: { MARKITECT_CUTOVER_USERS: stage } });
    expect((await get('mirror')).stderr).toBe(
      'warning: users went from legacy to mirror, for all processes, because a flag says so; it stays there when the flag is gone\n',
    );
    expect((await get('mirror')).stderr).toBe('');
    expect((await get('bogus')).stderr).toContain(
      'must be legacy, mirror, served:<1 to 100>, modern or complete',
    );
    expect((await get('modern')).stderr).toContain('the backfill was not run');
    expect(await get('complete')).toMatchObject({ exitCode: 0, stdout: '{"name":"Ada"}\n' });
  });

  it('refuses a process that does not know the legacy store', async () => {
    const { folder, cli, stored } = await project();
    await put(folder, 'other.yaml', '{}\n');
    const other = (...argv: string[]) => run(folder, ['--config', 'other.yaml', 'users', ...argv]);
    expect(await other('get', 'ada')).toMatchObject({ exitCode: 3 });
    await cli('start', 'users', ...why);
    for (const argv of [['save', 'ada', '{"name":"lost"}'], ['get', 'ada'], ['list']]) {
      const refused = await other(...argv);
      expect(refused).toMatchObject({ exitCode: 4, stdout: '' });
      expect(refused.stderr).toContain('CUTOVER_SIDE_MISSING');
    }
    await cli('backfill', 'users');
    expect((await stored())['ada']).toMatchObject({ name: 'Ada' });
  });

  it('fits a terminal', async () => {
    const { folder, cli } = await project();
    await cli('start', 'users', ...why);
    const terminal = { tty: true, columns: 80, env: { NO_COLOR: '1' } } satisfies RunOptions;
    for (const argv of [
      ['status'],
      ['status', 'users'],
      ['log'],
      ['limit', 'users'],
      ['switch-reads', 'users', '--percent', '5', '-n'],
    ]) {
      const { stdout } = await run(folder, ['cutover', ...argv], terminal);
      for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
      expect(stdout).toContain('users');
    }
  });

  it('says that there is nothing to move', async () => {
    const folder = await makeFolder();
    await run(folder, ['init']);
    expect((await run(folder, ['cutover', 'status'])).stderr).toContain('MARKITECT_LEGACY_USERS');
    expect(await run(folder, ['cutover', 'start', 'users', ...why])).toMatchObject({ exitCode: 3 });
    expect(await run(folder, ['cutover', 'repairs', 'show', '1'])).toMatchObject({ exitCode: 3 });
  });
});
