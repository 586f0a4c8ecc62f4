import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { defaultBoard } from '@markitect/domain';
import { type ConfigSources, describeSettings, explainConfig, loadConfig } from '../src/index.js';

let cwd: string;

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'markitect-config-'));
});

afterEach(async () => {
  await rm(cwd, { recursive: true });
});

const load = (sources: Partial<ConfigSources> = {}) => loadConfig({ env: {}, cwd, ...sources });
const write = async (name: string, text: string) => {
  await writeFile(join(cwd, name), text);
  return join(cwd, name);
};

/** The error of a load that must fail. */
async function refused(sources: Partial<ConfigSources> = {}): Promise<Error> {
  const error = await load(sources).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ code: 'CONFIG_INVALID' });
  return error as Error;
}

describe('the layers', () => {
  it('are all defaults when nothing is set', async () => {
    expect(await load()).toEqual({
      dataDir: join(cwd, '.markitect'),
      database: {
        synchronous: 'NORMAL',
        cacheSizeKib: 16384,
        mmapSizeBytes: 268435456,
        busyTimeoutMs: 5000,
        foreignKeys: true,
        tempStore: 'MEMORY',
        readers: 3,
        writeTimeoutMs: 30000,
      },
      ingest: {
        maxFileBytes: 10485760,
        roots: [],
        batchDocuments: 64,
        batchBytes: 1048576,
        parserThreads: availableParallelism(),
      },
      cache: {
        maxBytes: 67108864,
        maxEntries: 10_000,
        diskBytes: 268435456,
        diskFolder: join(cwd, '.markitect/cache'),
        documentsTtlMs: 3_600_000,
        issuesTtlMs: 5000,
      },
      server: { host: '127.0.0.1', port: 4780, bodyLimitBytes: 16777216, shutdownTimeoutMs: 10000 },
      workspaces: { root: join(cwd, '.markitect/workspaces'), templates: join(cwd, '.markitect/templates') },
      gitea: {
        maxConnections: 8,
        maxQueue: 1000,
        deadlineMs: 30000,
        connectTimeoutMs: 5000,
        progressTimeoutMs: 10000,
        maxResponseBytes: 33554432,
        requestsPerSecond: 200,
        hedgeAfterMs: 0,
        staleMaxAgeMs: 604800000,
      },
      board: { ...defaultBoard },
      issues: { user: userInfo().username },
      research: expect.anything(),
      tasks: expect.anything(),
      web: {
        allowPrivate: false,
        userAgent: 'MarkiTect/0.1 (research)',
        maxPageBytes: 2_097_152,
        timeoutMs: 15_000,
        maxPages: 500,
      },
      legacy: { issues: 'none' },
      cutover: { shadowPercent: 10 },
    });
  });

  it('override each other: defaults, file, environment, flags', async () => {
    await write('markitect.config.yaml', 'server:\n  port: 1\n  host: "::1"\ncache: { maxEntries: 1 }\n');
    const env = { MARKITECT_SERVER_PORT: '2', MARKITECT_CACHE_MAX_ENTRIES: '2', MARKITECT_SERVER_HOST: '' };
    const config = await load({ env, flags: { 'server.port': '3', 'cache.maxEntries': undefined } });
    expect(config.server).toMatchObject({ port: 3, host: '::1' });
    expect(config.cache).toMatchObject({ maxEntries: 2, maxBytes: 67108864 });
  });

  it('resolve relative paths from the file they stand in, or else from the working folder', async () => {
    await mkdir(join(cwd, 'etc'));
    await write('etc/m.yml', 'dataDir: data\ningest:\n  roots: [docs, /abs]\n');
    const fromFile = await load({ flags: { config: 'etc/m.yml' } });
    expect(fromFile.dataDir).toBe(join(cwd, 'etc/data'));
    expect(fromFile.ingest.roots).toEqual([join(cwd, 'etc/docs'), '/abs']);
    const env = { MARKITECT_CONFIG: 'etc/m.yml', MARKITECT_INGEST_ROOTS: 'a:/b:' };
    const mixed = await load({ env, flags: { dataDir: 'd' } });
    expect(mixed.dataDir).toBe(join(cwd, 'd'));
    expect(mixed.ingest.roots).toEqual([join(cwd, 'a'), '/b']);
    const flags = await load({ env, flags: { 'ingest.roots': ['x', 'y'] } });
    expect(flags.ingest.roots).toEqual([join(cwd, 'x'), join(cwd, 'y')]);
  });

  it('put workspaces into the data directory, wherever it is, unless they have a place of their own', async () => {
    await write('markitect.config.yaml', 'dataDir: data\nworkspaces: { templates: team/templates }\n');
    const templates = join(cwd, 'team/templates');
    expect((await load()).workspaces).toEqual({ root: join(cwd, 'data/workspaces'), templates });
    const env = { MARKITECT_WORKSPACES_ROOT: 'work' };
    expect((await load({ env })).workspaces).toEqual({ root: join(cwd, 'work'), templates });
    const flags = { dataDir: '/else/where' };
    expect((await load({ flags })).workspaces).toEqual({ root: '/else/where/workspaces', templates });
  });

  it('take words for truth values, and values of flags that have their type already', async () => {
    const env = (MARKITECT_DATABASE_FOREIGN_KEYS: string) => ({ env: { MARKITECT_DATABASE_FOREIGN_KEYS } });
    for (const text of ['false', '0', 'FALSE']) {
      expect((await load(env(text))).database.foreignKeys).toBe(false);
    }
    expect((await load(env('1'))).database.foreignKeys).toBe(true);
    expect((await refused(env('yes'))).message).toContain('allowed: true, false');
    const typed = await load({ flags: { 'database.foreignKeys': false, 'server.port': 0 } });
    expect([typed.database.foreignKeys, typed.server.port]).toEqual([false, 0]);
  });
});

describe('the file', () => {
  it.each(['markitect.config.yaml', 'markitect.config.yml', 'markitect.config.json'])(
    'is found as %s',
    async (name) => {
      await write(name, '{"server": {"port": 99}}');
      expect((await load()).server.port).toBe(99);
    },
  );

  it('is not named by an empty variable', async () => {
    await write('markitect.config.yaml', 'server: { port: 99 }');
    expect((await load({ env: { MARKITECT_CONFIG: '' } })).server.port).toBe(99);
  });

  it('may be empty or all comment', async () => {
    await write('markitect.config.yaml', '# nothing yet\n');
    expect((await load()).server.port).toBe(4780);
  });

  it('must be one', async () => {
    await write('markitect.config.yaml', '');
    await write('markitect.config.json', '{}');
    expect((await refused()).message).toMatch(/both .*\.yaml and .*\.json exist/);
  });

  it('must exist when it is named', async () => {
    expect((await refused({ flags: { config: 'no.yaml' } })).message).toContain('flag --config');
    expect((await refused({ env: { MARKITECT_CONFIG: 'no.yaml' } })).message).toContain(
      'environment MARKITECT_CONFIG',
    );
    expect((await refused({ flags: { config: '.' } })).message).toContain('EISDIR');
  });

  it.each([
    ['database:\n  synchronos: FULL\n', 'database.synchronos', 'database.synchronous'],
    ['databse: {}\n', 'databse', 'database'],
    ['port: 3\n', 'port', 'server.port'],
    ['cache:\n  maxbytes: 3\n', 'cache.maxbytes', 'cache.maxBytes'],
    ['dataDri: x\n', 'dataDri', 'dataDir'],
  ])('may not hold unknown settings: %j', async (text, path, nearest) => {
    const file = await write('markitect.config.yaml', text);
    const error = await refused();
    expect(error.message).toBe(`"${path}" (file ${file}) is not a setting; did you mean "${nearest}"?`);
    expect(error).toMatchObject({ details: { setting: path, file, nearest } });
  });

  it('gets no guess for a name that is near nothing', async () => {
    await write('markitect.config.yaml', 'somethingElseEntirely: 1\n');
    expect((await refused()).message).toMatch(/is not a setting$/);
  });

  it.each([
    ['a: [1\n', 'line'],
    ['a: 1\na: 2\n', 'DUPLICATE_KEY'],
    ['- a\n', 'mapping'],
    ['server: 3\n', 'mapping'],
    ['a: *nowhere\n', 'alias'],
  ])('must be well-formed: %j', async (text, word) => {
    const file = await write('markitect.config.yaml', text);
    const error = await refused();
    expect(error.message).toContain(file);
    expect(error.message).toContain(word);
  });
});

describe('a wrong value', () => {
  it('is named with the setting, where it was read, and what is allowed', async () => {
    const file = await write('markitect.config.yaml', 'database:\n  synchronous: FAST\n');
    expect((await refused()).message).toBe(
      `database.synchronous is "FAST" (file ${file}); allowed: OFF, NORMAL, FULL, EXTRA`,
    );
    const env = { MARKITECT_DATABASE_SYNCHRONOUS: 'NORMAL', MARKITECT_SERVER_PORT: '70000' };
    expect((await refused({ env })).message).toBe(
      'server.port is "70000" (environment MARKITECT_SERVER_PORT); allowed: a whole number from 0 to 65535',
    );
    const flags = { 'database.synchronous': 'FULL', 'ingest.maxFileBytes': '10MB' } as const;
    const error = await refused({ flags });
    expect(error.message).toMatch(/^ingest.maxFileBytes is "10MB" \(flag --max-file-bytes\); allowed:/);
    expect(error).toMatchObject({ details: { setting: 'ingest.maxFileBytes' } });
  });

  it.each(['1.5', '-1', '1e3', '0x10', ' ', 'NaN', '9'.repeat(100)])('is %j for a number', async (text) => {
    await refused({ env: { MARKITECT_SERVER_BODY_LIMIT_BYTES: text } });
  });

  it.each(['null', '"4"', '[4]', '4.5'])('is %s in a file', async (text) => {
    await write('markitect.config.yaml', `database:\n  readers: ${text}\n`);
    expect((await refused()).message).toContain('database.readers is ');
  });
});

const secret = 'S3cret-t0ken';

describe('the token', () => {
  it('comes from its variable or from a file, without the line end', async () => {
    expect((await load({ env: { MARKITECT_TOKEN: secret } })).server.token).toBe(secret);
    await write('token', `  ${secret}\n`);
    expect((await load({ env: { MARKITECT_TOKEN_FILE: 'token' } })).server.token).toBe(secret);
    expect((await load()).server).not.toHaveProperty('token');
  });

  it('is refused when it is empty, missing, doubled or in the file of settings', async () => {
    await write('empty', '\n');
    const messages = [
      await refused({ env: { MARKITECT_TOKEN: '' } }),
      await refused({ env: { MARKITECT_TOKEN_FILE: 'empty' } }),
      await refused({ env: { MARKITECT_TOKEN_FILE: '' } }),
      await refused({ env: { MARKITECT_TOKEN_FILE: 'nowhere' } }),
      await refused({ env: { MARKITECT_TOKEN: secret, MARKITECT_TOKEN_FILE: 'empty' } }),
    ].map((error) => error.message);
    expect(messages[0]).toContain('empty');
    expect(messages[1]).toContain(join(cwd, 'empty'));
    expect(messages[3]).toContain('ENOENT');
    expect(messages[4]).toContain('both set');
    await write('markitect.config.yaml', `server:\n  token: ${secret}\n`);
    expect((await refused()).message).toContain('MARKITECT_TOKEN_FILE');
  });

  it('never appears in an error', async () => {
    await write('token', `${secret} and more`);
    const config = await write('markitect.config.yaml', `server:\n  token: ${secret}\n`);
    const errors = [
      await refused({ env: { MARKITECT_TOKEN: `${secret} ` } }),
      await refused({ env: { MARKITECT_TOKEN: `${secret}é` } }),
      await refused({ env: { MARKITECT_TOKEN: secret, MARKITECT_TOKEN_FILE: secret.slice(0, 3) } }),
      await refused({ env: { MARKITECT_TOKEN_FILE: 'token' } }),
      await refused(),
    ];
    await writeFile(config, `server:\n  token: "${secret}\n  x: [${secret}`);
    errors.push(await refused());
    for (const error of errors) {
      const all = JSON.stringify([error.message, error.stack, Object.entries(error), error.cause]);
      expect(all).not.toContain(secret);
    }
  });
});

const gitea = {
  MARKITECT_GITEA_URL: 'https://git.example.org/gitea',
  MARKITECT_GITEA_OWNER: 'team',
  MARKITECT_GITEA_REPOSITORY: 'knowledge',
};

describe('secrets', () => {
  it('are read each from its own variable or file, and never from a file of settings', async () => {
    await write('token', `${secret}\n`);
    const direct = await load({ env: { ...gitea, MARKITECT_GITEA_TOKEN: secret } });
    const fromFile = await load({ env: { ...gitea, MARKITECT_GITEA_TOKEN_FILE: 'token' } });
    expect([direct.gitea.token, fromFile.gitea.token, fromFile.server.token]).toEqual([
      secret,
      secret,
      undefined,
    ]);
    await write('markitect.config.yaml', `gitea:\n  token: ${secret}\n`);
    const error = await refused();
    expect(error.message).toContain('MARKITECT_GITEA_TOKEN_FILE');
    expect(JSON.stringify([error.message, error])).not.toContain(secret);
  });

  it('take the address of a Redis, with its password, from the environment only', async () => {
    const address = `rediss://app:${secret}@cache.example.org:6380/2`;
    await write('redis', `${address}\n`);
    expect((await load({ env: { MARKITECT_CACHE_REDIS_URL: address } })).cache.redisUrl).toBe(address);
    expect((await load({ env: { MARKITECT_CACHE_REDIS_URL_FILE: 'redis' } })).cache.redisUrl).toBe(address);
    expect((await load()).cache).not.toHaveProperty('redisUrl');
    const shown = await explainConfig({ env: { MARKITECT_CACHE_REDIS_URL: address }, cwd });
    expect(JSON.stringify(shown)).not.toContain(secret);
    await write('markitect.config.yaml', `cache:\n  redisUrl: ${address}\n`);
    const error = await refused();
    expect(error.message).toContain('MARKITECT_CACHE_REDIS_URL_FILE');
    expect(JSON.stringify([error.message, error])).not.toContain(secret);
  });

  it.each([
    `http://:${secret}@cache:6379`,
    `redis://:${secret}@cache/first`,
    `redis://:${secret}@cache:port`,
    `redis://:${secret}%zz@cache`,
    `redis://:${secret}@cache?db=2`,
    `redis:${secret}`,
    secret,
  ])('are not an address of a Redis when they are %s, and the error does not show them', async (address) => {
    const error = await refused({ env: { MARKITECT_CACHE_REDIS_URL: address } });
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', details: { setting: 'cache.redisUrl' } });
    expect(error.message).toContain('cache.redisUrl is wrong (environment MARKITECT_CACHE_REDIS_URL)');
    expect(JSON.stringify([error.message, error.stack, error])).not.toContain(secret);
  });

  it('are wrong when their variable is empty', async () => {
    const error = await refused({ env: { ...gitea, MARKITECT_GITEA_TOKEN: '' } });
    expect(error.message).toBe('gitea.token is empty (environment MARKITECT_GITEA_TOKEN)');
  });

  it.each(['MARKITECT_GITEA_PROXY', 'MARKITECT_GITEA_URL'])(
    'are not in what is said of a wrong %s',
    async (name) => {
      const error = await refused({ env: { ...gitea, [name]: `ftp://user:${secret}@proxy` } });
      expect(JSON.stringify([error.message, error])).not.toContain(secret);
    },
  );
});

describe('settings that belong together', () => {
  it('are the address, the owner and the repository', async () => {
    expect((await load({ env: gitea })).gitea).toMatchObject({
      url: 'https://git.example.org/gitea',
      owner: 'team',
      repository: 'knowledge',
    });
    for (const name of Object.keys(gitea)) {
      const error = await refused({ env: { ...gitea, [name]: '' } });
      expect(error.message).toContain(name.slice(10).toLowerCase().replace('_', '.'));
      expect((await refused({ env: { [name]: gitea[name as keyof typeof gitea] } })).message).toContain(
        `environment ${name}`,
      );
    }
  });

  it('are a certificate and its key', async () => {
    expect((await refused({ env: { MARKITECT_GITEA_CERT_FILE: 'c.pem' } })).message).toMatch(
      /^gitea\.keyFile must be set as well, since gitea\.certFile is/,
    );
    const env = { MARKITECT_GITEA_CERT_FILE: 'c.pem', MARKITECT_GITEA_KEY_FILE: '/k.pem' };
    expect((await load({ env })).gitea).toMatchObject({ certFile: join(cwd, 'c.pem'), keyFile: '/k.pem' });
  });

  it.each(['https://user@host', 'https://host/?a=b', 'https://host/#a', 'ftp://host', 'host:3000', 'x'])(
    'do not take %s as an address',
    async (url) => {
      await refused({ env: { ...gitea, MARKITECT_GITEA_URL: url } });
    },
  );

  it.each(['..', 'a/b', 'a b', '.'])('do not take %j as a repository', async (repository) => {
    await refused({ env: { ...gitea, MARKITECT_GITEA_REPOSITORY: repository } });
  });
});

describe('the board', () => {
  it('is a list, in the environment with semicolons', async () => {
    const env = {
      MARKITECT_BOARD_COLUMNS: 'Open: all=state:open; Done=state:closed+label:a:b;',
      MARKITECT_BOARD_PRIORITIES: 'now ;later',
    };
    expect((await load({ env })).board).toMatchObject({
      columns: ['Open: all=state:open', 'Done=state:closed+label:a:b'],
      priorities: ['now', 'later'],
    });
  });

  it.each([
    ['Doing', 'Name=condition'],
    ['A=state:open;a=label:x', 'another column'],
    ['A=label:x;B=label:x', 'always count before'],
    ['A=state:ajar', 'open or closed'],
    [' ; ', 'at least one column'],
  ])('cannot be %j', async (columns, reason) => {
    const error = await refused({ env: { MARKITECT_BOARD_COLUMNS: columns } });
    expect(error.message).toContain('board.columns (environment MARKITECT_BOARD_COLUMNS)');
    expect(error.message).toContain(reason);
    expect(error).toMatchObject({ details: { setting: 'board.columns' } });
  });
});

describe('the explanation', () => {
  const explain = async (sources: Partial<ConfigSources>) => {
    const rows = await explainConfig({ env: {}, cwd, ...sources });
    return (path: string) => rows.find((row) => row.path === path);
  };

  it('says of every setting its value and where that comes from', async () => {
    const file = await write('markitect.config.yaml', 'server:\n  port: 1\ncache:\n  maxEntries: 2\n');
    const row = await explain({ env: { MARKITECT_CACHE_MAX_ENTRIES: '3' }, flags: { 'server.host': '::1' } });
    expect(row('server.port')).toEqual({ path: 'server.port', value: 1, from: `file ${file}` });
    expect(row('cache.maxEntries')).toEqual({
      path: 'cache.maxEntries',
      value: 3,
      from: 'environment MARKITECT_CACHE_MAX_ENTRIES',
    });
    expect(row('server.host')).toEqual({ path: 'server.host', value: '::1', from: 'flag --host' });
    expect(row('database.readers')).toEqual({ path: 'database.readers', value: 3, from: 'default' });
    expect(row('gitea.url')).toEqual({ path: 'gitea.url', from: 'default' });
    const all = await explainConfig({ env: {}, cwd });
    expect(all.map(({ path }) => path)).toEqual(describeSettings().map(({ path }) => path));
  });

  it('masks secrets and passwords, and says where they come from all the same', async () => {
    const file = await write('token', secret);
    const env = {
      MARKITECT_TOKEN: secret,
      MARKITECT_GITEA_TOKEN_FILE: 'token',
      MARKITECT_GITEA_PROXY: `http://me:${secret}@proxy:3128`,
    };
    const row = await explain({ env });
    expect(row('server.token')).toEqual({
      path: 'server.token',
      value: '***',
      from: 'environment MARKITECT_TOKEN',
    });
    expect(row('gitea.token')).toEqual({ path: 'gitea.token', value: '***', from: `file ${file}` });
    expect(row('gitea.proxy')?.value).toBe('http://***:***@proxy:3128/');
    expect(JSON.stringify(await explainConfig({ env, cwd }))).not.toContain(secret);
  });

  it('shows what does not fit together, for whoever looks for the reason', async () => {
    const row = await explain({ env: { MARKITECT_GITEA_URL: 'https://host' } });
    expect(row('gitea.url')?.value).toBe('https://host');
    expect(row('gitea.owner')).not.toHaveProperty('value');
  });
});

describe('the table of settings', () => {
  it('describes every setting, each with its own variable and flag', async () => {
    const table = describeSettings();
    const paths = (await explainConfig({ env: {}, cwd })).map(({ path }) => path as string);
    expect(table.map((row) => row.path).sort()).toEqual(paths.sort());
    expect(new Set(table.map((row) => row.env)).size).toBe(table.length);
    const flags = table.flatMap((row) => row.flag ?? []);
    expect(flags).toEqual(['--data-dir', '--max-file-bytes', '--root', '--host', '--port', '--concurrency']);
    for (const row of table) {
      expect(row.meaning).toMatch(/\.$/);
      expect(row.allowed).not.toBe('');
      if (row.path !== 'server.token') {
        expect(row.env).toBe(
          `MARKITECT_${row.path.replace('.', '_').replace(/[A-Z]/g, '_$&').toUpperCase()}`,
        );
      }
    }
  });

  it('reads every setting from its variable', async () => {
    const sample: Record<string, string> = {
      'database.synchronous': 'FULL',
      'database.foreignKeys': 'false',
      'database.tempStore': 'FILE',
      'database.readers': '7',
      'server.host': 'localhost',
      'tasks.leaseMs': '5000',
      'ingest.roots': '/r',
      dataDir: '/d',
      'cache.diskFolder': '/c',
      'cache.redisUrl': 'redis://cache:6379/1',
      'workspaces.root': '/w',
      'workspaces.templates': '/t',
      'server.token': 'tok',
      'gitea.url': 'http://host',
      'gitea.token': 'tok',
      'gitea.caFile': '/ca',
      'gitea.certFile': '/cert',
      'gitea.keyFile': '/key',
      'gitea.proxy': 'http://proxy',
      'board.columns': 'A=state:open',
      'web.allowPrivate': 'true',
      'research.rates': 'web=77',
      'legacy.users': '/u.json',
      'legacy.configuration': '/c.json',
      'legacy.conversations': '/conversations',
      'legacy.analytics': '/a.jsonl',
      'legacy.issues': 'curl',
      'cutover.flagFile': '/flags.json',
      'cutover.flagProvider': '@openfeature/env-var-provider',
    };
    const together = {
      ...gitea,
      MARKITECT_GITEA_CERT_FILE: '/c',
      MARKITECT_GITEA_KEY_FILE: '/k',
    };
    for (const row of describeSettings()) {
      const text = sample[row.path] ?? '77';
      const config = await load({ env: { ...together, [row.env]: text } });
      const value = row.path
        .split('.')
        .reduce<unknown>((part, name) => (part as Record<string, unknown>)[name], config);
      expect([row.path, String(value)]).toEqual([row.path, text]);
    }
  });

  it('writes defaults as one would set them, and says where they come from the machine', () => {
    const row = (path: string) => describeSettings().find((candidate) => candidate.path === path);
    expect(row('dataDir')).toMatchObject({
      env: 'MARKITECT_DATA_DIR',
      flag: '--data-dir',
      default: '.markitect',
    });
    expect(row('database.cacheSizeKib')).toMatchObject({ default: '16384', unit: 'KiB' });
    expect(row('ingest.parserThreads')?.default).toBe('the number of processor cores available');
    expect(row('ingest.roots')?.default).toBe('[]');
    expect(row('server.token')).not.toHaveProperty('default');
    expect(row('server.token')).not.toHaveProperty('flag');
  });
});
