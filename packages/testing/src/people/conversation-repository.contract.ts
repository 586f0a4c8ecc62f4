import { describe, expect, it } from '@jest/globals';
import {
  type Conversation,
  type ConversationDraft,
  MAX_MESSAGE_LENGTH,
  MAX_MESSAGES,
  type Message,
  type MessageDraft,
} from '@markitect/domain';
import { conversationSequence, messageSequence } from '@markitect/ports';
import { allItems, allPages, forgedCursors } from '../documents/repository-contract/contract-section.js';
import { gathered } from '../gathered.js';
import { markitectFailure } from '../markitect-failure.js';
import { describeStreaming, type Streamed } from '../streaming.contract.js';
import {
  awkwardKeys,
  awkwardValue,
  messageOf,
  type OpenedConversations,
  peopleTests,
} from './people-contract.js';

/** What every ConversationRepository promises, and the replica store over the same conversations. */
export function describeConversationRepositoryContract(
  name: string,
  open: () => Promise<OpenedConversations>,
): void {
  const test = peopleTests(open);
  const idsOf = (items: readonly { readonly id: string }[]) => items.map(({ id }) => id);
  const time = (ms: number) => new Date(ms).toISOString();
  const draft = (id: string, userId = 'u1'): ConversationDraft => ({ id, userId });
  const early = '2020-02-29T04:05:06.007Z';

  describe(`${name} keeps the ConversationRepository contract`, () => {
    it(
      'begins a conversation, and gives it back',
      test(async ({ conversations, now }) => {
        const at = time(now());
        const begun = await conversations.create(draft('c1'));
        expect(begun).toEqual({
          id: 'c1',
          userId: 'u1',
          metadata: {},
          messages: 0,
          createdAt: at,
          updatedAt: at,
        });
        expect(await conversations.get('c1')).toEqual(begun);
        const full = {
          id: 'c2',
          userId: 'ü/2',
          title: "“It's” 日本語 😀",
          metadata: awkwardValue,
          createdAt: early,
        };
        expect(await conversations.create(full)).toEqual({ ...full, messages: 0, updatedAt: early });
        expect(await conversations.get('c2')).toEqual({ ...full, messages: 0, updatedAt: early });
        expect(await conversations.get('c3')).toBeUndefined();
        expect((await conversations.messages('c1')).items).toEqual([]);
      }),
    );

    it(
      'begins each but once, also at the same time',
      test(async ({ conversations }) => {
        const outcomes = await Promise.allSettled(
          Array.from({ length: 6 }, (_, index) => conversations.create(draft('c1', `u${index}`))),
        );
        expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
        await conversations.append('c1', [messageOf(1)]);
        const error = await markitectFailure(() => conversations.create(draft('c1', 'other')));
        expect(error).toMatchObject({ code: 'CONVERSATION_EXISTS', details: { id: 'c1' } });
        expect(await conversations.get('c1')).toMatchObject({ messages: 1 });
      }),
    );

    it(
      'appends messages in their order, and counts them',
      test(async ({ conversations, now, advance }) => {
        const { createdAt } = await conversations.create(draft('c1'));
        advance(1000);
        const at = time(now());
        const content = "It's “quoted” – 日本語 😀 %_\\ \u0000 end\n";
        const first = await conversations.append('c1', [
          { id: 'm1', role: 'user', content, metadata: awkwardValue, at: early },
          { id: '__proto__', role: 'assistant', content: '' },
        ]);
        expect(first).toEqual({
          id: 'c1',
          userId: 'u1',
          metadata: {},
          messages: 2,
          createdAt,
          updatedAt: at,
        });
        expect(await conversations.get('c1')).toEqual(first);
        expect((await conversations.append('c1', [messageOf(2)])).messages).toBe(3);
        expect((await conversations.messages('c1')).items).toEqual([
          { id: 'm1', position: 1, role: 'user', content, metadata: awkwardValue, at: early },
          { id: '__proto__', position: 2, role: 'assistant', content: '', metadata: {}, at },
          { id: 'm2', position: 3, role: 'user', content: 'message 2', metadata: {}, at },
        ] satisfies Message[]);
      }),
    );

    it(
      'is as old as the last that was said in it',
      test(async ({ conversations, advance }) => {
        const { createdAt } = await conversations.create({ ...draft('c1'), createdAt: early });
        expect(createdAt).toBe(early);
        advance(1000);
        const later = '2021-01-01T00:00:00.000Z';
        const latest = '2021-01-01T00:00:00.001Z';
        await conversations.append('c1', [messageOf(1, { at: latest }), messageOf(2, { at: later })]);
        expect((await conversations.get('c1'))?.updatedAt).toBe(latest);
        await conversations.append('c1', [messageOf(3, { at: later })]);
        expect((await conversations.get('c1'))?.updatedAt).toBe(latest);
      }),
    );

    it(
      'leaves messages out that it has, and those that come twice',
      test(async ({ conversations, advance }) => {
        await conversations.create(draft('c1'));
        await conversations.create(draft('c2'));
        const before = await conversations.append('c1', [messageOf(1), messageOf(2)]);
        await conversations.append('c2', [messageOf(2)]);
        advance(1000);
        expect(await conversations.append('c1', [messageOf(2, { content: 'other' })])).toEqual(before);
        expect(await conversations.append('c1', [])).toEqual(before);
        const after = await conversations.append('c1', [
          messageOf(3),
          messageOf(1, { content: 'other' }),
          messageOf(3, { content: 'other' }),
          messageOf(4),
        ]);
        expect(after.messages).toBe(4);
        const { items } = await conversations.messages('c1');
        expect(items.map(({ position, content }) => [position, content])).toEqual([
          [1, 'message 1'],
          [2, 'message 2'],
          [3, 'message 3'],
          [4, 'message 4'],
        ]);
        expect((await conversations.messages('c2')).items).toHaveLength(1);
      }),
    );

    it(
      'keeps positions without gaps when many append at the same time',
      test(async ({ conversations }) => {
        await conversations.create(draft('c1'));
        await conversations.create(draft('c2'));
        await Promise.all(
          Array.from({ length: 20 }, (_, index) =>
            conversations.append(index % 2 === 0 ? 'c1' : 'c2', [
              messageOf(index, { id: `a${index}` }),
              messageOf(index, { id: `b${index}` }),
              messageOf(0, { id: 'same' }),
            ]),
          ),
        );
        for (const id of ['c1', 'c2']) {
          const { items } = await conversations.messages(id);
          expect(items.map(({ position }) => position)).toEqual(Array.from({ length: 21 }, (_, n) => n + 1));
          expect(new Set(idsOf(items)).size).toBe(21);
          expect((await conversations.get(id))?.messages).toBe(21);
        }
      }),
    );

    it(
      'does not know conversations that are not there',
      test(async ({ conversations }) => {
        for (const call of [
          () => conversations.append('c1', [messageOf(1)]),
          () => conversations.append('c1', []),
          () => conversations.messages('c1'),
          () => gathered(conversations.streamMessages('c1')),
        ]) {
          expect(await markitectFailure(call)).toMatchObject({
            code: 'CONVERSATION_NOT_FOUND',
            details: { id: 'c1' },
          });
        }
        expect(await conversations.remove('c1')).toBe(false);
      }),
    );

    it(
      'removes a conversation with its messages',
      test(async ({ conversations }) => {
        for (const id of ['c1', 'c2']) {
          await conversations.create(draft(id));
          await conversations.append(id, [messageOf(1), messageOf(2)]);
        }
        expect(await conversations.remove('c1')).toBe(true);
        expect(await conversations.remove('c1')).toBe(false);
        expect(await conversations.get('c1')).toBeUndefined();
        expect(idsOf((await conversations.list({})).items)).toEqual(['c2']);
        await conversations.create(draft('c1'));
        expect((await conversations.messages('c1')).items).toEqual([]);
        expect((await conversations.messages('c2')).items).toHaveLength(2);
      }),
    );

    it(
      'keeps any id apart from all others, and lists by id, of one user or all, in pages',
      test(async ({ conversations }) => {
        const users = ['u1', 'U1', '😀'];
        const userOf = (index: number) => users[index % users.length] ?? '';
        for (const [index, id] of awkwardKeys.entries()) await conversations.create(draft(id, userOf(index)));
        for (const userId of [undefined, ...users, 'nobody', '']) {
          const query = userId === undefined ? {} : { userId };
          const all = awkwardKeys.filter((_, index) => userId === undefined || userOf(index) === userId);
          for (const limit of [1, 2, 7, 8, 500]) {
            const pages = await allPages((page) => conversations.list({ ...query, limit, ...page }));
            expect(pages.flatMap(({ items }) => idsOf(items))).toEqual(all);
            expect(pages).toHaveLength(Math.max(1, Math.ceil(all.length / limit)));
          }
          const streamed = await gathered(conversations.stream(query));
          expect(streamed).toEqual((await conversations.list({ ...query, limit: 500 })).items);
        }
      }),
    );

    it(
      'gives messages in pages, and those that came meanwhile',
      test(async ({ conversations }) => {
        await conversations.create(draft('c1'));
        const drafts = Array.from({ length: 12 }, (_, index) => messageOf(index));
        await conversations.append('c1', drafts);
        for (const limit of [1, 5, 6, 11, 12, 13]) {
          const pages = await allPages((page) => conversations.messages('c1', { limit, ...page }));
          expect(pages.flatMap(({ items }) => idsOf(items))).toEqual(idsOf(drafts));
          expect(pages).toHaveLength(Math.ceil(12 / limit));
        }
        const { nextCursor = '' } = await conversations.messages('c1', { limit: 11 });
        await conversations.append('c1', [messageOf(12)]);
        expect(idsOf((await conversations.messages('c1', { cursor: nextCursor })).items)).toEqual([
          'm11',
          'm12',
        ]);
      }),
    );

    describeStreaming('conversations', test, ({ conversations }): Streamed<Conversation> => ({
      add: (names) => Promise.all(names.map((id) => conversations.create(draft(id)))),
      stream: () => conversations.stream({}),
      nameOf: ({ id }) => id,
    }));

    describeStreaming(
      'the messages of a conversation',
      test,
      async ({ conversations }): Promise<Streamed<Message>> => {
        for (const id of ['c0', 'c1', 'c2']) await conversations.create(draft(id));
        await conversations.append('c0', [messageOf(1)]);
        return {
          add: async (names) => {
            const messages = names.map((id) => messageOf(1, { id }));
            for (let at = 0; at < messages.length; at += MAX_MESSAGES) {
              await conversations.append('c1', messages.slice(at, at + MAX_MESSAGES));
            }
          },
          stream: () => conversations.streamMessages('c1'),
          nameOf: ({ id }) => id,
        };
      },
    );

    it(
      'refuses cursors that are none, or of another query, and gives those of its port',
      test(async ({ conversations }) => {
        for (const id of ['c1', 'c2', 'c3']) {
          await conversations.create(draft(id));
          await conversations.append(id, [messageOf(1), messageOf(2)]);
        }
        const listed = await conversations.list({ limit: 1 });
        const said = await conversations.messages('c1', { limit: 1 });
        const { nextCursor = '' } = listed;
        const { nextCursor: next = '' } = said;
        const all = (await conversations.list({})).items;
        expect(nextCursor).toBe(conversationSequence({ limit: 1 }).page(all).nextCursor);
        const messages = await allItems((page) => conversations.messages('c1', page));
        expect(next).toBe(messageSequence('c1', { limit: 1 }).page(messages).nextCursor);
        for (const call of [
          ...forgedCursors(nextCursor).map((cursor) => () => conversations.list({ cursor })),
          ...forgedCursors(next).map((cursor) => () => conversations.messages('c1', { cursor })),
          () => conversations.list({ userId: 'u1', cursor: nextCursor }),
          () => conversations.messages('c2', { cursor: next }),
        ]) {
          expect((await markitectFailure(call)).code).toBe('CURSOR_INVALID');
        }
      }),
    );

    it.each<[string, (opened: OpenedConversations) => Promise<unknown>]>([
      ['id', ({ conversations }) => conversations.create(draft(''))],
      ['id', ({ conversations }) => conversations.get('a\u0000')],
      ['id', ({ conversations }) => conversations.append('\ud800', [])],
      ['id', ({ conversations }) => conversations.messages('x'.repeat(201))],
      ['id', ({ conversations }) => gathered(conversations.streamMessages('a\u0000'))],
      ['id', ({ conversations }) => conversations.remove('')],
      ['userId', ({ conversations }) => conversations.create(draft('c2', ''))],
      ['title', ({ conversations }) => conversations.create({ ...draft('c2'), title: 'a\nb' })],
      ['metadata', ({ conversations }) => conversations.create({ ...draft('c2'), metadata: [] as never })],
      [
        'createdAt',
        ({ conversations }) =>
          conversations.create({ ...draft('c2'), createdAt: '2026-02-30T00:00:00.000Z' }),
      ],
      ['userId', ({ conversations }) => conversations.list({ userId: '\ud800' })],
      ['userId', ({ conversations }) => gathered(conversations.stream({ userId: '\ud800' }))],
      ['limit', ({ conversations }) => conversations.list({ limit: 501 })],
      ['limit', ({ conversations }) => conversations.messages('c1', { limit: 0 })],
      ...wrongMessages.map(
        ([field, message]): [string, (opened: OpenedConversations) => Promise<unknown>] => [
          `messages[1].${field}`,
          ({ conversations }) => conversations.append('c1', [messageOf(1), message]),
        ],
      ),
      [
        'messages',
        ({ conversations }) =>
          conversations.append(
            'c1',
            Array.from({ length: MAX_MESSAGES + 1 }, (_, n) => messageOf(n)),
          ),
      ],
    ])('refuses a wrong %s', (field, call) =>
      test(async (opened) => {
        const begun = await opened.conversations.create(draft('c1'));
        const error = await markitectFailure(() => call(opened));
        expect(error).toMatchObject({ code: 'REQUEST_INVALID', details: { field } });
        expect((await opened.conversations.list({})).items).toEqual([begun]);
      })(),
    );

    it(
      'does not share what it keeps',
      test(async ({ conversations }) => {
        const tags = ['a'];
        const begun = await conversations.create({ ...draft('c1'), metadata: { tags } });
        tags.push('b');
        (begun.metadata.tags as string[]).push('c');
        expect((await conversations.get('c1'))?.metadata).toEqual({ tags: ['a'] });
        await conversations.append('c1', [messageOf(1, { metadata: { tags } })]);
        tags.push('d');
        expect((await conversations.messages('c1')).items[0]?.metadata).toEqual({ tags: ['a', 'b'] });
      }),
    );

    it(
      'is copied as it is, and goes on from there',
      test(async ({ conversations, replicas }) => {
        const conversation: Conversation = {
          id: 'c1',
          userId: 'u1',
          title: 'A title',
          metadata: { a: 1 },
          messages: 2,
          createdAt: early,
          updatedAt: '2022-02-03T04:05:06.789Z',
        };
        const messages = [1, 2].map((position) => ({
          ...messageOf(position),
          position,
          metadata: {},
          at: early,
        }));
        await replicas.write([{ key: 'c1', state: { ...conversation, messages } }]);
        expect(await conversations.get('c1')).toEqual(conversation);
        expect((await conversations.messages('c1')).items).toEqual(messages);
        const changed = await conversations.append('c1', [messageOf(2), messageOf(3, { at: early })]);
        expect(changed).toEqual({ ...conversation, messages: 3 });
        const { items } = await conversations.messages('c1');
        expect(await replicas.read(['c1'])).toEqual([
          { key: 'c1', state: { ...conversation, messages: items.map((each) => ({ ...each })) } },
        ]);
        await replicas.write([{ key: 'c1', state: undefined }]);
        expect(await conversations.get('c1')).toBeUndefined();
        await conversations.create(draft('c1'));
        expect((await conversations.messages('c1')).items).toEqual([]);
      }),
    );
  });
}

const wrongMessages: readonly [string, MessageDraft][] = [
  ['id', messageOf(2, { id: '' })],
  ['role', messageOf(2, { role: 'a\nb' })],
  ['content', messageOf(2, { content: 'x'.repeat(MAX_MESSAGE_LENGTH + 1) })],
  ['content', messageOf(2, { content: '\ud800' })],
  ['metadata', messageOf(2, { metadata: [] as never })],
  ['at', messageOf(2, { at: 'now' })],
];
