import { packageTests } from './jest/package-tests.mjs';

export default { ...packageTests({ name: 'tools', lines: 0 }), testMatch: ['<rootDir>/tests/**/*.test.mjs'] };
