import { fileURLToPath } from 'node:url';

/**
 * The Jest configuration every package shares: tests run on the TypeScript sources as ES modules.
 *
 * @param {{ name: string, lines: number }} options `lines` is the package's coverage floor in percent.
 * @returns {import('jest').Config}
 */
export function packageTests({ name, lines }) {
  return {
    displayName: name,
    testEnvironment: 'node',
    testEnvironmentOptions: { customExportConditions: ['@markitect/source', 'node', 'node-addons'] },
    extensionsToTreatAsEsm: ['.ts'],
    moduleFileExtensions: ['js', 'mjs', 'cjs', 'ts', 'json', 'node'],
    moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
    transform: {
      '^.+\\.ts$': [
        '@swc/jest',
        { jsc: { target: 'es2023', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
      ],
    },
    testMatch: ['<rootDir>/src/**/*.test.ts', '<rootDir>/tests/**/*.test.ts'],
    testTimeout: 30_000,
    coverageProvider: 'babel',
    collectCoverageFrom: ['src/**/*.ts', '!src/**/*.test.ts', '!src/index.ts', '!src/main.ts'],
    coverageReporters: ['text-summary', 'json-summary'],
    coverageThreshold: { global: { lines } },
    reporters: ['default', fileURLToPath(new URL('./count-reporter.mjs', import.meta.url))],
  };
}
