import { describe, expect, it } from '@jest/globals';
import { EntitySchema } from 'typeorm';
import { taskLimitTable, taskPauseTable, taskScheduleTable, taskTable } from './task.schema.js';

describe('the tables of tasks', () => {
  it('are what TypeORM takes for entities', () => {
    const tables = [taskTable, taskPauseTable, taskLimitTable, taskScheduleTable].map(
      (table) => new EntitySchema<object>(table).options.tableName,
    );
    expect(tables).toEqual(['task_queue', 'task_pauses', 'task_limits', 'task_schedules']);
  });
});
