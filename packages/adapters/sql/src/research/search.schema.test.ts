import { describe, expect, it } from '@jest/globals';
import { EntitySchema } from 'typeorm';
import { rateLimitTable } from './rate-limit.schema.js';
import { scrapingJobTable, searchResultTable, searchTable } from './search.schema.js';

describe('the tables of research', () => {
  it('are what TypeORM takes for entities, with the columns of their rows', () => {
    const tables = [
      new EntitySchema(searchTable),
      new EntitySchema(scrapingJobTable),
      new EntitySchema(searchResultTable),
      new EntitySchema(rateLimitTable),
    ].map(({ options }) => [options.tableName, Object.keys(options.columns).length]);
    expect(tables).toEqual([
      ['searches', 10],
      ['scraping_jobs', 17],
      ['search_results', 14],
      ['rate_limits', 9],
    ]);
  });

  it('let jobs and results go with their search', () => {
    for (const table of [scrapingJobTable, searchResultTable]) {
      expect(table.foreignKeys?.every(({ onDelete }) => onDelete === 'CASCADE')).toBe(true);
    }
  });

  it('never use a number again', () => {
    for (const table of [searchTable, scrapingJobTable, searchResultTable]) {
      expect(table.columns.id).toMatchObject({ primary: true, generated: 'increment' });
    }
  });
});
