import { describe, expect, it } from '@jest/globals';
import { runCli } from '../src/index.js';
import { makeFolder, put, run, runJson } from './support/cli.js';

const why = ['--why', 'a test'];

async function started(users: Readonly<Record<string, object>>) {
  const folder = await makeFolder({
    'markitect.config.yaml': 'legacy:\n  users: users.json\n',
    'users.json': JSON.stringify(users, null, 2),
  });
  await run(folder, ['init']);
  const cli = (...argv: string[]) => run(folder, ['cutover', ...argv]);
  await cli('start', 'users', ...why);
  return { folder, cli };
}

describe('what a backfill and a diff say', () => {
  it('warns of keys that nobody can ask for, and refuses the switch', async () => {
    const { folder, cli } = await started({ ada: { name: 'Ada' }, '': { name: 'No one' }, 'a\nb': {} });
    expect((await cli('backfill', 'users')).stdout).toMatch(/^complete: 3 keys seen/);
    const found = await cli('diff', 'users');
    expect(found).toMatchObject({ exitCode: 6, stdout: '' });
    expect(found.stderr).toContain(
      'warning: 2 keys are such that nobody can ask for them: empty, longer than 200 characters or with control characters:\n  ""\n  "a\\nb"\n',
    );
    const { value } = await runJson(folder, 'cutover', 'diff', 'users');
    expect(value).toMatchObject({ unaddressable: { count: 2, first: ['', 'a\nb'] } });
    const judged = await cli('switch-reads', 'users', '--percent', '100', '--dry-run');
    expect(judged.stdout).toContain('diff\t2 keys are such that nobody can ask for them');
    expect(judged.stderr).toContain('note: 0 reads compared');
  });

  it('warns of what has no key, and refuses the switch', async () => {
    const folder = await makeFolder({
      'markitect.config.yaml': 'legacy:\n  users: users.json\n',
      'users.json': JSON.stringify([{ id: 'ada', name: 'Ada' }, { name: 'No one' }]),
    });
    await run(folder, ['init']);
    const cli = (...argv: string[]) => run(folder, ['cutover', ...argv]);
    await cli('start', 'users', ...why);
    const filled = await cli('backfill', 'users');
    expect(filled.stdout).toMatch(/^complete: 1 key seen, 1 copied/);
    expect(filled.stderr).toMatch(
      /^warning: 1 record of legacy has no key of its own and is not copied:\n {2}users\.json: item 2 .*\n$/,
    );
    const found = await cli('diff', 'users');
    expect(found).toMatchObject({ exitCode: 6, stderr: expect.stringContaining('has no key of its own') });
    const judged = await cli('switch-reads', 'users', '--percent', '100', '--dry-run');
    expect(judged.stdout).toContain(
      'diff\t1 record of legacy has no key of its own: give it one or remove it\n',
    );
    expect((await cli('status', 'users')).stdout).toContain('has no key of its own');
  });

  it('says that it goes on, and after what', async () => {
    const users = Object.fromEntries(Array.from({ length: 150 }, (_, id) => [`user-${id}`, { id }]));
    const { folder, cli } = await started(users);
    let stop = (): void => undefined;
    // Interrupted when it shows the first keys: it waits for long then, to keep to its pace.
    const write = (text: string): void => {
      if (text.includes('100/150')) setImmediate(stop);
    };
    const exitCode = await runCli(['cutover', 'backfill', 'users', '--rate', '10'], {
      stdout: { write, isTTY: true },
      stderr: { write, isTTY: true },
      env: {},
      cwd: folder,
      onInterrupt: (interrupt) => {
        stop = interrupt;
        return () => undefined;
      },
    });
    expect(exitCode).toBe(6);
    const rest = await cli('backfill', 'users');
    expect(rest.stdout).toMatch(/^complete: 150 keys seen, 150 copied/);
    expect(rest.stderr).toBe('going on after 100 keys seen just now\n');
  });

  it('says what has stopped it', async () => {
    const { folder, cli } = await started({ ada: {} });
    await put(folder, 'users.json', '{"ada": ');
    expect((await cli('diff', 'users')).stderr).toContain('LEGACY_FILE_CORRUPT');
    await put(folder, 'users.json', '{"ada": {}}');
    const terminal = { tty: true, columns: 80, env: { NO_COLOR: '1' } };
    const { stdout } = await run(folder, ['cutover', 'status', 'users'], terminal);
    const text = stdout.replaceAll(/\s+/g, ' ');
    expect(text).toMatch(/ diff stopped, 0 keys: .* is damaged.* \(LEGACY_FILE_CORRUPT\) /);
    expect(text).toContain(' the diff has failed: ');
  });

  it('says how many differing keys are not shown', async () => {
    const users = Object.fromEntries(Array.from({ length: 30 }, (_, id) => [`user-${id}`, { id }]));
    const { folder, cli } = await started(users);
    const found = await cli('diff', 'users', '--limit', '4');
    expect(found.stdout.trim().split('\n')).toHaveLength(4);
    expect(found.stderr).toContain('… 26 more: --limit 30\n');
    const shown = await run(folder, ['cutover', 'diff', 'users', '--limit', '4'], { tty: true, columns: 80 });
    expect(shown.stdout).toContain('… 26 more: --limit 30');
    expect((await cli('diff', 'users', '--limit', '30')).stderr).not.toContain('more');
  });

  it('keeps a full comparison when a sample is looked at', async () => {
    const users = Object.fromEntries(Array.from({ length: 30 }, (_, id) => [`user-${id}`, { id }]));
    const { folder, cli } = await started(users);
    await cli('backfill', 'users');
    await cli('diff', 'users');
    expect((await runJson(folder, 'cutover', 'diff', 'users', '--sample', '40')).value).toMatchObject({
      percent: 40,
      status: 'complete',
    });
    expect(await cli('switch-reads', 'users', '--percent', '100', '--dry-run')).toMatchObject({
      exitCode: 0,
    });
    expect((await cli('status', 'users')).stdout).toMatch(/\tcomplete\t0\t/);
  });
});
