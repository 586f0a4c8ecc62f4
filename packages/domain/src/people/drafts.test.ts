import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../json.js';
import { checkedEvents, MAX_EVENTS } from './analytics-event.js';
import { checkedTimestamp } from './checked-timestamp.js';
import {
  MAX_MESSAGE_LENGTH,
  MAX_MESSAGES,
  newConversation,
  newMessages,
  withMessages,
} from './conversation.js';
import { checkedRecordValue, MAX_RECORD_DEPTH, requireVersion } from './stored-record.js';

const now = '2026-01-01T00:00:00.000Z';
const later = '2026-01-02T00:00:00.000Z';
const refused = (field: string) =>
  expect.objectContaining({
    code: 'REQUEST_INVALID',
    details: expect.objectContaining({ field }) as unknown,
  });
const message = { id: 'm', role: 'user', content: '' };
const event = { id: 'e', type: 't', at: now, properties: {} };

describe('checkedTimestamp', () => {
  it('takes one way to write an instant', () => {
    expect(checkedTimestamp('2024-02-29T23:59:59.999Z', 'at')).toBe('2024-02-29T23:59:59.999Z');
    const others = [
      '2024-02-29',
      '2024-02-29T00:00:00Z',
      '2023-02-29T00:00:00.000Z',
      '+012024-01-01T00:00:00.000Z',
      '',
    ];
    for (const text of others) expect(() => checkedTimestamp(text, 'at')).toThrow(refused('at'));
  });
});

describe('requireVersion', () => {
  it('holds when nothing is expected, or what is there', () => {
    expect(() => {
      requireVersion('k', undefined, 3);
      requireVersion('k', 3, 3);
      requireVersion('k', 0, 0);
    }).not.toThrow();
  });

  it('tells the version that is there, and refuses what is none', () => {
    for (const [expected, stored] of [
      [2, 3],
      [0, 3],
      [3, 0],
    ] as const) {
      expect(() => requireVersion('k', expected, stored)).toThrow(
        expect.objectContaining({ code: 'RECORD_CHANGED', details: { key: 'k', expected, version: stored } }),
      );
    }
    for (const wrong of [-1, 1.5, Number.NaN])
      expect(() => requireVersion('k', wrong, 1)).toThrow(refused('expected'));
  });
});

describe('checkedRecordValue', () => {
  it('bounds how deep it is nested, lists included, without a full stack', () => {
    const nested = (depth: number): JsonObject => {
      let value: JsonObject = {};
      for (let level = 1; level < depth; level += 1) value = level % 2 === 0 ? { a: value } : { a: [value] };
      return value;
    };
    expect(checkedRecordValue(nested(60))).toEqual(nested(60));
    expect(() => checkedRecordValue(nested(MAX_RECORD_DEPTH + 1))).toThrow(refused('value'));
    expect(() => checkedRecordValue(nested(100_000))).toThrow(refused('value'));
  });
});

describe('newConversation', () => {
  it('has no messages, and begins now unless it says otherwise', () => {
    const draft = { id: 'c', userId: 'u' };
    const begun = { ...draft, metadata: {}, messages: 0, createdAt: now, updatedAt: now };
    expect(newConversation(draft, now)).toEqual(begun);
    expect(newConversation({ ...draft, title: 'T', createdAt: later }, now)).toEqual({
      ...begun,
      title: 'T',
      createdAt: later,
      updatedAt: later,
    });
    for (const [field, wrong] of [
      ['id', { id: '' }],
      ['userId', { userId: 'a\nb' }],
      ['title', { title: 'x'.repeat(501) }],
      ['createdAt', { createdAt: 'now' }],
    ] as const) {
      expect(() => newConversation({ ...draft, ...wrong }, now)).toThrow(refused(field));
    }
  });
});

describe('newMessages', () => {
  it('are numbered, each id once', () => {
    const { messages } = {
      messages: newMessages([message, { ...message, content: 'x' }, { ...message, id: 'n' }], now),
    };
    expect(messages).toEqual([
      { ...message, position: 1, metadata: {}, at: now },
      { ...message, id: 'n', position: 2, metadata: {}, at: now },
    ]);
    const begun = newConversation({ id: 'c', userId: 'u' }, now);
    const said = messages.map((each) => ({ ...each, at: later }));
    expect(withMessages(begun, said)).toEqual({ ...begun, messages: 2, updatedAt: later });
    expect(withMessages({ ...begun, updatedAt: later }, messages).updatedAt).toBe(later);
  });

  it('tell which is wrong', () => {
    const long = { ...message, content: 'x'.repeat(MAX_MESSAGE_LENGTH + 1) };
    expect(() => newMessages([message, long], now)).toThrow(refused('messages[1].content'));
    const many = Array.from({ length: MAX_MESSAGES + 1 }, () => message);
    expect(() => newMessages(many, now)).toThrow(refused('messages'));
  });
});

describe('checkedEvents', () => {
  it('keep each id once, and tell which is wrong', () => {
    expect(checkedEvents([event, { ...event, type: 'x' }, { ...event, id: 'f', userId: 'u' }])).toEqual([
      event,
      { ...event, id: 'f', userId: 'u' },
    ]);
    expect(() => checkedEvents([event, { ...event, at: '' }])).toThrow(refused('events[1].at'));
    expect(() => checkedEvents(Array.from({ length: MAX_EVENTS + 1 }, () => event))).toThrow(
      refused('events'),
    );
  });
});
