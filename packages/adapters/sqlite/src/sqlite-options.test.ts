import { describe, expect, it } from '@jest/globals';
import { connectionPragmas, resolveSqliteOptions, type SqliteOptions } from './sqlite-options.js';

describe('the options', () => {
  it('have defaults for everything but the file', () => {
    expect(connectionPragmas(resolveSqliteOptions({ file: '/x.db' }))).toBe(
      [
        'PRAGMA busy_timeout = 5000',
        'PRAGMA synchronous = NORMAL',
        'PRAGMA cache_size = -16384',
        'PRAGMA mmap_size = 268435456',
        'PRAGMA foreign_keys = ON',
        'PRAGMA temp_store = MEMORY',
      ].join(';\n'),
    );
  });

  it.each<[string, Partial<Record<keyof SqliteOptions, unknown>>]>([
    ['file', { file: ':memory:' }],
    ['file', { file: 'relative.db' }],
    ['readers', { readers: 0 }],
    ['readers', { readers: 1.5 }],
    ['cacheSizeKib', { cacheSizeKib: -1 }],
    ['mmapSizeBytes', { mmapSizeBytes: Number.NaN }],
    ['busyTimeoutMs', { busyTimeoutMs: 1e12 }],
    ['writeTimeoutMs', { writeTimeoutMs: 0 }],
    ['synchronous', { synchronous: 'OFF; DROP TABLE documents' }],
    ['tempStore', { tempStore: 'DISK' }],
  ])('name the one that is out of range: %s in %p', (field, wrong) => {
    const options = { file: '/x.db', ...wrong } as SqliteOptions;
    expect(() => resolveSqliteOptions(options)).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', details: { field } }),
    );
  });
});
