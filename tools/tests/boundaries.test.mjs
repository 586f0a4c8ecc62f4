import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from '@jest/globals';

const root = fileURLToPath(new URL('../..', import.meta.url));
const boundary = '@nx/enforce-module-boundaries';
const driver = 'no-restricted-imports';

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

/** The rules that each import breaks: one process lints them all. */
function brokenRules(imports) {
  const files = imports.map(([file, imported, names = '*']) => ({
    file,
    source: `export ${names} from '${imported}';\n`,
  }));
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
    rules = brokenRules([...wrong.map((row) => row.slice(2)), ...right.map((row) => row.slice(1))]);
  }, 120_000);

  it.each(wrong.map(([name, rule], index) => [name, rule, index]))('forbid %s', (_name, rule, index) => {
    expect(rules[index]).toContain(rule);
  });

  it.each(right.map(([name], index) => [name, wrong.length + index]))('allow %s', (_name, index) => {
    expect(rules[index]).not.toContain(boundary);
    expect(rules[index]).not.toContain(driver);
  });
});
