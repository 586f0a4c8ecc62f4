import { describe, expect, it } from '@jest/globals';
import { markitectFailure } from '../../markitect-failure.js';
import {
  add,
  claim,
  completed,
  hold,
  ids,
  iso,
  only,
  type OpenTaskQueue,
  taskQueueTests,
} from './contract-section.js';

/** Who gets which tasks, and when. */
export function describeClaiming(open: OpenTaskQueue): void {
  const test = taskQueueTests(open);

  describe('claiming', () => {
    it(
      'gives the highest priority first, then the oldest, with a lease and a new fence',
      test(async ({ queue, now }) => {
        const [low, first, second, high] = await add(
          queue,
          { priority: -5 },
          {},
          {},
          { priority: 10, payload: 'x' },
        );
        const taken = await claim(queue, { limit: 3 });
        expect(ids(taken)).toEqual([high, first, second]);
        expect(taken[0]).toEqual({
          ...(await queue.get(high ?? 0)),
          payload: 'x',
          status: 'running',
          fence: 1,
          attempts: 1,
          worker: 'w1',
          leaseUntil: iso(now() + 10_000),
          startedAt: iso(now()),
        });
        expect(ids(await claim(queue, { worker: 'w2' }))).toEqual([low]);
        expect(await claim(queue)).toEqual([]);
      }),
    );

    it(
      'gives every task as it is kept, whatever its texts and its failure are',
      test(async ({ queue, now }) => {
        const text = 'a "quoted" \\ line\nand \u2028 «more» 😀 \u0001';
        const payload = { [text]: [text, -1.5e-9, true, null, {}] };
        await add(queue, { payload, uniqueKey: text, limitKey: text }, { payload: text }, { payload: null });
        const [first, ...others] = await claim(queue);
        if (first === undefined) throw new Error('three were expected');
        expect([first, ...others].map((each) => each.payload)).toEqual([payload, text, null]);
        const failure = { code: 'TASK_FAILED', message: text };
        await queue.settle([{ ...hold(first), kind: 'failed', failure, retryAt: iso(now()) }]);
        const again = only(await claim(queue));
        expect(again).toMatchObject({ uniqueKey: text, limitKey: text, failure, payload });
        for (const task of [again, ...others]) expect(task).toEqual(await queue.get(task.id));
      }),
    );

    it(
      'gives a delayed task its place by priority once it is due',
      test(async ({ queue, now, advance }) => {
        const [plain, urgent] = await add(queue, {}, { priority: 9, runAt: iso(now() + 10) });
        advance(10);
        expect(ids(await claim(queue))).toEqual([urgent, plain]);
      }),
    );

    it(
      'gives each task to one of many who ask at the same time',
      test(async ({ queue }) => {
        await add(queue, ...Array.from({ length: 100 }, () => ({})));
        const taken = await Promise.all(
          Array.from({ length: 10 }, (_, index) => claim(queue, { worker: `w${index}`, limit: 15 })),
        );
        expect(new Set(ids(taken.flat())).size).toBe(100);
        expect(taken.flat()).toHaveLength(100);
      }),
    );

    it(
      'gives only the types that are asked for',
      test(async ({ queue }) => {
        const [, wanted, also] = await add(
          queue,
          { type: 'a', priority: 5 },
          { type: 'b' },
          { type: 'c', priority: 1 },
        );
        expect(ids(await claim(queue, { types: ['b', 'c', 'none'] }))).toEqual([also, wanted]);
        expect(await claim(queue, { types: [] })).toEqual([]);
      }),
    );

    it(
      'gives no task of a paused type until it is resumed; those that run go on',
      test(async ({ queue }) => {
        await add(queue, { type: 'a' }, { type: 'a' }, { type: 'b' });
        const running = only(await claim(queue, { limit: 1 }));
        await queue.pause('a');
        await queue.pause('a');
        expect((await claim(queue)).map(({ type }) => type)).toEqual(['b']);
        expect(await queue.settle([completed(running)])).toEqual([true]);
        expect(await claim(queue)).toEqual([]);
        await queue.resume('a');
        await queue.resume('never paused');
        expect((await claim(queue)).map(({ type }) => type)).toEqual(['a']);
      }),
    );

    it(
      'lets no more run at the same time than the limit of their key says, over types and workers',
      test(async ({ queue }) => {
        await queue.setLimit({ key: 'host', concurrency: 2 });
        const [a1, free, a2, b1] = await add(
          queue,
          { type: 'a', limitKey: 'host' },
          { type: 'a' },
          { type: 'a', limitKey: 'host' },
          { type: 'b', limitKey: 'host', priority: 1 },
        );
        const taken = await claim(queue);
        expect(ids(taken)).toEqual([b1, a1, free]);
        expect(await claim(queue, { worker: 'w2' })).toEqual([]);
        await queue.settle(taken.slice(0, 1).map(completed));
        expect(ids(await claim(queue, { worker: 'w2' }))).toEqual([a2]);
        expect(await queue.limits()).toEqual([{ key: 'host', concurrency: 2 }]);
      }),
    );

    it(
      'fills up with others where a limit leaves room',
      test(async ({ queue }) => {
        await queue.setLimit({ key: 'narrow', concurrency: 1 });
        const narrow = Array.from({ length: 20 }, () => ({ type: 'narrow', priority: 5 }));
        const [first] = await add(queue, ...narrow);
        const wide = await add(queue, { type: 'wide' }, { type: 'wide' }, { type: 'wide' });
        expect(ids(await claim(queue, { limit: 3 }))).toEqual([first, ...wide.slice(0, 2)]);
        await queue.setLimit({ key: 'narrow', concurrency: 3 });
        expect(await claim(queue, { limit: 3 })).toHaveLength(3);
        expect(await queue.removeLimit('narrow')).toBe(true);
        expect(await queue.removeLimit('narrow')).toBe(false);
        expect(await queue.limits()).toEqual([]);
        expect(await claim(queue, { limit: 100 })).toHaveLength(23 - 6);
      }),
    );

    it(
      'lets no more begin in a second than the rate of their key says, and does not hold up others',
      test(async ({ queue, advance }) => {
        await queue.setLimit({ key: 'slow', perSecond: 2 });
        const slow = Array.from({ length: 10 }, () => ({ type: 'slow', priority: 5 }));
        await add(queue, ...slow, { type: 'fast' }, { type: 'fast' });
        const types = async () => (await claim(queue, { limit: 2 })).map(({ type }) => type);
        expect(await types()).toEqual(['slow', 'fast']);
        expect(await types()).toEqual(['fast']);
        expect(await types()).toEqual([]);
        // The rate is kept in every window, a little lateness included.
        for (let permit = 0; permit < 5; permit += 1) {
          advance(499);
          expect(await types()).toEqual([]);
          advance(21);
          expect(await types()).toEqual(['slow']);
        }
        expect(await queue.limits()).toEqual([{ key: 'slow', perSecond: 2 }]);
        await queue.removeLimit('slow');
        expect(await claim(queue)).toHaveLength(4);
      }),
    );

    it(
      'lets a burst begin at once after a rest, where the limit has one',
      test(async ({ queue, advance }) => {
        await queue.setLimit({ key: 'mail.send', perSecond: 5, burst: 3, concurrency: 100 });
        await add(queue, ...Array.from({ length: 10 }, () => ({})));
        expect(await claim(queue)).toHaveLength(3);
        expect(await claim(queue)).toHaveLength(0);
        advance(250);
        expect(await claim(queue)).toHaveLength(1);
        await queue.setLimit({ key: 'mail.send', concurrency: 5 });
        expect(await claim(queue)).toHaveLength(1);
        expect(await queue.limits()).toEqual([{ key: 'mail.send', concurrency: 5 }]);
      }),
    );

    it(
      'refuses a claim and a limit that make no sense',
      test(async ({ queue }) => {
        const field = async (work: () => Promise<unknown>) => (await markitectFailure(work)).details;
        expect(await field(() => claim(queue, { limit: 0 }))).toMatchObject({ field: 'limit' });
        expect(await field(() => claim(queue, { limit: 1001 }))).toMatchObject({ field: 'limit' });
        expect(await field(() => claim(queue, { leaseMs: 0 }))).toMatchObject({ field: 'leaseMs' });
        expect(await field(() => claim(queue, { worker: '' }))).toMatchObject({ field: 'worker' });
        expect(await field(() => queue.setLimit({ key: 'k' }))).toMatchObject({ field: 'concurrency' });
      }),
    );

    it(
      'begins without the progress of the attempt before',
      test(async ({ queue }) => {
        await add(queue, {});
        const task = only(await claim(queue));
        await queue.report(hold(task), { done: 3 });
        await queue.settle([{ ...hold(task), kind: 'returned' }]);
        expect(only(await claim(queue)).progress).toBeUndefined();
      }),
    );
  });
}
