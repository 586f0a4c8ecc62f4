import { loadConfig } from '@markitect/config';
import { SqliteCutoverStateStore } from '@markitect/adapter-sqlite';
import { composeApplication } from '@markitect/api';
import { describe, expect, it } from '@jest/globals';
import { runCli } from '../src/index.js';
import { makeFolder, put, run, runJson, type RunOptions } from './support/cli.js';

const why = ['--why', 'a test'];
const terminal = { tty: true, columns: 80, env: { NO_COLOR: '1' } } satisfies RunOptions;

async function project(users: Readonly<Record<string, object>> = { ada: { name: 'Ada' } }) {
  const folder = await makeFolder({
    'markitect.config.yaml': 'legacy:\n  users: users.json\n',
    'users.json': JSON.stringify(users),
  });
  await run(folder, ['init']);
  const cli = (...argv: string[]) => run(folder, ['cutover', ...argv]);
  const onTerminal = (...argv: string[]) => run(folder, ['cutover', ...argv], terminal);
  /** Works on what is known of cutovers behind the back of the command. */
  const meanwhile = async (work: (store: SqliteCutoverStateStore) => Promise<unknown>) => {
    const config = await loadConfig({ env: {}, cwd: folder });
    const application = composeApplication(config, { env: {} });
    await application.open();
    await work(new SqliteCutoverStateStore(application.store));
    await application.close();
  };
  return { folder, cli, onTerminal, meanwhile };
}

describe('steps of a cutover on the command line', () => {
  it('say where from and where to', async () => {
    const { cli, onTerminal, folder } = await project();
    expect((await onTerminal('start', 'users', ...why)).stdout).toBe('users  legacy → mirror: done\n');
    expect((await onTerminal('start', 'users', ...why)).stdout).toBe('users is in stage mirror already\n');
    expect((await cli('start', 'users', ...why)).stdout).toBe('users\tmirror\t0\tmirror\t0\n');
    await cli('backfill', 'users');
    await cli('diff', 'users');
    const switched = await onTerminal('switch-reads', 'users', '--percent', '5', ...why);
    expect(switched.stdout).toBe('users  mirror → served 5 %: done\n');
    expect((await onTerminal('reverse', 'users', ...why)).stdout).toBe('users  served 5 % → mirror: done\n');
    expect((await runJson(folder, 'cutover', 'cancel', 'users', ...why)).value).toEqual({
      component: 'users',
      stage: 'legacy',
      percent: 0,
      from: { stage: 'mirror', percent: 0 },
    });
    expect((await cli('reverse', '--help')).stdout.replace(/\s+/g, ' ')).toContain(
      'From modern to served 100 %, from served to mirror, from mirror to legacy.',
    );
  });

  it('read no share of the keys that nobody has named', async () => {
    const { cli } = await project();
    await cli('start', 'users', ...why);
    for (const more of [why, ['--dry-run']]) {
      const refused = await cli('switch-reads', 'users', ...more);
      expect(refused).toMatchObject({ exitCode: 2, stdout: '' });
      expect(refused.stderr).toContain('--percent must be given');
    }
    expect((await cli('status')).stdout).toMatch(/^users\tmirror/);
  });

  it('are of components that are there', async () => {
    const { cli } = await project();
    for (const step of [
      ['start', 'configuration', ...why],
      ['status', 'configuration'],
    ]) {
      const refused = await cli(...step);
      expect(refused).toMatchObject({ exitCode: 3, stdout: '' });
      expect(refused.stderr).toContain(
        'neither legacy.configuration nor MARKITECT_LEGACY_CONFIGURATION is set',
      );
      expect(refused.stderr).not.toContain('cutover start');
    }
    expect((await cli('start', 'nope', ...why)).stderr).toContain('there is no component nope');
    expect(await cli('log', 'nope')).toMatchObject({ exitCode: 3 });
    expect(await cli('log', 'analytics')).toMatchObject({ exitCode: 0 });
  });
});

describe('the status of a cutover on the command line', () => {
  it('says which side is down, and why', async () => {
    const { folder, cli, onTerminal } = await project();
    await cli('start', 'users', ...why);
    expect((await onTerminal('status', 'users')).stdout).not.toContain('down');
    await put(folder, 'users.json', '{"ada": ');
    expect((await onTerminal('status')).stdout).toContain('legacy is down');
    const detail = (await onTerminal('status', 'users')).stdout;
    expect(detail.replace(/\s+/g, ' ')).toMatch(
      /legacy users\.json: down\. .* is damaged.*\(LEGACY_FILE_CORRUPT\)/,
    );
    const [item] = (await runJson(folder, 'cutover', 'status')).value.items;
    expect(item).toMatchObject({
      isUp: { legacy: false, modern: true },
      failures: { legacy: { code: 'LEGACY_FILE_CORRUPT' } },
    });
    expect((await cli('status')).exitCode).toBe(0);
  });

  it('says how fast a backfill is, how long it takes, and which step comes again', async () => {
    const { cli, onTerminal, meanwhile } = await project();
    await cli('start', 'users', ...why);
    await cli('backfill', 'users');
    await cli('diff', 'users');
    await cli('switch-reads', 'users', '--percent', '5', ...why);
    expect((await onTerminal('status', 'users')).stdout).toContain('switch-reads (a higher share)');
    expect((await cli('status')).stdout).toContain('\tswitch-reads\t');
    await meanwhile((store) => {
      const from = Date.now() + 1000;
      const at = (ms: number) => new Date(from + ms).toISOString();
      return store.update('users', {
        backfill: {
          status: 'running',
          seen: 1000,
          copied: 800,
          total: 4000,
          startedAt: at(0),
          updatedAt: at(2000),
        },
      });
    });
    expect((await onTerminal('status', 'users')).stdout.replace(/\s+/g, ' ')).toContain(
      'running, 1000 of 4000 keys seen, 800 copied, 500 keys/s, ETA 6.0 s',
    );
    const all = (await onTerminal('status')).stdout;
    expect(all).toContain('25 %, ETA 6.0 s');
    for (const line of all.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('shows what a dead process has left as waiting, and repairs it when it is told to', async () => {
    const { cli, onTerminal, meanwhile } = await project();
    await cli('start', 'users', ...why);
    await meanwhile(async (store) => {
      const { epoch = 0 } = (await store.get('users')) ?? {};
      await store.mark({
        component: 'users',
        keys: ['ada'],
        token: 't',
        process: 'gone-1',
        epoch,
        source: 'legacy',
      });
    });
    expect((await onTerminal('status', 'users')).stdout).toContain('1 waiting');
    const [id = ''] = (await cli('repairs', 'list', 'users')).stdout.split('\t');
    expect((await cli('repairs', 'show', id)).stdout).toContain('in-flight, by process gone-1');
    const explained = (await onTerminal('repairs', 'explain', id)).stdout;
    expect(explained.replace(/\s+/g, ' ')).toMatch(
      /Process gone-1 is at it, since .* about 5 s after it fell silent.* `markitect cutover repairs retry users`/,
    );
    expect((await cli('repairs', 'retry', 'users', id)).stdout).toBe('1 key repaired\n');
    expect((await onTerminal('status', 'users')).stdout).toMatch(/repairs +none/);
  });
});

describe('the log of cutovers on the command line', () => {
  it('keeps a line whole where it fits, and breaks no word where it does not', async () => {
    const { cli, onTerminal, folder } = await project();
    await cli('start', 'users', '--who', 'ada', '--why', 'go');
    const reason = 'because profiles have outgrown their file '.repeat(4).trim();
    await cli('cancel', 'users', '--who', 'ada', '--why', reason);
    const { stdout } = await onTerminal('log', 'users');
    expect(stdout).toMatch(/\d\d:\d\d:\d\d [+-]\d\d:\d\d users start: legacy → mirror, by ada: go\n/);
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(/users cancel: mirror → legacy$/);
    expect(lines[1]).toMatch(/^ {4}by ada: because/);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
    expect(stdout.replace(/\s+/g, ' ')).toContain(reason);
    const narrow = await run(folder, ['cutover', 'log'], { ...terminal, columns: 40 });
    expect(narrow.stdout.replace(/\s+/g, ' ')).toContain(reason);
  });

  it('is told line by line by watch', async () => {
    const { folder, cli } = await project();
    let stop = (): void => undefined;
    let out = '';
    let said = '';
    const has = async (isSo: () => boolean) => {
      while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 20));
    };
    const watching = runCli(['cutover', 'watch'], {
      stdout: { write: (text: string) => (out += text), isTTY: true, columns: 80 },
      stderr: { write: (text: string) => (said += text), isTTY: true, columns: 80 },
      env: { NO_COLOR: '1' },
      cwd: folder,
      onInterrupt: (interrupt) => {
        stop = interrupt;
        return () => undefined;
      },
    });
    await has(() => said.includes('watching users (legacy)'));
    // The line of the first use may come first; who is told is told of what comes after.
    await new Promise((resolve) => setTimeout(resolve, 700));
    await cli('start', 'users', '--who', 'ada', '--why', 'watched');
    await has(() => out.includes('watched'));
    stop();
    expect(await watching).toBe(0);
    expect(out).toMatch(
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d\d:\d\d users start: legacy → mirror, by ada:?\s/m,
    );
  });
});

describe('reads of people', () => {
  it('say that the other store stands in', async () => {
    const { folder, cli, meanwhile } = await project();
    await cli('start', 'users', ...why);
    expect((await run(folder, ['users', 'get', 'ada'])).stderr).toBe('');
    const degrade = (action: string, from: 'mirror' | 'modern', to: 'mirror' | 'modern') =>
      meanwhile((store) =>
        store.note({
          component: 'users',
          who: 'manager',
          why: 'it is down',
          action,
          from: { stage: from, percent: 0 },
          to: { stage: to, percent: 0 },
        }),
      );
    await degrade('degrade', 'modern', 'mirror');
    for (const argv of [['get', 'ada'], ['list']]) {
      const { stderr, exitCode } = await run(folder, ['users', ...argv]);
      expect({ stderr, exitCode }).toEqual({
        stderr: 'note: users are answered by the legacy store, which stands in\n',
        exitCode: 0,
      });
    }
    expect((await run(folder, ['--quiet', 'users', 'list'])).stderr).toBe('');
    expect((await run(folder, ['analytics', 'count'])).stderr).toBe('');
    await degrade('restore', 'mirror', 'modern');
    expect((await run(folder, ['users', 'list'])).stderr).toBe('');
  });

  it('hand no control characters to a pipe', async () => {
    const { folder } = await project({ 'a\u001b[31m\u009bb': { name: 'x\u009b\u007f' } });
    const { stdout } = await run(folder, ['users', 'list']);
    // eslint-disable-next-line no-control-regex -- control characters are exactly what is looked for
    expect(stdout).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
    expect(stdout).toContain('{"name":"x\\u009b\\u007f"}');
  });
});
