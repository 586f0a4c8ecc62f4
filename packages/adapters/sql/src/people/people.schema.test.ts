import { describe, expect, it } from '@jest/globals';
import { EntitySchema } from 'typeorm';
import { conversationColumns, eventColumns, messageColumns, recordColumns } from './people.mapper.js';
import {
  analyticsEventTable,
  configurationTable,
  conversationTable,
  messageTable,
  profileTable,
} from './people.schema.js';

describe('the tables of people', () => {
  it.each([
    [profileTable, 'profiles', ['id', ...recordColumns]],
    [configurationTable, 'configuration', ['id', ...recordColumns]],
    [conversationTable, 'conversations', ['id', ...conversationColumns]],
    [messageTable, 'messages', ['conversation_id', ...messageColumns]],
    [analyticsEventTable, 'analytics_events', ['id', ...eventColumns]],
  ])(
    'are what TypeORM takes for entities, with the columns that the mappers fill',
    (table, name, columns) => {
      const { options } = new EntitySchema<object>(table);
      expect(options.tableName).toBe(name);
      expect(Object.keys(options.columns)).toEqual(columns);
    },
  );

  it('let messages go with their conversation', () => {
    expect(messageTable.foreignKeys).toEqual([
      expect.objectContaining({ target: 'ConversationRow', onDelete: 'CASCADE' }),
    ]);
  });
});
