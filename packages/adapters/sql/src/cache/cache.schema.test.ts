import { describe, expect, it } from '@jest/globals';
import { EntitySchema } from 'typeorm';
import { cacheInvalidationTable, cacheLeaseTable, cacheTable } from './cache.schema.js';

describe('the tables of the cache', () => {
  it('are what TypeORM takes for entities', () => {
    const tables = [cacheTable, cacheInvalidationTable, cacheLeaseTable].map(
      (table) => new EntitySchema<object>(table).options.tableName,
    );
    expect(tables).toEqual(['cache', 'cache_invalidations', 'cache_leases']);
  });
});
