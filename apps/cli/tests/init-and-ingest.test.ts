import { access, chmod, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { makeFolder, put, run, runJson, runProcess } from './support/cli.js';

const tree = {
  'docs/start.md': '# Start\n\nSee [the guide](guide.md).\n',
  'docs/guide.md': '---\ntitle: Guide\ntags: [howto]\n---\n\n# Guide\n\nWords.\n',
  'docs/deep/notes.markdown': '# Notes\n',
  'docs/image.png': 'no Markdown',
};

const counts = (created: number, updated: number, unchanged: number, removed: number, failed: number) => ({
  created,
  updated,
  unchanged,
  removed,
  failed,
});

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

describe('markitect init', () => {
  it('makes the directory and the database, and says what', async () => {
    const folder = await makeFolder();
    const { exitCode, stdout } = await run(folder, ['init']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^Made the data directory .markitect\n/);
    expect(stdout).toMatch(/tables +.*documents/);
    expect(stdout).toMatch(/indexes +.*documents_by_path/);
    expect(await exists(join(folder, '.markitect', 'markitect.db'))).toBe(true);
  });

  it('changes nothing the second time', async () => {
    const folder = await makeFolder();
    expect((await runJson(folder, 'init')).value).toMatchObject({ created: true, changed: true });
    const again = await runJson(folder, 'init');
    expect(again.exitCode).toBe(0);
    expect(again.value).toMatchObject({
      dataDir: join(folder, '.markitect'),
      created: false,
      changed: false,
      migrations: [],
    });
    expect((await run(folder, ['init'])).stdout).toBe('.markitect is ready; nothing had to be changed.\n');
  });

  it('takes the data directory from the flag before the environment', async () => {
    const folder = await makeFolder();
    const env = { MARKITECT_DATA_DIR: 'from-env' };
    await run(folder, ['init'], { env });
    expect(await exists(join(folder, 'from-env', 'markitect.db'))).toBe(true);
    await run(folder, ['--data-dir', 'from-flag', 'init'], { env });
    expect(await exists(join(folder, 'from-flag', 'markitect.db'))).toBe(true);
  });
});

describe('markitect ingest', () => {
  it('takes a folder in, making the data directory, and says so', async () => {
    const folder = await makeFolder(tree);
    const { exitCode, stdout, stderr } = await run(folder, ['ingest', 'docs']);
    expect(exitCode).toBe(0);
    expect(stderr).toBe('Making the data directory .markitect\n');
    expect(stdout).toMatch(/^3 created, 0 updated, 0 unchanged, 0 removed, 0 failed\n3 files, \d+ B in /);
  });

  it('follows files that stay, change and go', async () => {
    const folder = await makeFolder(tree);
    expect((await runJson(folder, 'ingest', 'docs')).value).toMatchObject(counts(3, 0, 0, 0, 0));
    expect((await runJson(folder, 'ingest', 'docs')).value).toMatchObject(counts(0, 0, 3, 0, 0));
    await put(folder, 'docs/start.md', '# Start again\n');
    await rm(join(folder, 'docs/deep/notes.markdown'));
    const pruned = await runJson(folder, 'ingest', 'docs', '--prune');
    expect(pruned.exitCode).toBe(0);
    expect(pruned.value).toMatchObject({ ...counts(0, 1, 1, 1, 0), interrupted: false, failures: [] });
  });

  it('leaves out what is ignored and names documents as told', async () => {
    const folder = await makeFolder(tree);
    await run(folder, ['ingest', 'docs', '--ignore', 'deep/', '--ignore', 'start.*', '--as', 'book']);
    const { value } = await runJson(folder, 'docs', 'list');
    expect(value.items.map(({ path }) => path)).toEqual(['book/guide.md']);
  });

  it('replaces what the place of another file holds only when told to', async () => {
    const folder = await makeFolder({ 'a/x.md': '# A\n', 'b/x.md': '# B\n' });
    await run(folder, ['ingest', 'a', '--as', 'same']);
    const refused = await runJson(folder, 'ingest', 'b', '--as', 'same');
    expect(refused.exitCode).toBe(6);
    expect(refused.value.failures).toMatchObject([{ code: 'DOCUMENT_SOURCE_CONFLICT' }]);
    const replaced = await runJson(folder, 'ingest', 'b', '--as', 'same', '--overwrite');
    expect(replaced.value).toMatchObject(counts(0, 1, 0, 0, 0));
  });

  it('takes the good files and reports the bad ones, with place, reason and remedy', async () => {
    const folder = await makeFolder({
      'in/good.md': '# Good\n',
      'in/latin.md': Uint8Array.from([0x23, 0x20, 0xe9, 0x0a]),
      'in/yaml.md': '---\na: [1\n---\n\n# Yaml\n',
      'in/big.md': 'x'.repeat(5000),
    });
    await symlink('.', join(folder, 'in/loop'));
    const args = ['ingest', 'in', '--max-file-bytes', '4096'];
    const { exitCode, value } = await runJson(folder, ...args);
    expect(exitCode).toBe(6);
    expect(value).toMatchObject(counts(1, 0, 0, 0, 4));
    expect(value.failures.map(({ source, code }) => [source, code])).toEqual([
      [join(folder, 'in/big.md'), 'DOCUMENT_TOO_LARGE'],
      [join(folder, 'in/latin.md'), 'FILE_NOT_UTF8'],
      [join(folder, 'in/loop'), 'LINK_LOOP'],
      [join(folder, 'in/yaml.md'), 'FRONT_MATTER_INVALID'],
    ]);

    const { stdout, stderr } = await run(folder, args);
    expect(stdout).toMatch(/^0 created, 0 updated, 1 unchanged, 0 removed, 4 failed\n/);
    expect(stderr).toMatch(/failed in\/latin\.md: .*not valid UTF-8.* \(FILE_NOT_UTF8\)\n {3}fix: Convert/);
  });

  it.each([
    ['a missing path', ['nope.md'], 3, 'SOURCE_NOT_FOUND'],
    ['a pattern without a match', ['docs/*.mdx'], 3, 'SOURCE_NOT_FOUND'],
    ['a missing path beside a good one', ['docs', 'nope'], 3, 'SOURCE_NOT_FOUND'],
    ['a file that is not Markdown', ['docs/image.png'], 2, 'SOURCE_UNSUPPORTED'],
  ])('changes nothing for %s', async (_name, sources, exitCode, code) => {
    const folder = await makeFolder(tree);
    const outcome = await runJson(folder, 'ingest', ...sources);
    expect(outcome.exitCode).toBe(exitCode);
    expect(outcome.value.error).toMatchObject({ code });
    expect(outcome.value.error.remedy).not.toBe('');
    expect(outcome.stderr).toMatch(/^error: .*\n {2}fix: .*\n$/);
    expect(await exists(join(folder, '.markitect'))).toBe(false);
  });

  // Root may read everything: the command then runs as another user.
  it('reports a folder without permission', async () => {
    const folder = await makeFolder({ 'in/closed/x.md': '# X\n' });
    const isRoot = process.getuid?.() === 0;
    for (const path of [folder, join(folder, 'in')]) await chmod(path, 0o777);
    await chmod(join(folder, 'in/closed'), 0o000);
    const options = isRoot ? { uid: 65_534 } : {};
    const direct = await runProcess(folder, ['ingest', 'in/closed', '--json'], options);
    expect({ ...direct, stdout: JSON.parse(direct.stdout) as unknown }).toMatchObject({
      exitCode: 2,
      stdout: { error: { code: 'FILE_UNREADABLE' } },
    });
    expect(await exists(join(folder, '.markitect'))).toBe(false);
    const within = await runProcess(folder, ['ingest', 'in', '--json'], options);
    expect({ ...within, stdout: JSON.parse(within.stdout) as unknown }).toMatchObject({
      exitCode: 6,
      stdout: { failed: 1, failures: [{ source: join(folder, 'in/closed'), code: 'FILE_UNREADABLE' }] },
    });
    await chmod(join(folder, 'in/closed'), 0o700);
  });

  it('shows progress on a terminal only, and none when quiet', async () => {
    const folder = await makeFolder(tree);
    const shown = await run(folder, ['ingest', 'docs'], { tty: true });
    expect(shown.stderr).toContain('files/s');
    const quiet = await run(folder, ['ingest', 'docs', '--quiet'], { tty: true });
    expect(quiet.stderr).toBe('');
  });

  it('ends early when interrupted, keeping what is stored', async () => {
    const folder = await makeFolder(tree);
    const { exitCode, stdout, stderr } = await run(folder, ['ingest', 'docs'], { interrupt: true });
    expect(exitCode).toBe(6);
    expect(stderr).toContain('Stopping after the batches under way.');
    expect(stderr).toContain('Interrupted: run the same command again for the rest.');
    expect(stdout).toMatch(/ created, /);
    expect((await runJson(folder, 'ingest', 'docs')).exitCode).toBe(0);
  });
});
