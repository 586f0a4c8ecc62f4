import { packageTests } from '../jest/preset.mjs';

export default { ...packageTests({ name: 'tools', lines: 0 }), testMatch: ['<rootDir>/tests/**/*.test.mjs'] };
