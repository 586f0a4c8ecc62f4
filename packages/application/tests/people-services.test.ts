import { beforeEach, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@markitect/domain';
import type { RecordRepository } from '@markitect/ports';
import {
  InMemoryAnalyticsRepository,
  InMemoryConversationRepository,
  InMemoryRecordRepository,
  markitectFailure,
} from '@markitect/testing';
import { AnalyticsService } from '../src/people/analytics-service.js';
import { ConversationService } from '../src/people/conversation-service.js';
import { RecordService } from '../src/people/record-service.js';

const now = new Date('2026-11-21T08:00:00.000Z');
const at = now.toISOString();
const reached = () => {
  throw new Error('the store was asked');
};
let ids: number;
const options = { now: () => now, newId: () => `id-${(ids += 1)}` };
beforeEach(() => void (ids = 0));

describe('records', () => {
  const open = () => new RecordService({ records: new InMemoryRecordRepository() }, { noun: 'user' });

  it('are saved, patched, listed and removed', async () => {
    const users = open();
    await users.save('u1', { name: 'Ada', city: 'London' }, 0);
    expect(await users.patch('u1', { city: null }, 1)).toMatchObject({ value: { name: 'Ada' }, version: 2 });
    expect((await users.get('u1')).version).toBe(2);
    expect(await users.find('u2')).toBeUndefined();
    expect((await users.list({ prefix: 'u' })).items).toHaveLength(1);
    for await (const { key } of users.stream()) expect(key).toBe('u1');
    expect(await users.count()).toBe(1);
    await users.remove('u1', 2);
    expect(await users.count()).toBe(0);
  });

  it('that are not there are told by what they are', async () => {
    const users = open();
    for (const call of [() => users.get('u1'), () => users.remove('u1')]) {
      expect(await markitectFailure(call)).toMatchObject({
        code: 'RECORD_NOT_FOUND',
        message: 'there is no user u1',
        details: { key: 'u1' },
      });
    }
    expect((await markitectFailure(() => users.patch('u1', {}))).code).toBe('RECORD_NOT_FOUND');
  });

  it('that are wrong never reach the store', async () => {
    const users = new RecordService(
      { records: new Proxy({} as RecordRepository, { get: () => reached }) },
      { noun: 'user' },
    );
    const list = [] as never as JsonObject;
    for (const [field, call] of [
      ['key', () => users.get('')],
      ['key', () => users.save('', {})],
      ['value', () => users.save('u1', list)],
      ['patch', () => users.patch('u1', list)],
      ['key', () => users.remove('a\nb')],
    ] as const) {
      expect((await markitectFailure(call)).details).toMatchObject({ field });
    }
  });
});

describe('conversations', () => {
  const open = () =>
    new ConversationService({ conversations: new InMemoryConversationRepository() }, options);

  it('get ids and times where none are given', async () => {
    const conversations = open();
    const begun = await conversations.create({ userId: 'u1' });
    expect(begun).toMatchObject({ id: 'id-1', createdAt: at, messages: 0 });
    const said = await conversations.say('id-1', [
      { role: 'user', content: 'Hello' },
      { role: 'assistant', content: 'Hi', id: 'mine', at: '2026-11-21T09:00:00.000Z' },
    ]);
    expect(said).toMatchObject({ messages: 2, updatedAt: '2026-11-21T09:00:00.000Z' });
    expect((await conversations.messages('id-1')).items).toMatchObject([
      { id: 'id-2', position: 1, at },
      { id: 'mine', position: 2 },
    ]);
    expect((await conversations.say('id-1', [{ role: 'user', content: '', id: 'mine' }])).messages).toBe(2);
    expect((await conversations.list({ userId: 'u1' })).items).toHaveLength(1);
    await conversations.remove('id-1');
  });

  it('that are not there are told', async () => {
    const conversations = open();
    for (const call of [
      () => conversations.get('c1'),
      () => conversations.say('c1', []),
      () => conversations.messages('c1'),
      () => conversations.remove('c1'),
    ]) {
      expect((await markitectFailure(call)).code).toBe('CONVERSATION_NOT_FOUND');
    }
  });
});

describe('events', () => {
  it('get ids and times where none are given, and are counted', async () => {
    const analytics = new AnalyticsService({ analytics: new InMemoryAnalyticsRepository() }, options);
    const mine = { id: 'mine', type: 'login', userId: 'u1' };
    expect(await analytics.append([{ type: 'login' }, mine, mine])).toEqual({ appended: 2, known: 1 });
    expect(await analytics.append([mine])).toEqual({ appended: 0, known: 1 });
    expect((await analytics.list({ userId: 'u1' })).items).toEqual([{ ...mine, at, properties: {} }]);
    expect(await analytics.count()).toBe(2);
    expect(await analytics.count({ since: '2026-11-21T08:00:00.001Z' })).toBe(0);
    for await (const { id } of analytics.stream({ userId: 'u1' })) expect(id).toBe('mine');
    expect(await analytics.remove(['mine', 'nowhere'])).toBe(1);
  });
});
