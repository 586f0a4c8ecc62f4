import { describe, expect, it } from '@jest/globals';
import {
  add,
  claim,
  completed,
  failed,
  hold,
  ids,
  iso,
  only,
  type OpenTaskQueue,
  taskQueueTests,
} from './contract-section.js';

/** How attempts end, and who may end them. */
export function describeSettling(open: OpenTaskQueue): void {
  const test = taskQueueTests(open);

  describe('settling', () => {
    it(
      'completes a task with its result, once',
      test(async ({ queue, now, advance }) => {
        const [id] = await add(queue, {});
        const task = only(await claim(queue));
        advance(500);
        expect(await queue.settle([{ ...completed(task), result: { sent: 2 } }])).toEqual([true]);
        const done = await queue.get(id ?? 0);
        expect(done).toMatchObject({
          status: 'completed',
          result: { sent: 2 },
          finishedAt: iso(now()),
          attempts: 1,
        });
        expect(done).not.toHaveProperty('worker');
        expect(done).not.toHaveProperty('leaseUntil');
        expect(await queue.settle([completed(task)])).toEqual([false]);
        expect(await queue.heartbeat([hold(task)], 1000)).toEqual(['lost']);
        expect(await queue.report(hold(task), { done: 1 })).toBe(false);
      }),
    );

    it(
      'lets a failed task wait until its time, and then be tried again',
      test(async ({ queue, now, advance }) => {
        await add(queue, { maxAttempts: 3 });
        const first = only(await claim(queue));
        await queue.settle([failed(first, iso(now() + 2000))]);
        expect(await queue.get(first.id)).toMatchObject({
          status: 'delayed',
          runAt: iso(now() + 2000),
          failure: { code: 'TASK_FAILED', message: 'no luck', at: iso(now()) },
        });
        expect(await claim(queue)).toEqual([]);
        advance(2000);
        const second = only(await claim(queue));
        expect(second).toMatchObject({ attempts: 2, fence: 2, failure: { message: 'no luck' } });
        await queue.settle([failed(second, iso(now()))]);
        const third = only(await claim(queue));
        expect(third.attempts).toBe(3);
        await queue.settle([completed(third)]);
        expect(await queue.get(first.id)).not.toHaveProperty('failure');
      }),
    );

    it(
      'makes a task dead when no attempt is left, or none is wanted',
      test(async ({ queue, now }) => {
        const [last, hopeless] = await add(queue, { maxAttempts: 1 }, { maxAttempts: 9 });
        const [one, other] = await claim(queue);
        if (one === undefined || other === undefined) throw new Error('two were expected');
        expect(await queue.settle([failed(one, iso(now() + 10)), failed(other)])).toEqual([true, true]);
        for (const id of [last, hopeless]) {
          expect(await queue.get(id ?? 0)).toMatchObject({
            status: 'dead',
            finishedAt: iso(now()),
            failure: { code: 'TASK_FAILED' },
          });
        }
        expect(await claim(queue)).toEqual([]);
      }),
    );

    it(
      'does not count an attempt that is given back, and takes its fence',
      test(async ({ queue }) => {
        await add(queue, { maxAttempts: 1 });
        const task = only(await claim(queue));
        expect(await queue.settle([{ ...hold(task), kind: 'returned' }])).toEqual([true]);
        expect(await queue.get(task.id)).toMatchObject({ status: 'waiting', attempts: 0 });
        const again = only(await claim(queue, { worker: 'w2' }));
        expect(again).toMatchObject({ attempts: 1, fence: 2, worker: 'w2' });
        expect(await queue.settle([completed(task)])).toEqual([false]);
        expect(await queue.settle([completed(again)])).toEqual([true]);
      }),
    );

    it(
      'takes many outcomes at once, and answers for each whether it was held',
      test(async ({ queue, now }) => {
        await add(queue, {}, {}, {}, {});
        const [a, b, c, d] = await claim(queue);
        if (a === undefined || b === undefined || c === undefined || d === undefined) throw new Error('four');
        const outcomes = [
          completed(a),
          { ...completed(b), fence: 7 },
          failed(c, iso(now() + 1)),
          { ...hold(d), kind: 'cancelled' } as const,
          completed(a),
          { id: 1e9, fence: 1, kind: 'completed' } as const,
        ];
        expect(await queue.settle(outcomes)).toEqual([true, false, true, true, false, false]);
        const statuses = await Promise.all([a, b, c, d].map(async ({ id }) => (await queue.get(id))?.status));
        expect(statuses).toEqual(['completed', 'running', 'delayed', 'cancelled']);
        expect(await queue.settle([])).toEqual([]);
      }),
    );

    it(
      'tells the good hold from a stale one when both report at the same time',
      test(async ({ queue, advance }) => {
        await add(queue, {});
        const stale = only(await claim(queue));
        advance(10_001);
        await queue.rescue();
        const good = only(await claim(queue, { worker: 'w2' }));
        const answers = await Promise.all([
          queue.settle([{ ...completed(stale), result: 'stale' }]),
          queue.settle([{ ...completed(good), result: 'good' }]),
        ]);
        expect(answers).toEqual([[false], [true]]);
        expect((await queue.get(good.id))?.result).toBe('good');
      }),
    );
  });

  describe('a lease', () => {
    it(
      'is extended by a heartbeat, which learns of lost holds and of cancellations',
      test(async ({ queue, now, advance }) => {
        await add(queue, {}, {}, {});
        const [kept, cancelled, lost] = await claim(queue);
        if (kept === undefined || cancelled === undefined || lost === undefined) throw new Error('three');
        await queue.cancel(cancelled.id);
        advance(9000);
        const holds = [hold(lost), hold(kept), { ...hold(lost), fence: 99 }, hold(cancelled)];
        await queue.settle([completed(lost)]);
        expect(await queue.heartbeat(holds, 10_000)).toEqual(['lost', 'held', 'lost', 'cancel-requested']);
        expect((await queue.get(kept.id))?.leaseUntil).toBe(iso(now() + 10_000));
        advance(9000);
        expect(await queue.rescue()).toBe(0);
        expect(await queue.heartbeat([], 1000)).toEqual([]);
      }),
    );

    it(
      'that has run out is taken away: the task waits again, and who held it can do nothing any more',
      test(async ({ queue, now, advance }) => {
        await add(queue, {});
        const task = only(await claim(queue));
        advance(10_000);
        expect(await queue.rescue()).toBe(0);
        advance(1);
        expect(await queue.rescue()).toBe(1);
        expect(await queue.rescue()).toBe(0);
        const waiting = await queue.get(task.id);
        expect(waiting).toMatchObject({
          status: 'waiting',
          attempts: 1,
          failure: { code: 'TASK_STALLED', at: iso(now()) },
        });
        expect(waiting).not.toHaveProperty('worker');
        expect(await queue.heartbeat([hold(task)], 1000)).toEqual(['lost']);
        expect(await queue.settle([completed(task)])).toEqual([false]);
        expect(await queue.report(hold(task), { done: 1 })).toBe(false);
        const again = only(await claim(queue, { worker: 'w2' }));
        expect(again.fence).toBe(2);
        expect(await queue.settle([completed(task)])).toEqual([false]);
        expect(await queue.settle([completed(again)])).toEqual([true]);
      }),
    );

    it(
      'that has run out and was not taken away is still good',
      test(async ({ queue, advance }) => {
        await add(queue, {});
        const task = only(await claim(queue));
        advance(60_000);
        expect(await queue.heartbeat([hold(task)], 10_000)).toEqual(['held']);
        expect(await queue.rescue()).toBe(0);
        expect(await queue.settle([completed(task)])).toEqual([true]);
      }),
    );

    it(
      'that runs out in the last attempt makes the task dead, or cancelled where that was wanted',
      test(async ({ queue, advance }) => {
        const [dead, cancelled, stopped] = await add(queue, { maxAttempts: 1 }, { maxAttempts: 1 }, {});
        await claim(queue);
        await queue.cancel(cancelled ?? 0);
        await queue.cancel(stopped ?? 0);
        advance(10_001);
        expect(await queue.rescue()).toBe(3);
        expect(await queue.get(dead ?? 0)).toMatchObject({
          status: 'dead',
          failure: { code: 'TASK_STALLED' },
        });
        expect((await queue.get(cancelled ?? 0))?.status).toBe('cancelled');
        expect(await queue.get(stopped ?? 0)).not.toHaveProperty('isCancelRequested');
        expect(await claim(queue)).toEqual([]);
      }),
    );

    it(
      'lets progress be reported',
      test(async ({ queue }) => {
        await add(queue, {});
        const task = only(await claim(queue));
        expect(await queue.report(hold(task), { done: 3, total: 10, note: 'half "way"' })).toBe(true);
        expect((await queue.get(task.id))?.progress).toEqual({ done: 3, total: 10, note: 'half "way"' });
        expect(await queue.report({ ...hold(task), fence: 9 }, { done: 4 })).toBe(false);
        expect((await queue.get(task.id))?.progress).toMatchObject({ done: 3 });
        expect(ids(await claim(queue))).toEqual([]);
      }),
    );
  });
}
