import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ConfigSources, describeSettings, loadConfig } from '../src/index.js';

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
      cache: { maxBytes: 67108864, maxEntries: 1000 },
      server: { host: '127.0.0.1', port: 4780, bodyLimitBytes: 16777216, shutdownTimeoutMs: 10000 },
      workspaces: { root: join(cwd, '.markitect/workspaces'), templates: join(cwd, '.markitect/templates') },
    });
  });

  it('override each other: defaults, file, environment, flags', async () => {
    await write('markitect.config.yaml', 'server:\n  port: 1\n  host: "::1"\ncache: { maxEntries: 1 }\n');
    const env = { MARKITECT_SERVER_PORT: '2', MARKITECT_CACHE_MAX_ENTRIES: '2', MARKITECT_SERVER_HOST: '' };
    const config = await load({ env, flags: { 'server.port': '3', 'cache.maxEntries': undefined } });
    expect(config.server).toMatchObject({ port: 3, host: '::1' });
    expect(config.cache).toEqual({ maxEntries: 2, maxBytes: 67108864 });
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

describe('the token', () => {
  const secret = 'S3cret-t0ken';

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

describe('the table of settings', () => {
  it('describes every setting, each with its own variable and flag', async () => {
    const table = describeSettings();
    const config = await load({ env: { MARKITECT_TOKEN: 'x' } });
    const paths = Object.entries(config).flatMap(([section, value]: [string, unknown]) =>
      typeof value === 'object' ? Object.keys(value ?? {}).map((name) => `${section}.${name}`) : [section],
    );
    expect(table.map((row) => row.path).sort()).toEqual(paths.sort());
    expect(new Set(table.map((row) => row.env)).size).toBe(table.length);
    const flags = table.flatMap((row) => row.flag ?? []);
    expect(flags).toEqual(['--data-dir', '--max-file-bytes', '--root', '--host', '--port']);
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
      'ingest.roots': '/r',
      dataDir: '/d',
      'workspaces.root': '/w',
      'workspaces.templates': '/t',
      'server.token': 'tok',
    };
    for (const row of describeSettings()) {
      const text = sample[row.path] ?? '77';
      const config = await load({ env: { [row.env]: text } });
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
