import { describe, expect, it } from '@jest/globals';
import { markitectFailure } from '../../markitect-failure.js';
import {
  add,
  claim,
  completed,
  ids,
  iso,
  only,
  type OpenTaskQueue,
  taskQueueTests,
} from './contract-section.js';

/** What becomes of drafts. */
export function describeEnqueueing(open: OpenTaskQueue): void {
  const test = taskQueueTests(open);

  describe('enqueueing', () => {
    it(
      'answers with new numbers in the order of the drafts, and fills in the defaults',
      test(async ({ queue, now }) => {
        const added = await queue.enqueue([{ type: 'mail.send', payload: { to: 'ada' } }, { type: 'other' }]);
        expect(added.map(({ isNew }) => isNew)).toEqual([true, true]);
        const [first, second] = added.map(({ id }) => id);
        expect(second).toBe((first ?? 0) + 1);
        expect(await queue.get(first ?? 0)).toEqual({
          id: first,
          type: 'mail.send',
          payload: { to: 'ada' },
          status: 'waiting',
          priority: 0,
          runAt: iso(now()),
          attempts: 0,
          maxAttempts: 5,
          limitKey: 'mail.send',
          fence: 0,
          createdAt: iso(now()),
          updatedAt: iso(now()),
        });
        expect(await queue.get(second ?? 0)).toMatchObject({ payload: null, limitKey: 'other' });
        expect(await queue.get(1e9)).toBeUndefined();
        expect(await queue.enqueue([])).toEqual([]);
      }),
    );

    it.each([
      ['nothing', null],
      ['a text', 'he said "no"\n\u0000 ☃ \u2028'],
      ['a number', -12.5],
      ['a truth value', true],
      ['a list', [1, 'two', null, [false]]],
      ['an object', { a: { b: ['c'], "it's": '\\' }, empty: {} }],
    ])('gives back the payload as it was: %s', (_, payload) =>
      test(async ({ queue }) => {
        const [alone] = await add(queue, { payload });
        const many = await add(queue, ...Array.from({ length: 70 }, () => ({ payload })));
        const mixed = await add(queue, { payload, priority: 3 }, { payload, uniqueKey: 'k' });
        for (const id of [alone ?? 0, many[69] ?? 0, ...mixed]) {
          expect((await queue.get(id))?.payload).toEqual(payload);
        }
      })(),
    );

    it(
      'adds thousands in their order',
      test(async ({ queue }) => {
        const drafts = Array.from({ length: 4500 }, (_, index) => ({ payload: index }));
        const added = await add(queue, ...drafts);
        expect(added).toEqual(added.map((_, index) => (added[0] ?? 0) + index));
        expect((await queue.get(added[4321] ?? 0))?.payload).toBe(4321);
        const mixed = await add(queue, ...drafts.map((draft, index) => ({ ...draft, priority: index % 3 })));
        expect((await queue.get(mixed[4400] ?? 0))?.payload).toBe(4400);
        expect(new Set([...added, ...mixed]).size).toBe(9000);
      }),
    );

    it(
      'keeps tasks for later until they are due',
      test(async ({ queue, now, advance }) => {
        const [later, soon] = await add(queue, { runAt: iso(now() + 60_000) }, { runAt: iso(now() + 1000) });
        expect((await queue.get(later ?? 0))?.status).toBe('delayed');
        expect(await claim(queue)).toEqual([]);
        expect(await queue.nextDue()).toBe(iso(now() + 1000));
        advance(1000);
        expect(ids(await claim(queue))).toEqual([soon]);
        expect(await queue.nextDue()).toBe(iso(now() + 59_000));
        advance(59_000);
        expect(ids(await claim(queue))).toEqual([later]);
        expect(await queue.nextDue()).toBeUndefined();
      }),
    );

    it(
      'adds none for a unique key that an unfinished task has, whether it is delayed, waits or runs',
      test(async ({ queue, now, advance }) => {
        const first = only(await queue.enqueue([{ type: 'a', uniqueKey: 'k', runAt: iso(now() + 5) }]));
        const again = () => queue.enqueue([{ type: 'b', uniqueKey: 'k', priority: 7 }]);
        expect(await again()).toEqual([{ id: first.id, isNew: false }]);
        advance(5);
        const task = only(await claim(queue));
        expect(task).toMatchObject({ id: first.id, type: 'a', uniqueKey: 'k' });
        expect(await again()).toEqual([{ id: first.id, isNew: false }]);
        await queue.settle([completed(task)]);
        const next = only(await again());
        expect(next.isNew).toBe(true);
        expect(next.id).toBeGreaterThan(first.id);
        await queue.cancel(next.id);
        expect(only(await again()).isNew).toBe(true);
      }),
    );

    it(
      'adds one for a unique key that several drafts have, among others',
      test(async ({ queue }) => {
        const [taken] = await add(queue, { uniqueKey: 'old' });
        const added = await queue.enqueue([
          { type: 'a' },
          { type: 'a', uniqueKey: 'new' },
          { type: 'a', uniqueKey: 'old' },
          { type: 'b', uniqueKey: 'new' },
          { type: 'c' },
        ]);
        expect(added.map(({ isNew }) => isNew)).toEqual([true, true, false, false, true]);
        expect(added[2]?.id).toBe(taken);
        expect(added[3]?.id).toBe(added[1]?.id);
        expect(await Promise.all(added.map(async ({ id }) => (await queue.get(id))?.type))).toEqual([
          'a',
          'a',
          'mail.send',
          'a',
          'c',
        ]);
      }),
    );

    it(
      'adds one for a unique key that many callers have at the same time',
      test(async ({ queue }) => {
        const added = await Promise.all(
          Array.from({ length: 20 }, () => queue.enqueue([{ type: 'a', uniqueKey: 'k' }])),
        );
        expect(new Set(added.flat().map(({ id }) => id)).size).toBe(1);
        expect(added.flat().filter(({ isNew }) => isNew)).toHaveLength(1);
      }),
    );

    it(
      'adds all or none, and names the field of a draft that is wrong',
      test(async ({ queue }) => {
        const failure = await markitectFailure(() => add(queue, {}, { priority: 1.5 }));
        expect(failure).toMatchObject({ code: 'REQUEST_INVALID', details: { field: 'priority' } });
        const { details } = await markitectFailure(() => add(queue, { type: 'not a type' }));
        expect(details).toMatchObject({ field: 'type' });
        expect((await queue.list({})).items).toEqual([]);
      }),
    );

    it(
      'gives each of many callers its own',
      test(async ({ queue }) => {
        const added = await Promise.all(
          Array.from({ length: 100 }, (_, index) => queue.enqueue([{ type: 'a', payload: index }])),
        );
        const tasks = await Promise.all(added.map((each) => queue.get(only(each).id)));
        expect(tasks.map((task) => task?.payload)).toEqual(added.map((_, index) => index));
      }),
    );
  });
}
