import { describe, expect, it } from '@jest/globals';
import type { JsonValue } from '@markitect/domain';
import { conversationOfEntry, eventOfEntry, recordOfEntry, replicaEntry } from './replica-states.js';

const at = '2026-01-01T00:00:00.000Z';
const times = { createdAt: at, updatedAt: at };
const record = { key: 'k', value: { a: 1 }, version: 2, ...times };
const message = { id: 'm', position: 1, role: 'user', content: '', metadata: {}, at };
const conversation = { id: 'k', userId: 'u', title: 'T', metadata: {}, ...times, messages: [message] };
const event = { id: 'k', type: 't', userId: 'u', at, properties: {} };

describe.each([
  ['record', recordOfEntry, record],
  ['conversation', conversationOfEntry, conversation],
  ['event', eventOfEntry, event],
] as const)('the state of a %s', (_, ofEntry, state) => {
  it('is read as it was written, or as nothing', () => {
    expect(ofEntry(replicaEntry('k', state as never))).toEqual(state);
    expect(ofEntry(replicaEntry('k', undefined))).toBeUndefined();
    expect(ofEntry({ key: 'k', state: { ...state, more: 1 } })).toEqual(state);
  });

  it('is refused with the field that is wrong, whichever it is', () => {
    for (const [field, value] of Object.entries<JsonValue>(state)) {
      const isOptional = field === 'title' || (field === 'userId' && 'properties' in state);
      const others = Object.fromEntries(Object.entries<JsonValue>(state).filter(([name]) => name !== field));
      const wrong: JsonValue = typeof value === 'string' ? 7 : 'x';
      for (const bad of [{ ...state, [field]: wrong }, ...(isOptional ? [] : [others])]) {
        expect(() => ofEntry({ key: 'k', state: bad })).toThrow(
          expect.objectContaining({ code: 'REQUEST_INVALID' }),
        );
      }
    }
    for (const bad of [null, 1, 'x', []]) {
      expect(() => ofEntry({ key: 'k', state: bad })).toThrow('has not the form');
    }
  });
});

it.each<[object]>([
  [{ ...message, position: 2 }],
  [{ ...message, content: '\ud800' }],
  [{ ...message, at: '2026-01-01' }],
])('a conversation with the message %j is refused', (bad) => {
  expect(() =>
    conversationOfEntry({ key: 'k', state: { ...conversation, messages: [bad as JsonValue] } }),
  ).toThrow(expect.objectContaining({ details: expect.objectContaining({ key: 'k' }) as unknown }));
});
