import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { command, makeFolder, put, run, runJson, type RunOptions } from './support/cli.js';

const terminal = { tty: true, columns: 80, env: { NO_COLOR: '1' } } satisfies RunOptions;
const onTerminal = (cwd: string, ...argv: string[]) => run(cwd, argv, terminal);

async function project() {
  const folder = await makeFolder({ 'book/a.md': '# A\n' });
  await run(folder, ['init']);
  return folder;
}

describe('tasks on the command line', () => {
  it('are enqueued, done, listed and shown', async () => {
    const folder = await project();
    const payload = '{"paths":["."]}';
    const made = await run(folder, ['tasks', 'enqueue', 'documents.ingest', '--payload', payload]);
    expect(made).toMatchObject({ exitCode: 0, stdout: '1\n' });
    const worked = await run(folder, ['work', '--until-empty', '--root', 'book']);
    expect(worked).toMatchObject({ exitCode: 0 });
    expect(worked.stdout).toMatch(/^1 completed in /);
    expect(worked.stderr).toContain('completed #1 documents.ingest in ');
    expect((await run(folder, ['tasks', 'list'])).stdout).toMatch(
      /^1\tdocuments.ingest\tcompleted\t1\t\d{4}-.*Z\t\{"paths":\["."\]\}\n$/,
    );
    expect((await onTerminal(folder, 'tasks', 'list')).stdout).toMatch(
      /^ID +TYPE +STATUS +TRIES +WHEN +DETAIL\n/,
    );
    expect((await runJson(folder, 'tasks', 'show', '1')).value).toMatchObject({
      status: 'completed',
      result: { created: 1 },
    });
    expect((await onTerminal(folder, 'tasks', 'show', '1')).stdout).toContain('attempts    1 of 5');
    expect((await run(folder, ['docs', 'list'])).stdout).toContain('a.md');
  });

  it('that nobody can do are told with the reason', async () => {
    const folder = await project();
    expect(await run(folder, ['tasks', 'enqueue', 'nothing'])).toMatchObject({ exitCode: 2, stdout: '' });
    await run(folder, ['tasks', 'enqueue', 'nothing', '--force']);
    const { value, exitCode } = await runJson(folder, 'work', '--until-empty');
    expect(exitCode).toBe(5);
    expect(value).toMatchObject({ ended: { completed: 0, dead: 1 } });
    expect((await run(folder, ['tasks', 'list', '--status', 'dead'])).stdout).toContain('TASK_TYPE_UNKNOWN');
    expect((await run(folder, ['tasks', 'redrive', '--type', 'nothing'])).stdout).toBe(
      '1 dead task waiting again\n',
    );
    expect((await run(folder, ['work', '--until-empty', '--type', 'tasks.prune'])).stdout).toMatch(
      /^0 completed/,
    );
    expect((await run(folder, ['tasks', 'cancel', '1'])).stdout).toBe('1\tcancelled\n');
    expect((await run(folder, ['tasks', 'cancel', '1'])).exitCode).toBe(4);
    expect((await onTerminal(folder, 'tasks', 'retry', '1')).stdout).toBe('waiting again #1 nothing\n');
    expect((await run(folder, ['tasks', 'show', '7'])).exitCode).toBe(3);
    expect((await run(folder, ['tasks', 'show', 'x'])).exitCode).toBe(2);
  });

  it('are enqueued many at once, from a file, for later', async () => {
    const folder = await project();
    await put(folder, 'mails.jsonl', '{"to":1}\n\n{"to":2}\n');
    const many = ['tasks', 'enqueue', 'mail', '--force', '--lines', '--payload-file', 'mails.jsonl'];
    expect((await onTerminal(folder, ...many)).stdout).toBe('enqueued 2 tasks\n');
    const later = await onTerminal(folder, 'tasks', 'enqueue', 'tasks.prune', '--in', '90m', '--key', 'k');
    expect(later.stdout).toBe('enqueued #3 tasks.prune, due in 90 min\n');
    const again = await onTerminal(folder, 'tasks', 'enqueue', 'tasks.prune', '--key', 'k');
    expect(again.stdout).toBe('#3 has this key and is not finished: nothing was added\n');
    expect((await onTerminal(folder, 'tasks', 'list', '--status', 'delayed')).stdout).toContain('in 90 min');
    expect((await run(folder, ['tasks', 'stats'])).stdout).toBe(
      (await run(folder, ['tasks', 'stats'])).stdout,
    );
    expect((await onTerminal(folder, 'tasks', 'stats')).stdout).toMatch(/^TYPE +DELAYED +WAITING/);
    for (const wrong of [
      ['--payload', '{'],
      ['--in', 'soon'],
      ['--priority', '5000'],
      ['--lines'],
      ['--at', 'soon'],
    ]) {
      const refused = await run(folder, ['tasks', 'enqueue', 'tasks.prune', ...wrong]);
      expect(refused.exitCode).toBe(2);
      expect(refused.stderr).toContain('fix:');
      expect(refused.stderr).toContain(wrong[0]);
    }
    const folderAsFile = await run(folder, ['tasks', 'enqueue', 'tasks.prune', '--payload-file', 'book']);
    expect(folderAsFile).toMatchObject({ exitCode: 2 });
    expect(folderAsFile.stderr).toContain('--payload-file must be a file, and book is a folder');
  });

  it('are described by type', async () => {
    const folder = await project();
    expect((await run(folder, ['tasks', 'types'])).stdout).toContain(
      'documents.ingest\t{ paths, as?, ignore?, prune?, overwrite? }\t',
    );
    expect((await onTerminal(folder, 'tasks', 'types')).stdout).toContain('  payload { days?, dead? }');
    expect((await runJson(folder, 'tasks', 'types')).value.items.length).toBeGreaterThan(3);
  });

  it('are paused, limited and forgotten', async () => {
    const folder = await project();
    await run(folder, ['tasks', 'enqueue', 'tasks.prune']);
    expect((await onTerminal(folder, 'tasks', 'pause', 'tasks.prune')).stdout).toBe('paused tasks.prune\n');
    expect((await run(folder, ['work', '--until-empty'])).stdout).toMatch(/^0 completed/);
    expect((await onTerminal(folder, 'tasks', 'stats')).stdout).toContain('paused');
    await run(folder, ['tasks', 'resume', 'tasks.prune']);
    expect((await run(folder, ['tasks', 'limit', 'tasks.prune', '--per-second', '50'])).stdout).toBe(
      'tasks.prune\t\t50\t\n',
    );
    expect((await run(folder, ['work', '--until-empty'])).stdout).toMatch(/^1 completed/);
    expect((await runJson(folder, 'tasks', 'limit', 'tasks.prune', '--remove')).value.items).toEqual([]);
    expect((await run(folder, ['tasks', 'limit', '--concurrency', '1'])).exitCode).toBe(2);
    expect((await run(folder, ['tasks', 'prune', '--days', '0'])).stdout).toBe('1 task forgotten\n');
    const burst = await run(folder, ['tasks', 'limit', 'x', '--burst', '5']);
    expect(burst).toMatchObject({ exitCode: 2 });
    expect(burst.stderr).toContain('--burst needs --per-second');
    const elsewhere = await run(folder, ['tasks', 'pause', 'mail.send']);
    expect(elsewhere).toMatchObject({ exitCode: 0, stdout: 'paused mail.send\n' });
    expect(elsewhere.stderr).toContain('no worker here knows it');
    expect((await run(folder, ['tasks', 'pause', 'no type'])).exitCode).toBe(2);
  });

  it.each([
    ['--type', 'nosuch'],
    ['--root', '/nonexistent'],
  ])('are not done with a wrong %s', async (option, value) => {
    const refused = await run(await project(), ['work', '--until-empty', option, value]);
    expect(refused).toMatchObject({ exitCode: 2, stdout: '' });
    expect(refused.stderr).toContain(`${option} must be`);
  });

  it('are scheduled', async () => {
    const folder = await project();
    const set = [
      'tasks',
      'schedule',
      'set',
      'tidy',
      '0 4 * * *',
      'tasks.prune',
      '--time-zone',
      'Europe/Berlin',
    ];
    expect((await onTerminal(folder, ...set)).stdout).toMatch(/^tidy makes tasks.prune, next in /);
    expect((await run(folder, ['tasks', 'schedule', 'list'])).stdout).toMatch(
      /^tidy\t0 4 \* \* \*\tEurope\/Berlin\ttasks.prune\t.*Z\t\n$/,
    );
    expect((await onTerminal(folder, 'tasks', 'schedule', 'list')).stdout).toMatch(/^NAME +TIMES +TIME ZONE/);
    const wrong = await run(folder, ['tasks', 'schedule', 'set', 'x', '0 0 31 2 *', 'tasks.prune']);
    expect(wrong).toMatchObject({ exitCode: 2 });
    expect((await run(folder, ['tasks', 'schedule', 'remove', 'tidy'])).exitCode).toBe(0);
    expect((await run(folder, ['tasks', 'schedule', 'remove', 'tidy'])).exitCode).toBe(3);
    expect((await run(folder, ['tasks', 'schedule', '--help'])).stdout).toContain(
      'set [options] <name> <cron> <type>',
    );
  });
});

describe('markitect work', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('ends with 0 at %s', async (signal) => {
    const folder = await project();
    const child = spawn(process.execPath, [command, 'work'], {
      cwd: folder,
      env: { ...process.env, FORCE_COLOR: '0' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    await once(child.stderr, 'data');
    const ended = once(child, 'close');
    child.kill(signal);
    expect(await ended).toEqual([0, null]);
    expect(stdout).toMatch(/^0 completed/);
  });

  it('shows on a terminal what goes wrong, and in the end what was done', async () => {
    const folder = await project();
    await run(folder, ['tasks', 'enqueue', 'nothing', '--force']);
    await run(folder, ['tasks', 'enqueue', 'tasks.prune']);
    const { stdout, stderr } = await onTerminal(folder, 'work', '--until-empty');
    expect(stdout).toMatch(/^1 completed, 1 dead in /);
    expect(stderr).toContain('dead #1 nothing');
    expect(stderr).not.toContain('completed #2');
  });
});
