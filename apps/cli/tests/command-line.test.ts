import { describe, expect, it } from '@jest/globals';
import { describeCommands } from '../src/index.js';
import { makeFolder, put, run, runJson } from './support/cli.js';

const { commands } = describeCommands();

describe('help', () => {
  it('shows the commands, where to begin and the exit codes', async () => {
    const { exitCode, stdout, stderr } = await run('/', ['--help']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(
      /Commands:\n +init .*\n +ingest .*\n +docs .*\n +search .*\n +issues .*\n +board .*\n +workspace .*\n +research .*\n +tasks .*\n +work .*\n +users .*\n +configuration .*\n +conversations .*\n +analytics .*\n +cutover .*\n +cache .*\n +db .*\n +config .*\n +recover .*\n +serve /,
    );
    expect(stdout).toContain('Begin with:\n  markitect ingest');
    expect(stdout).toContain('5 a store or server is unavailable   6 done in part');
  });

  it.each(commands.map(({ name }) => name))('explains %s fully, both ways to ask', async (name) => {
    const words = name.split(' ');
    const { exitCode, stdout } = await run('/', [...words, '--help']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(new RegExp(`^Usage: markitect ${name}`));
    expect(stdout).toContain('Global Options:');
    expect(stdout).toContain('--data-dir <dir>');
    expect(stdout).toContain('Examples:\n  # ');
    expect(stdout).toContain(`With --json, ${name} prints:`);
    expect((await run('/', ['help', ...words])).stdout).toBe(stdout);
  });

  it('stays within the terminal', async () => {
    const { stdout } = await run('/', ['docs', 'list', '--help'], { columns: 80 });
    const [text = ''] = stdout.split('Examples:');
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('shows defaults', async () => {
    expect((await run('/', ['docs', 'list', '--help'])).stdout).toContain('(default: 50)');
    expect((await run('/', ['serve', '--help'])).stdout).toMatch(/configuration,\s+4780\)/);
  });
});

describe('a command line that cannot be understood', () => {
  it.each([
    [['serch'], "unknown command 'serch' (Did you mean search?)", '`markitect --help`'],
    [['issues', 'list', '--since', 'x'], '--since must be like 2026-11-21', 'issues list'],
    [['issues', 'list', '--since', '2026-13-01'], '--since must be', 'issues list'],
    [['issues', 'list', '--before', '7'], '--before must be like 2026-11-21', 'issues list'],
    [['issues', 'create', '--title', ''], '--title must not be empty', 'issues create'],
    [['board', '--limit', '0'], '--limit must be a whole number from 1 to 500', 'board'],
    [['docs', 'serch'], "unknown command 'serch' (Did you mean search?)", '`markitect docs --help`'],
    [['help', 'docs', 'lst'], 'Did you mean list?', '`markitect docs --help`'],
    [['docs', 'list', '--limt', '3'], 'Did you mean --limit?', '`markitect docs list --help`'],
    [['docs', 'list', 'extra'], 'too many arguments', '`markitect docs list --help`'],
    [['docs', 'show'], "missing required argument 'path'", '`markitect docs show --help`'],
    [
      ['docs', 'list', '--limit', '-1'],
      '--limit must be a whole number from 1 to 500, not "-1"',
      'docs list',
    ],
    [['docs', 'list', '--limit', 'x'], '--limit must be', 'docs list'],
    [['docs', 'list', '--limit', '501'], '--limit must be', 'docs list'],
    [['docs', 'list', '--where', 'x'], '--where must have the form field=value', 'docs list'],
    [['docs', 'list', '--sort', 'x'], 'Allowed choices are path, title', 'docs list'],
    [
      ['docs', 'list', '--data-dir', '--jsonl'],
      '--data-dir must have a value, and --jsonl is an option',
      'list',
    ],
    [['--config', '--quiet', 'docs', 'list'], '--config must have a value', '--help'],
    [['docs', 'list', '--tag', ''], '--tag must not be empty', 'docs list'],
    [['docs', 'show', 'x', '--raw', '--ast'], "'--raw' cannot be used with option '--ast'", 'docs show'],
    [['docs', 'search', '-unsafe'], "unknown option '-unsafe'", 'behind --.'],
    [['serve', '--port', '70000'], '--port must be a whole number from 0 to 65535', 'serve'],
  ])('%j is refused with code 2 before a store is opened', async (argv, message, remedy) => {
    const { exitCode, stdout, stderr } = await run('/', argv);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(`error: `);
    expect(stderr).toContain(message);
    expect(stderr).toContain('(REQUEST_INVALID)\n  fix: ');
    expect(stderr).toContain(remedy);
  });

  it.each([[[]], [['docs']]])('%j gets help, as an error', async (argv) => {
    const { exitCode, stdout, stderr } = await run('/', argv);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(/^Usage: markitect/);
    expect(stderr).toContain('error: no command was given');
  });

  it('is one JSON value with --json, wherever that stands', async () => {
    for (const argv of [
      ['--json', 'docs', 'list', '--limit', '0'],
      ['docs', '--json', 'list', '--limit', '0'],
      ['docs', 'list', '--limit', '0', '--json'],
    ]) {
      const { stdout } = await run('/', argv);
      expect(JSON.parse(stdout)).toEqual({
        error: {
          code: 'REQUEST_INVALID',
          message: '--limit must be a whole number from 1 to 500, not "0"',
          remedy: 'See `markitect docs list --help`.',
          details: { field: '--limit' },
        },
      });
    }
  });
});

describe('errors', () => {
  it('come with their remedy and code, and exit 5 without a store', async () => {
    const folder = await makeFolder();
    const { exitCode, stdout, stderr } = await run(folder, ['docs', 'list']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 5, stdout: '' });
    expect(stderr).toMatch(/^error: .* \(STORE_NOT_INITIALIZED\)\n {2}fix: .*markitect init/);
  });

  it('show causes with --verbose and stacks with MARKITECT_DEBUG', async () => {
    const folder = await makeFolder({
      '.markitect/markitect.db': 'this is not a database, but a text'.repeat(40),
    });
    const verbose = await run(folder, ['docs', 'list', '--verbose']);
    expect(verbose.exitCode).toBe(5);
    expect(verbose.stderr).toMatch(/^data directory: \.markitect\nerror: [\s\S]*cause: /);
    const debug = await run(folder, ['docs', 'list'], { env: { MARKITECT_DEBUG: '1' } });
    expect(debug.stderr).toMatch(/\n {4}at /);
  });

  it('name the setting and where it was read', async () => {
    const folder = await makeFolder();
    await put(folder, 'own.yaml', 'database:\n  readers: many\n');
    const { exitCode, value } = await runJson(folder, 'docs', 'list', '--config', 'own.yaml');
    expect(exitCode).toBe(2);
    expect(value.error).toMatchObject({ code: 'CONFIG_INVALID' });
    expect(value.error.message).toContain('own.yaml');
  });
});

describe('colours', () => {
  // eslint-disable-next-line no-control-regex -- colour codes are what is looked for
  const colored = /\u001b\[/;
  const stderrOf = async (argv: readonly string[], options: Parameters<typeof run>[2]) =>
    (await run('/', ['docs', 'show', ...argv], options)).stderr;

  it('are for terminals that want them', async () => {
    expect(await stderrOf([], { tty: true })).toMatch(colored);
    expect(await stderrOf([], {})).not.toMatch(colored);
    expect(await stderrOf([], { tty: true, env: { NO_COLOR: '1' } })).not.toMatch(colored);
    expect(await stderrOf([], { tty: true, env: { TERM: 'dumb' } })).not.toMatch(colored);
    expect(await stderrOf(['--no-color'], { tty: true, env: { FORCE_COLOR: '1' } })).not.toMatch(colored);
    expect(await stderrOf([], { env: { FORCE_COLOR: '1' } })).toMatch(colored);
    expect(await stderrOf([], { tty: true, env: { FORCE_COLOR: '0' } })).not.toMatch(colored);
  });
});

describe('describeCommands', () => {
  it('documents every command with a summary, examples and its JSON', () => {
    expect(commands.map(({ name }) => name)).toEqual([
      'init',
      'ingest',
      'docs list',
      'docs show',
      'docs search',
      'docs links',
      'docs query',
      'docs remove',
      'search',
      'issues list',
      'issues show',
      'issues create',
      'issues edit',
      'issues close',
      'issues reopen',
      'issues comment',
      'issues move',
      'issues block',
      'issues unblock',
      'issues labels',
      'issues milestones',
      'issues sync',
      'board',
      'workspace start',
      'workspace status',
      'workspace list',
      'workspace add',
      'workspace save',
      'workspace restore',
      'workspace finish',
      'workspace abandon',
      'workspace open',
      'research start',
      'research status',
      'research list',
      'research results',
      'research watch',
      'research cancel',
      'research rerun',
      'research save',
      'research remove',
      'tasks enqueue',
      'tasks list',
      'tasks show',
      'tasks cancel',
      'tasks retry',
      'tasks redrive',
      'tasks stats',
      'tasks types',
      'tasks pause',
      'tasks resume',
      'tasks limit',
      'tasks schedule list',
      'tasks schedule set',
      'tasks schedule remove',
      'tasks prune',
      'work',
      'users get',
      'users save',
      'users patch',
      'users list',
      'users delete',
      'configuration get',
      'configuration save',
      'configuration patch',
      'configuration list',
      'configuration delete',
      'conversations list',
      'conversations show',
      'conversations create',
      'conversations say',
      'conversations delete',
      'analytics append',
      'analytics list',
      'analytics count',
      'cutover status',
      'cutover start',
      'cutover backfill',
      'cutover diff',
      'cutover switch-reads',
      'cutover switch-writes',
      'cutover reverse',
      'cutover complete',
      'cutover cancel',
      'cutover repairs list',
      'cutover repairs show',
      'cutover repairs explain',
      'cutover repairs retry',
      'cutover mismatches',
      'cutover limit',
      'cutover log',
      'cutover watch',
      'cache stats',
      'cache inspect',
      'cache invalidate',
      'cache clear',
      'db init',
      'db migrate',
      'db revert',
      'db status',
      'db check',
      'db backup',
      'db diagram',
      'db advise',
      'config show',
      'recover',
      'serve',
    ]);
    for (const { name, usage, summary, examples, json } of commands) {
      expect(usage).toContain(`markitect ${name}`);
      expect(summary).not.toMatch(/\.$/);
      expect(json).toContain('{');
      for (const { command } of examples) expect(command).toContain(`markitect ${name}`);
    }
  });
});
