import js from '@eslint/js';
import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

/** Which layer may import which. The order is the order of `docs/architecture.md`. */
export const layers = {
  domain: [],
  ports: ['domain'],
  application: ['ports', 'domain'],
  connections: ['ports', 'domain'],
  telemetry: ['ports', 'domain'],
  config: ['ports', 'domain'],
  migration: ['ports', 'domain'],
  adapter: ['adapter', 'connections', 'ports', 'domain'],
  app: [
    'app',
    'adapter',
    'application',
    'connections',
    'telemetry',
    'config',
    'migration',
    'ports',
    'domain',
  ],
  testing: ['ports', 'domain'],
  tooling: [
    'app',
    'adapter',
    'application',
    'connections',
    'telemetry',
    'config',
    'migration',
    'ports',
    'domain',
  ],
};

const depConstraints = (extra) =>
  Object.entries(layers).map(([layer, allowed]) => ({
    sourceTag: `layer:${layer}`,
    onlyDependOnLibsWithTags: [...allowed, ...extra].map((tag) => `layer:${tag}`),
  }));

const boundaries = (extra) => ({
  '@nx/enforce-module-boundaries': ['error', { allow: [], depConstraints: depConstraints(extra) }],
});

/** Drivers hold connections: only the files that make connections may import them. */
const drivers = [
  'sqlite3',
  'better-sqlite3',
  'node:sqlite',
  'pg',
  'axios',
  'axios-retry',
  'undici',
  '/redis',
  '@keyv/redis',
  'ioredis',
];

const restrict = (patterns) => ['error', { patterns }];
const made =
  'Connections are made in *.connection.ts files only; take a connection as a constructor argument.';
/** Of TypeORM only what connects: schemas and migrations are written elsewhere. */
const noDrivers = [
  { group: drivers, message: made },
  {
    group: ['typeorm'],
    importNames: ['DataSource', 'Connection', 'createConnection', 'default'],
    message: made,
  },
  // Of what Node opens sockets with, types and constants are everybody's.
  {
    regex: '^(node:)?(http|https|http2|net|tls)$',
    allowImportNames: ['STATUS_CODES', 'BlockList', 'isIP'],
    allowTypeImports: true,
    message: made,
  },
];
const noSocketGlobals = {
  'no-restricted-globals': [
    'error',
    ...['fetch', 'WebSocket', 'EventSource'].map((name) => ({ name, message: made })),
  ],
  'no-restricted-properties': ['error', { object: 'globalThis', property: 'fetch', message: made }],
};
const noContainer = {
  group: ['tsyringe', 'reflect-metadata'],
  message: 'Only apps/*/src/composition knows the container; packages export plain classes.',
};
const noNode = {
  group: ['node:*', ...(await import('node:module')).builtinModules],
  message: 'The domain does no I/O and depends on nothing.',
};

export default tseslint.config(
  { ignores: ['**/dist/**', '**/coverage/**', '**/out-tsc/**', '**/node_modules/**', '**/fixtures/**'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
    },
  },
  {
    files: ['**/*.{js,mjs}'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        Buffer: 'readonly',
        performance: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
        setImmediate: 'readonly',
        fetch: 'readonly',
        AbortController: 'readonly',
        AbortSignal: 'readonly',
        TextEncoder: 'readonly',
        TextDecoder: 'readonly',
      },
    },
  },
  { files: ['**/*.ts', 'benchmarks/**/*.mjs'], plugins: { '@nx': nx }, rules: boundaries([]) },
  {
    files: ['**/*.test.ts', '**/tests/**/*.ts'],
    plugins: { '@nx': nx },
    rules: {
      ...boundaries(['testing', 'adapter']),
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: ['packages/**/src/**/*.ts'],
    rules: { 'no-restricted-imports': restrict([...noDrivers, noContainer]) },
  },
  {
    files: ['packages/**/src/**/*.ts', 'apps/*/src/**/*.ts'],
    // Servers that tests start are asked and spoiled there.
    ignores: ['**/*.connection.ts', '**/*.test.ts', 'packages/testing/src/{services,faults}/**'],
    rules: noSocketGlobals,
  },
  {
    files: ['packages/testing/src/{services,faults}/**/*.ts'],
    rules: { 'no-restricted-imports': restrict([noContainer]) },
  },
  {
    files: ['packages/**/src/**/*.connection.ts'],
    rules: { 'no-restricted-imports': restrict([noContainer]) },
  },
  {
    files: ['packages/domain/src/**/*.ts'],
    rules: { 'no-restricted-imports': restrict([...noDrivers, noContainer, noNode]) },
  },
  {
    files: ['apps/*/src/**/*.ts'],
    rules: { 'no-restricted-imports': restrict([...noDrivers, noContainer]) },
  },
  {
    files: ['apps/*/src/composition/**/*.ts', 'apps/*/src/main.ts'],
    rules: { 'no-restricted-imports': restrict(noDrivers) },
  },
  {
    files: ['**/*.test.ts'],
    ignores: ['packages/adapters/**/*.test.ts'],
    rules: { 'no-restricted-imports': restrict([noContainer]) },
  },
);
