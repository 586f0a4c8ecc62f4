import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { makeFolder, put, run, runJson, type RunOptions, runProcess } from './support/cli.js';

const terminal = { tty: true, columns: 80, env: { NO_COLOR: '1' } } satisfies RunOptions;
const gitea = {
  MARKITECT_GITEA_URL: 'http://127.0.0.1:1',
  MARKITECT_GITEA_OWNER: 'team',
  MARKITECT_GITEA_REPOSITORY: 'app',
  MARKITECT_GITEA_TOKEN: 'very-secret',
};

/** A project with an issue in the embedded tracker. */
async function started() {
  const folder = await makeFolder({ 'report.md': '# Steps\n\n1. Wait\n', 'src/a.ts': '' });
  const created = await run(folder, [
    ...['issues', 'create', '--title', 'Users are logged out', '--body-file', 'report.md'],
  ]);
  expect(created).toMatchObject({ exitCode: 0, stdout: 'created #1 Users are logged out\n' });
  expect(created.stderr).toContain('Making the data directory .markitect');
  return folder;
}

describe('the tracker that needs no configuration', () => {
  it('keeps what is written, from any folder of the project', async () => {
    const folder = await started();
    const inside = join(folder, 'src');
    expect((await run(inside, ['issues', 'list'])).stdout).toMatch(/^1\topen\tUsers are logged out\t/);
    expect((await run(inside, ['issues', 'show', '1'], terminal)).stdout).toContain('# Steps\n\n1. Wait\n');
    expect((await run(inside, ['issues', 'move', '1', 'doing'])).stdout).toBe('moved #1 to Doing\n');
    expect((await run(inside, ['board', '--column', 'doing'])).stdout).toMatch(/^Doing\t1\t/);
    expect((await run(inside, ['issues', 'labels'])).stdout).toMatch(
      /^status\/doing\t[0-9a-f]{6}\texclusive\t/,
    );
    expect((await run(inside, ['search', 'logged'])).stdout).toMatch(/^issue\t1\tUsers/);
  });

  it('knows the documents and the workspace of an issue', async () => {
    const folder = await started();
    await put(folder, 'docs/sessions.md', '---\nissue: 1\n---\n# Sessions\n');
    await run(folder, ['ingest', 'docs']);
    const workspace = await run(folder, ['workspace', 'start', '1']);
    expect(workspace.stdout).toMatch(/^started 1 in .* for issue #1: Users are logged out\n/);
    const files = join(folder, '.markitect/workspaces/1');
    expect(await readFile(join(files, 'requirements.md'), 'utf8')).toContain('1. Wait');
    const { stdout } = await run(folder, ['issues', 'show', '1'], terminal);
    expect(stdout).toContain('docs/sessions.md · Sessions\n');
    expect(stdout).toMatch(/ {2}workspace +\.markitect\/workspaces\/1\n/);
    expect((await runJson(folder, 'issues', 'show', '1')).value).toMatchObject({
      documents: [{ path: 'docs/sessions.md', title: 'Sessions' }],
      workspace: { slug: '1', folder: files },
    });
  });

  it('takes the number of an issue as it is written elsewhere', async () => {
    const folder = await started();
    const { stdout } = await run(folder, ['workspace', 'start', '#1']);
    expect(stdout).toMatch(/^started 1 in .* for issue #1: Users are logged out\n/);
  });

  it('is named in the help of what serves it', async () => {
    const { stdout } = await run(await makeFolder(), ['serve', '--help']);
    expect(stdout).toMatch(/issues\s+and\s+their\s+board/);
  });

  it('starts workspaces without an issue where there is none, or none is wanted', async () => {
    const folder = await started();
    const titles = async (...argv: readonly string[]) =>
      (await runJson(folder, 'workspace', 'start', ...argv)).value['title'];
    expect(await titles('7')).toBe('7');
    expect(await titles('fix-login')).toBe('fix-login');
    expect(await titles('1', '--no-issue')).toBe('1');
    await run(folder, ['workspace', 'abandon', '1', '--yes']);
    expect(await titles('1', '--title', 'Mine')).toBe('Mine');
  });

  it('has nothing to synchronise, and says how to change that', async () => {
    const folder = await makeFolder();
    const { exitCode, value } = await runJson(folder, 'issues', 'sync');
    expect([exitCode, value.error.code]).toEqual([2, 'TRACKER_NOT_CONFIGURED']);
    expect(value.error.remedy).toContain('gitea.url');
  });

  it('is not made by looking at it', async () => {
    const folder = await makeFolder();
    const lists = [
      [['issues', 'list'], { items: [] }],
      [['issues', 'labels'], { items: [] }],
      [['issues', 'milestones'], { items: [] }],
      [['search', 'word'], { documents: { items: [] }, issues: { items: [] } }],
      [['search', 'word', '--in', 'issues'], { issues: { items: [] } }],
    ] as const;
    for (const [argv, nothing] of lists) {
      expect(await runJson(folder, ...argv)).toMatchObject({ exitCode: 0, value: nothing });
    }
    const { value: columns } = await runJson(folder, 'board');
    expect(columns['columns']).toEqual(
      ['Backlog', 'To do', 'Doing', 'Review', 'Done'].map((name) => ({ name, cards: [], total: 0 })),
    );
    for (const argv of [['issues', 'list'], ['board']]) {
      const { exitCode, stderr } = await run(folder, argv);
      expect(exitCode).toBe(0);
      expect(stderr).toContain('There is no data directory .markitect yet.');
      expect(stderr).toMatch(/markitect issues create .*markitect issues sync/);
    }
    for (const argv of [
      ['issues', 'close', '1'],
      ['issues', 'show', '1'],
    ]) {
      const { exitCode, value } = await runJson(folder, ...argv);
      expect([exitCode, value.error.code]).toEqual([5, 'STORE_NOT_INITIALIZED']);
      expect(value.error.remedy).toContain('`markitect issues create`');
    }
    await expect(access(join(folder, '.markitect'))).rejects.toThrow();
  });

  it('refuses what is no text', async () => {
    const folder = await makeFolder({ 'a.bin': new Uint8Array([0xff, 0xfe]) });
    const create = (...argv: readonly string[]) =>
      runJson(folder, 'issues', 'create', '--title', 'x', ...argv);
    expect((await create('--body-file', 'a.bin')).value.error.message).toContain('--body-file must be text');
    expect((await create('--body-file', 'gone')).value.error.code).toBe('FILE_NOT_FOUND');
    expect((await create('--body', 'a', '--body-file', 'a')).value.error.code).toBe('REQUEST_INVALID');
    expect((await create('--due', '2026-02-31')).value.error.message).toContain('--due must be a day');
  });
});

describe('with a Gitea that nobody reaches', () => {
  const env = { ...gitea, MARKITECT_GITEA_DEADLINE_MS: '2000' };

  it('says so, and starts workspaces all the same', async () => {
    const folder = await makeFolder();
    const list = await run(folder, ['issues', 'list', '--json'], { env });
    expect(list.exitCode).toBe(5);
    expect(list.stderr).not.toContain('very-secret');
    const start = await run(folder, ['workspace', 'start', '42'], { env });
    expect(start.exitCode).toBe(0);
    expect(start.stderr).toContain('started without what issue #42 says');
  }, 60_000);
});

describe('markitect config show', () => {
  it('says where values come from and keeps secrets', async () => {
    const folder = await makeFolder({
      'markitect.config.yaml':
        'server: { port: 1234 }\nboard: { columns: ["Open=state:open", "Done=state:closed"] }\n',
      'src/a.ts': '',
    });
    const env = { ...gitea, MARKITECT_GITEA_PROXY: 'http://user:word@proxy:3128' };
    const { stdout } = await run(join(folder, 'src'), ['config', 'show'], { env });
    const lines = stdout.split('\n');
    expect(lines).toContain('gitea.token\t***\tenvironment MARKITECT_GITEA_TOKEN');
    expect(lines).toContain('gitea.proxy\thttp://***:***@proxy:3128/\tenvironment MARKITECT_GITEA_PROXY');
    expect(lines).toContain(`server.port\t1234\tfile ${folder}/markitect.config.yaml`);
    expect(lines).toContain('database.synchronous\tNORMAL\tdefault');
    expect(stdout).not.toMatch(/very-secret|word@/);
    const shown = await run(folder, ['config', 'show', 'board', 'server.port'], terminal);
    expect(shown.stdout).toMatch(
      /^server\n {2}port +1234 \(file markitect\.config\.yaml\)\n\nboard\n {2}columns +Open=state:open; Done=state:closed/,
    );
    for (const line of shown.stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    const changed = await run(folder, ['config', 'show', '--changed', '--json'], { env: {} });
    expect(JSON.parse(changed.stdout)).toEqual({
      settings: [
        { path: 'server.port', value: 1234, from: `file ${folder}/markitect.config.yaml` },
        expect.objectContaining({ path: 'board.columns' }),
      ],
    });
  });

  it('knows its settings', async () => {
    const folder = await makeFolder();
    expect(await run(folder, ['config', 'show', 'gitee'])).toMatchObject({ exitCode: 2 });
    expect((await run(folder, ['config', 'show', '--changed'])).stderr).toContain('as by default');
  });
});

describe('the process', () => {
  it('reads a text from its standard input, and draws boards', async () => {
    const folder = await makeFolder();
    const created = await runProcess(
      folder,
      ['issues', 'create', '--title', 'From a pipe', '--body-file', '-', '--json'],
      { input: 'One **two**\n' },
    );
    expect(JSON.parse(created.stdout)).toMatchObject({ number: 1, body: 'One **two**\n' });
    const board = await runProcess(folder, ['board']);
    expect(board).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^Backlog\t1\tFrom a pipe\t/),
      stderr: '',
    });
  });
});
