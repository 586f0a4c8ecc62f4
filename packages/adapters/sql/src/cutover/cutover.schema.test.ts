import { describe, expect, it } from '@jest/globals';
import { EntitySchema } from 'typeorm';
import * as tables from './cutover.schema.js';

describe('the tables of cutovers', () => {
  it('are what TypeORM takes for entities', () => {
    const names = Object.values(tables).map((table) => new EntitySchema<object>(table).options.tableName);
    expect(names).toEqual([
      'cutover_components',
      'cutover_log',
      'cutover_marks',
      'cutover_mismatches',
      'cutover_processes',
      'cutover_tallies',
    ]);
  });
});
