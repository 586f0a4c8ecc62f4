import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from '@jest/globals';

const root = fileURLToPath(new URL('../..', import.meta.url));
const boundary = '@nx/enforce-module-boundaries';
const driver = 'no-restricted-imports';
const globals = 'no-restricted-globals';
const properties = 'no-restricted-properties';

const wrong = [
  ['the domain → ports', boundary, 'packages/domain/src/x.ts', '@markitect/ports'],
  ['the domain → node:fs', driver, 'packages/domain/src/x.ts', 'node:fs'],
  ['the domain → crypto', driver, 'packages/domain/src/x.ts', 'crypto'],
  ['ports → application', boundary, 'packages/ports/src/x.ts', '@markitect/application'],
  ['application → an adapter', boundary, 'packages/application/src/x.ts', '@markitect/adapter-fs'],
  ['application → connections', boundary, 'packages/application/src/x.ts', '@markitect/connections'],
  ['application → the container', driver, 'packages/application/src/x.ts', 'tsyringe'],
  ['telemetry → an adapter', boundary, 'packages/telemetry/src/x.ts', '@markitect/adapter-fs'],
  ['an adapter → application', boundary, 'packages/adapters/fs/src/x.ts', '@markitect/application'],
  ['an adapter → an app', boundary, 'packages/adapters/fs/src/x.ts', '@markitect/api'],
  ['an adapter → testing', boundary, 'packages/adapters/fs/src/x.ts', '@markitect/testing'],
  ['an adapter → axios', driver, 'packages/adapters/fs/src/x.ts', 'axios'],
  ['a policy → axios-retry', driver, 'packages/adapters/http/src/policies/x.ts', 'axios-retry'],
  ['a policy → undici', driver, 'packages/adapters/http/src/policies/x.ts', 'undici'],
  [
    'an adapter → the inside of axios',
    driver,
    'packages/adapters/gitea/src/x.ts',
    'axios/unsafe/core/Axios.js',
  ],
  ['application → undici', driver, 'packages/application/src/x.ts', 'undici'],
  ['a repository → sqlite3', driver, 'packages/adapters/sqlite/src/x.ts', 'sqlite3'],
  ['a repository → better-sqlite3', driver, 'packages/adapters/sqlite/src/x.ts', 'better-sqlite3'],
  ["a repository → Node's own SQLite", driver, 'packages/adapters/sqlite/src/x.ts', 'node:sqlite'],
  ['a repository → pg', driver, 'packages/adapters/sql/src/x.ts', 'pg'],
  ['a cache tier → redis', driver, 'packages/adapters/cache/src/redis/x.ts', 'redis'],
  ['a cache tier → @keyv/redis', driver, 'packages/adapters/cache/src/tiers/x.ts', '@keyv/redis'],
  ['a cache tier → ioredis', driver, 'packages/adapters/cache/src/redis/x.ts', 'ioredis'],
  ["an adapter → Node's HTTP", driver, 'packages/adapters/gitea/src/x.ts', 'node:http', '{ request }'],
  ['an adapter → all of HTTPS', driver, 'packages/adapters/web/src/x.ts', 'https'],
  ["an app → Node's sockets", driver, 'apps/api/src/http/x.ts', 'node:net', '{ connect }'],
  ["a fake → Node's HTTP", driver, 'packages/testing/src/issues/x.ts', 'node:http', '{ createServer }'],
  [
    "a repository → typeorm's DataSource",
    driver,
    'packages/adapters/sqlite/src/x.ts',
    'typeorm',
    '{ DataSource }',
  ],
  ['a repository → all of typeorm', driver, 'packages/adapters/sqlite/src/x.ts', 'typeorm'],
  ['an app → axios', driver, 'apps/api/src/composition/x.ts', 'axios'],
  ['an app → testing', boundary, 'apps/cli/src/x.ts', '@markitect/testing'],
  ['an app → sqlite3', driver, 'apps/api/src/x.ts', 'sqlite3'],
  ['an app outside its composition → the container', driver, 'apps/cli/src/commands/x.ts', 'tsyringe'],
];

const right = [
  ['ports → the domain', 'packages/ports/src/x.ts', '@markitect/domain'],
  ['an app → an adapter', 'apps/api/src/x.ts', '@markitect/adapter-fs'],
  ['a test → testing', 'packages/adapters/fs/tests/x.test.ts', '@markitect/testing'],
  ['a connection → its driver', 'packages/adapters/sqlite/src/x.connection.ts', 'sqlite3'],
  ['a connection → axios', 'packages/adapters/http/src/x.connection.ts', 'axios'],
  ['a connection → redis', 'packages/adapters/cache/src/redis/x.connection.ts', 'redis'],
  ["a connection → Node's sockets", 'packages/adapters/cache/src/redis/x.connection.ts', 'node:net'],
  ['a file of its own beside Redis', 'packages/adapters/cache/src/redis/x.ts', './redis/redis-tier.js'],
  ['a name for a status', 'apps/api/src/problems/x.ts', 'node:http', '{ STATUS_CODES }'],
  ['a type of a socket', 'apps/api/src/http/x.ts', 'node:net', 'type { Socket }'],
  [
    "a service for tests → Node's HTTP",
    'packages/testing/src/services/x.ts',
    'node:http',
    '{ createServer, request }',
  ],
  ['a connection → undici', 'packages/adapters/http/src/x.connection.ts', 'undici'],
  [
    "a connection → typeorm's DataSource",
    'packages/adapters/sqlite/src/x.connection.ts',
    'typeorm',
    '{ DataSource }',
  ],
  [
    "a schema → typeorm's EntitySchema",
    'packages/adapters/sql/src/x.schema.ts',
    'typeorm',
    '{ EntitySchema }',
  ],
  [
    'a migration → its interface',
    'packages/adapters/sqlite/src/migrations/x.ts',
    'typeorm',
    '{ MigrationInterface }',
  ],
  ['a policy → cockatiel', 'packages/adapters/http/src/policies/x.ts', 'cockatiel'],
  ['a composition → the container', 'apps/cli/src/composition/x.ts', 'tsyringe'],
];

/** What needs no import. */
const calls = [
  ['an adapter to fetch by itself', globals, 'packages/adapters/gitea/src/x.ts', "fetch('http://a')"],
  ['an app to fetch by itself', globals, 'apps/cli/src/commands/x.ts', "fetch('http://a')"],
  ['an adapter to open a WebSocket', globals, 'packages/adapters/web/src/x.ts', "new WebSocket('ws://a')"],
  ['a detour to fetch', properties, 'apps/api/src/x.ts', "globalThis.fetch('http://a')"],
];
const freeCalls = [
  ['a connection to fetch', 'packages/adapters/http/src/x.connection.ts', "fetch('http://a')"],
  ['a service for tests to fetch', 'packages/testing/src/services/x.ts', "fetch('http://a')"],
  ['a test to fetch', 'apps/api/tests/x.test.ts', "fetch('http://a')"],
  ['a fetch of its own', 'packages/ports/src/x.ts', 'const fetch = () => 1; fetch()'],
];

/** The rules that each text breaks: one process lints them all. */
function brokenRules(files) {
  const out = execFileSync(process.execPath, ['tools/lint-probe.mjs'], {
    cwd: root,
    input: JSON.stringify(files),
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  return JSON.parse(out);
}

describe('the layers', () => {
  let rules;
  beforeAll(() => {
    const exported = ([file, imported, names = '*']) => ({
      file,
      source: `export ${names} from '${imported}';\n`,
    });
    const called = ([file, call]) => ({ file, source: `${call};\n` });
    rules = brokenRules([
      ...wrong.map((row) => exported(row.slice(2))),
      ...right.map((row) => exported(row.slice(1))),
      ...calls.map((row) => called(row.slice(2))),
      ...freeCalls.map((row) => called(row.slice(1))),
    ]);
  }, 120_000);

  it.each(wrong.map(([name, rule], index) => [name, rule, index]))('forbid %s', (_name, rule, index) => {
    expect(rules[index]).toContain(rule);
  });

  it.each(right.map(([name], index) => [name, wrong.length + index]))('allow %s', (_name, index) => {
    expect(rules[index]).not.toContain(boundary);
    expect(rules[index]).not.toContain(driver);
  });

  const first = wrong.length + right.length;
  it.each(calls.map(([name, rule], index) => [name, rule, first + index]))(
    'forbid %s',
    (_name, rule, index) => {
      expect(rules[index]).toContain(rule);
    },
  );

  it.each(freeCalls.map(([name], index) => [name, first + calls.length + index]))(
    'allow %s',
    (_name, index) => {
      expect(rules[index]).not.toContain(globals);
    },
  );
});
