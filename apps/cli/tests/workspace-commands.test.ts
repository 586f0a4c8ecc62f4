import { execFile, spawnSync } from 'node:child_process';
import { access, mkdir, readFile, rm, symlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { makeFolder, put, run, runJson, type RunOptions } from './support/cli.js';

const isThere = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

async function started(title = 'Fix the login') {
  const folder = await makeFolder({ 'elsewhere/error.log': 'boom' });
  const { exitCode } = await run(folder, ['workspace', 'start', '42', '--title', title]);
  expect(exitCode).toBe(0);
  return { folder, workspace: join(folder, '.markitect/workspaces/42') };
}

const state = async (folder: string) => (await runJson(folder, 'workspace', 'status', '42')).value['state'];
const terminal = { tty: true, columns: 80, env: { NO_COLOR: '1' } } satisfies RunOptions;

describe('markitect workspace', () => {
  it('goes from start to finish', async () => {
    const { folder, workspace } = await started();
    expect(await state(folder)).toBe('clean');
    await put(workspace, 'notes.md', 'changed');
    await rm(join(workspace, 'test-plan.md'));
    const added = await run(folder, ['workspace', 'add', 'elsewhere/error.log', '-w', '42']);
    expect(added.stdout).toBe('added attachments/error.log (4 B)\n');

    const { value } = await runJson(folder, 'workspace', 'status', '42');
    expect(value).toMatchObject({
      slug: '42',
      title: 'Fix the login',
      state: 'dirty',
      folder: workspace,
      changed: ['notes.md'],
      missing: ['test-plan.md'],
      unknown: ['attachments/error.log'],
    });
    const restored = await run(folder, ['workspace', 'restore', 'notes.md', 'test-plan.md', '-w', '42']);
    expect(restored.stdout).toBe(
      'restored notes.md (what was written since is gone)\nrestored test-plan.md\n',
    );
    expect((await run(folder, ['workspace', 'save', '42'])).stdout).toMatch(/^saved 42: 4 files, \d+ B\n$/);
    expect(await state(folder)).toBe('active');
    expect((await run(folder, ['workspace', 'open', '42'])).stdout).toBe(`${workspace}\n`);

    const finished = await runJson(folder, 'workspace', 'finish', '42');
    expect(finished.value).toMatchObject({ state: 'finished' });
    const { stdout } = await promisify(execFile)('tar', ['-tzf', String(finished.value['archive'])]);
    expect(stdout.split('\n')).toContain('42/attachments/error.log');
    expect(await isThere(workspace)).toBe(false);
    const again = await runJson(folder, 'workspace', 'open', '42');
    expect(again).toMatchObject({ exitCode: 4, value: { error: { code: 'WORKSPACE_STATE_INVALID' } } });
  });

  it('needs no slug in the folder of a workspace, however deep, and takes paths from there', async () => {
    const { folder, workspace } = await started();
    await put(workspace, 'sub/deep/a.txt', 'a');
    const inside = join(workspace, 'sub/deep');
    expect((await run(inside, ['workspace', 'save'])).exitCode).toBe(0);
    await put(workspace, 'sub/deep/a.txt', 'b');
    expect((await runJson(inside, 'workspace', 'status')).value).toMatchObject({
      changed: ['sub/deep/a.txt'],
    });
    expect((await run(inside, ['workspace', 'restore', 'a.txt'])).exitCode).toBe(0);
    expect(await readFile(join(inside, 'a.txt'), 'utf8')).toBe('a');
    expect((await run(inside, ['workspace', 'restore', '../../notes.md'])).stderr).toContain(
      'WORKSPACE_STATE_INVALID',
    );
    const outside = await runJson(folder, 'workspace', 'status');
    expect(outside).toMatchObject({ exitCode: 2, value: { error: { code: 'REQUEST_INVALID' } } });
    expect(outside.value.error.remedy).toContain('markitect workspace list');
  });

  it('finds its place from any folder of a project, and by links', async () => {
    const folder = await makeFolder({
      'markitect.config.yaml': 'dataDir: data\nworkspaces: { root: work }\n',
      'src/a.ts': '',
    });
    expect((await run(join(folder, 'src'), ['workspace', 'start', '7'])).exitCode).toBe(0);
    expect(await isThere(join(folder, 'work/7/notes.md'))).toBe(true);
    expect(await isThere(join(folder, 'data/markitect.db'))).toBe(true);
    await symlink(join(folder, 'work/7'), join(folder, 'link'));
    expect((await runJson(join(folder, 'link'), 'workspace', 'status')).value).toMatchObject({ slug: '7' });
    // What is named counts from here.
    const named = await run(join(folder, 'src'), ['workspace', 'list', '--data-dir', 'data']);
    expect(named.stderr).toContain('STORE_NOT_INITIALIZED');
  });

  it('lists for people and for programs', async () => {
    const { folder, workspace } = await started('A very long title '.repeat(8).trim());
    await put(workspace, 'new.txt', '');
    await run(folder, ['workspace', 'start', '7']);
    const plain = (await run(folder, ['workspace', 'list'])).stdout.split('\n');
    expect(plain[0]).toMatch(/^42\tdirty\tA very [^\t]+\t1\t\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    const shown = (await run(folder, ['workspace', 'list'], { ...terminal, columns: 60 })).stdout.split('\n');
    expect(shown[0]).toMatch(/^SLUG +STATE +TITLE +UNSAVED +UPDATED$/);
    for (const line of shown) expect(line.length).toBeLessThanOrEqual(60);
    const { value } = await runJson(folder, 'workspace', 'list', '--state', 'clean');
    expect(value.items).toMatchObject([{ slug: '7', state: 'clean', changed: [] }]);
    expect(value.items[0]).not.toHaveProperty('files');
    expect((await run(folder, ['workspace', 'list', '--state', 'finished'])).stderr).toBe(
      'No workspace is finished.\n',
    );
    const page = await run(folder, ['workspace', 'list', '--limit', '1']);
    const [, args = ''] = /^More: markitect (.*)$/m.exec(page.stderr) ?? [];
    expect((await run(folder, args.split(' '))).stdout).toMatch(/^7\t/);
  });

  it('shows what differs, and what can be done about it', async () => {
    const { folder, workspace } = await started();
    await put(workspace, 'notes.md', 'changed');
    const { stdout, stderr } = await run(folder, ['workspace', 'status', '42'], terminal);
    expect(stdout).toMatch(/^42 · Fix the login · dirty\n {2}folder {4}\.markitect\/workspaces\/42\n/);
    expect(stdout).toContain('  changed   notes.md\n');
    expect(stderr).toContain('markitect workspace restore <file> -w 42');
    const piped = await run(folder, ['workspace', 'status', '42']);
    expect(piped.stdout.split('\n').slice(0, 5)).toEqual([
      'slug\t42',
      'title\tFix the login',
      'state\tdirty',
      `folder\t${workspace}`,
      'changed\tnotes.md',
    ]);
    expect(piped.stderr).toBe('');
  });

  it('uses the templates of a team', async () => {
    const folder = await makeFolder({
      '.markitect/templates/team/{{slug}}.md': '# {{title}}\n',
      'markitect.config.yaml': '',
    });
    await run(folder, ['workspace', 'start', '42', '--from-template', 'team', '--title', 'A "title"']);
    expect(await readFile(join(folder, '.markitect/workspaces/42/42.md'), 'utf8')).toBe('# A "title"\n');
    const none = await runJson(folder, 'workspace', 'start', '43', '--from-template', 'none');
    expect(none.value.error.message).toContain('default, team');
  });

  it('adds files where they are wanted, one for each name', async () => {
    const { folder, workspace } = await started();
    const add = (...args: readonly string[]) => runJson(folder, 'workspace', 'add', '-w', '42', ...args);
    await symlink(join(folder, 'elsewhere/error.log'), join(folder, 'link.log'));
    expect((await add('link.log')).value['unknown']).toEqual(['attachments/link.log']);
    expect((await add('link.log')).value.error.code).toBe('WORKSPACE_FILE_EXISTS');
    expect((await add('link.log', '--replace')).exitCode).toBe(0);
    expect((await add('link.log', '--as', 'logs/a.log')).exitCode).toBe(0);
    expect(await readFile(join(workspace, 'logs/a.log'), 'utf8')).toBe('boom');
    expect((await add('a', 'b', '--as', 'c')).value.error.code).toBe('REQUEST_INVALID');
    for (const file of ['gone.txt', 'elsewhere']) {
      expect(await add(file)).toMatchObject({ exitCode: 3, value: { error: { code: 'FILE_NOT_FOUND' } } });
    }
    expect((await add('link.log', '--as', '../x')).value.error.code).toBe('FILE_PATH_INVALID');
  });
});

describe('markitect workspace, while somebody else is at it', () => {
  it('says who, changes nothing, and goes on when they are done or gone', async () => {
    const { folder } = await started();
    const locks = join(folder, '.markitect/locks');
    const now = new Date().toISOString();
    const holder = { owner: 'Ann', host: hostname(), pid: process.pid, since: now, heartbeatAt: now };
    await put(locks, '42.lock', JSON.stringify(holder));
    const refused = await runJson(folder, 'workspace', 'save', '42');
    expect(refused).toMatchObject({ exitCode: 4, value: { error: { code: 'WORKSPACE_LOCKED' } } });
    expect(refused.value.error.message).toContain('in use by Ann');
    expect(await state(folder)).toBe('clean');
    const { pid } = spawnSync('true');
    await put(locks, '42.lock', JSON.stringify({ ...holder, pid }));
    expect((await run(folder, ['workspace', 'save', '42'])).exitCode).toBe(0);
    expect(await state(folder)).toBe('active');
  });
});

describe('markitect workspace abandon', () => {
  async function dirty() {
    const { folder, workspace } = await started();
    await put(workspace, 'new.txt', 'precious');
    return { folder, workspace };
  }

  it('does not ask where nothing would be lost', async () => {
    const { folder, workspace } = await started();
    const { stdout, exitCode } = await run(folder, ['workspace', 'abandon', '42'], {
      confirm: () => {
        throw new Error('asked');
      },
    });
    expect([stdout, exitCode]).toEqual([`abandoned 42: removed ${workspace}\n`, 0]);
    expect(await isThere(workspace)).toBe(false);
  });

  it('refuses to lose changes where nobody can be asked, unless told to', async () => {
    const { folder, workspace } = await dirty();
    const refused = await run(folder, ['workspace', 'abandon', '42']);
    expect(refused.exitCode).toBe(4);
    expect(refused.stderr).toContain('WORKSPACE_DIRTY');
    expect(refused.stderr).toContain('--yes');
    expect(await isThere(join(workspace, 'new.txt'))).toBe(true);
    expect((await run(folder, ['workspace', 'abandon', '42', '--yes'])).exitCode).toBe(0);
    expect(await isThere(workspace)).toBe(false);
  });

  it('says what would be lost and asks, and takes no for an answer', async () => {
    const { folder, workspace } = await dirty();
    const questions: string[] = [];
    const answer = (yes: boolean) => (question: string) => {
      questions.push(question);
      return Promise.resolve(yes);
    };
    const no = await run(folder, ['workspace', 'abandon', '42'], { confirm: answer(false) });
    expect(no.stderr).toBe('Not saved in workspace 42:\n  unknown   new.txt\nNothing was done.\n');
    expect(questions).toEqual([`Remove ${workspace} and all that is in it?`]);
    expect(await state(folder)).toBe('dirty');
    await run(folder, ['workspace', 'abandon', '42'], { confirm: answer(true) });
    expect(await state(folder)).toBe('abandoned');
  });

  it('does not ask a program', async () => {
    const { folder } = await dirty();
    const { exitCode } = await run(folder, ['workspace', 'abandon', '42', '--json'], {
      confirm: () => Promise.resolve(true),
    });
    expect(exitCode).toBe(4);
  });

  it('says so to somebody whose folder it has removed', async () => {
    const { folder, workspace } = await started();
    const { stderr } = await run(workspace, ['workspace', 'abandon']);
    expect(stderr).toBe(`This folder is gone. Leave it with: cd ${folder}\n`);
  });
});

describe('markitect recover', () => {
  it('says that there is nothing to do, and removes what belongs to nobody', async () => {
    const { folder } = await started();
    expect((await run(folder, ['recover'])).stdout).toBe('Nothing was left to do.\n');
    const staged = join(folder, '.markitect/archives/.markitect-staged');
    await mkdir(staged, { recursive: true });
    await put(staged, 'orphan-1', 'x');
    expect((await runJson(folder, 'recover')).value).toEqual({ applied: 0, swept: 1 });
    expect(await isThere(join(staged, 'orphan-1'))).toBe(false);
    await put(staged, 'orphan-2', 'x');
    await run(folder, ['workspace', 'list']);
    expect(await isThere(join(staged, 'orphan-2'))).toBe(false);
  });
});
