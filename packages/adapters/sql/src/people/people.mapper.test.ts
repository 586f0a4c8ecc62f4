import { describe, expect, it } from '@jest/globals';
import type { AnalyticsEvent, Conversation, Message, StoredRecord } from '@markitect/domain';
import {
  conversationColumns,
  conversationOf,
  conversationValues,
  eventColumns,
  eventOf,
  eventValues,
  messageColumns,
  messageOf,
  messageValues,
  recordColumns,
  recordOf,
  recordValues,
} from './people.mapper.js';

/** The row that values make in the columns they are for. */
const rowOf = (columns: readonly string[], values: readonly unknown[]): never =>
  Object.fromEntries(columns.map((column, index) => [column, values[index]])) as never;

const at = '2024-02-29T12:34:56.789Z';
const later = '2025-01-01T00:00:00.000Z';
const value = { text: 'ä\u0000\ud800', list: [1, null], ...(JSON.parse('{"__proto__":1}') as object) };

describe('rows', () => {
  it('keep a record', () => {
    const record: StoredRecord = { key: 'k', value, version: 7, createdAt: at, updatedAt: later };
    expect(recordOf(rowOf(recordColumns, recordValues(record)))).toEqual(record);
  });

  it('keep a conversation, with and without a title', () => {
    const conversation: Conversation = {
      id: 'c',
      userId: 'u',
      metadata: value,
      messages: 3,
      createdAt: at,
      updatedAt: later,
    };
    for (const each of [conversation, { ...conversation, title: '' }, { ...conversation, title: 'T' }]) {
      expect(conversationOf(rowOf(conversationColumns, conversationValues(each)))).toEqual(each);
    }
  });

  it('keep a message', () => {
    const message: Message = { id: 'm', position: 2, role: 'user', content: 'x\n', metadata: value, at };
    expect(messageOf(rowOf(messageColumns, messageValues(message)))).toEqual(message);
  });

  it('keep an event, with and without a user', () => {
    const event: AnalyticsEvent = { id: 'e', type: 't', at, properties: value };
    for (const each of [event, { ...event, userId: 'u' }]) {
      expect(eventOf(rowOf(eventColumns, eventValues(each)))).toEqual(each);
    }
  });
});
