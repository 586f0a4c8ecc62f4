import { describe, expect, it } from '@jest/globals';
import { markitectFailure } from '../../markitect-failure.js';
import {
  add,
  claim,
  completed,
  failed,
  ids,
  iso,
  only,
  type OpenTaskQueue,
  taskQueueTests,
} from './contract-section.js';

/** What people do with tasks that are there. */
export function describeAdministering(open: OpenTaskQueue): void {
  const test = taskQueueTests(open);
  const codeOf = async (work: () => Promise<unknown>) => (await markitectFailure(work)).code;

  describe('cancelling', () => {
    it(
      'ends a task that has not begun at once',
      test(async ({ queue, now }) => {
        const [waiting, delayed] = await add(queue, {}, { runAt: iso(now() + 1000) });
        for (const id of [waiting, delayed]) {
          expect(await queue.cancel(id ?? 0)).toMatchObject({ status: 'cancelled', finishedAt: iso(now()) });
        }
        expect(await claim(queue)).toEqual([]);
        expect(await queue.nextDue()).toBeUndefined();
      }),
    );

    it(
      'asks the worker of a running task to stop; whatever it does then but completing it ends it',
      test(async ({ queue, now }) => {
        await add(queue, {}, {}, {}, {});
        const tasks = await claim(queue);
        for (const { id } of tasks) {
          expect(await queue.cancel(id)).toMatchObject({ status: 'running', isCancelRequested: true });
          expect((await queue.cancel(id)).isCancelRequested).toBe(true);
        }
        const [a, b, c, d] = tasks;
        if (a === undefined || b === undefined || c === undefined || d === undefined) throw new Error('four');
        await queue.settle([
          completed(a),
          failed(b, iso(now() + 10)),
          { id: c.id, fence: c.fence, kind: 'returned' },
          { id: d.id, fence: d.fence, kind: 'cancelled' },
        ]);
        const ended = await Promise.all([a, b, c, d].map(({ id }) => queue.get(id)));
        expect(ended.map((task) => task?.status)).toEqual([
          'completed',
          'cancelled',
          'cancelled',
          'cancelled',
        ]);
        expect(ended.map((task) => task?.isCancelRequested)).toEqual(Array(4).fill(undefined));
      }),
    );

    it(
      'refuses a task that is over, or that there is not',
      test(async ({ queue }) => {
        const [id] = await add(queue, {});
        await queue.settle([completed(only(await claim(queue)))]);
        expect(await codeOf(() => queue.cancel(id ?? 0))).toBe('TASK_STATE_INVALID');
        expect(await codeOf(() => queue.cancel(1e9))).toBe('TASK_NOT_FOUND');
      }),
    );
  });

  describe('retrying', () => {
    it(
      'makes a dead, a cancelled and a delayed task wait with all attempts',
      test(async ({ queue, now }) => {
        const [dead, cancelled, delayed] = await add(
          queue,
          { maxAttempts: 1 },
          {},
          { runAt: iso(now() + 60_000) },
        );
        await queue.cancel(cancelled ?? 0);
        await queue.settle([failed(only(await claim(queue)))]);
        for (const id of [dead, cancelled, delayed]) {
          const task = await queue.retry(id ?? 0);
          expect(task).toMatchObject({ id, status: 'waiting', attempts: 0, runAt: iso(now()) });
          expect(task).not.toHaveProperty('finishedAt');
        }
        const again = await claim(queue);
        expect(ids(again)).toEqual([dead, cancelled, delayed]);
        expect(again[0]).toMatchObject({ attempts: 1, fence: 2 });
      }),
    );

    it(
      'refuses one that waits, runs or is completed, or that there is not',
      test(async ({ queue }) => {
        const [id = 0] = await add(queue, {});
        expect(await codeOf(() => queue.retry(id))).toBe('TASK_STATE_INVALID');
        const task = only(await claim(queue));
        expect(await codeOf(() => queue.retry(id))).toBe('TASK_STATE_INVALID');
        await queue.settle([completed(task)]);
        expect(await codeOf(() => queue.retry(id))).toBe('TASK_STATE_INVALID');
        expect(await codeOf(() => queue.retry(1e9))).toBe('TASK_NOT_FOUND');
      }),
    );

    it(
      'refuses one whose unique key another has meanwhile, and changes nothing',
      test(async ({ queue, now }) => {
        const [old = 0] = await add(queue, { uniqueKey: 'k' });
        await queue.cancel(old);
        const [young = 0] = await add(queue, { uniqueKey: 'k' });
        const failure = await markitectFailure(() => queue.retry(old));
        expect(failure).toMatchObject({ code: 'TASK_KEY_TAKEN', details: { holder: young } });
        expect((await queue.get(old))?.status).toBe('cancelled');
        await queue.cancel(young);
        expect((await queue.retry(old)).status).toBe('waiting');
        const [own = 0] = await add(queue, { uniqueKey: 'mine', runAt: iso(now() + 1000) });
        expect((await queue.retry(own)).status).toBe('waiting');
      }),
    );
  });

  describe('redriving', () => {
    it(
      'makes dead tasks wait, the oldest first, of one type where that is asked',
      test(async ({ queue }) => {
        const all = await add(
          queue,
          { type: 'a' },
          { type: 'b' },
          { type: 'a' },
          { type: 'a' },
          { type: 'a' },
        );
        await queue.settle((await claim(queue, { limit: 4 })).map((task) => failed(task)));
        await queue.cancel(all[4] ?? 0);
        expect(await queue.redrive({ type: 'a', limit: 1 })).toBe(1);
        expect(ids(await claim(queue))).toEqual([all[0]]);
        expect(await queue.redrive({})).toBe(3);
        expect(await queue.redrive({})).toBe(0);
        const again = await claim(queue);
        expect(ids(again)).toEqual(all.slice(1, 4));
        expect(again[0]).toMatchObject({ attempts: 1, fence: 2 });
        expect((await queue.get(all[4] ?? 0))?.status).toBe('cancelled');
      }),
    );

    it(
      'leaves those dead whose unique key is taken; of several with one key the oldest waits',
      test(async ({ queue }) => {
        const die = async (uniqueKey: string) => {
          const [id = 0] = await add(queue, { uniqueKey });
          await queue.settle([failed(only(await claim(queue)))]);
          return id;
        };
        const taken = await die('taken');
        const oldest = await die('twice');
        const second = await die('twice');
        await add(queue, { uniqueKey: 'taken' });
        expect(await queue.redrive({})).toBe(1);
        const statuses = await Promise.all(
          [taken, oldest, second].map(async (id) => (await queue.get(id))?.status),
        );
        expect(statuses).toEqual(['dead', 'waiting', 'dead']);
        expect((await markitectFailure(() => queue.redrive({ limit: 0 }))).code).toBe('REQUEST_INVALID');
      }),
    );
  });

  describe('lists', () => {
    it(
      'give the newest first, page by page, by status and type',
      test(async ({ queue, now }) => {
        const all = await add(
          queue,
          ...Array.from({ length: 30 }, (_, index) => ({
            type: ['a', 'b', 'c'][index % 3] ?? 'a',
            ...(index >= 20 && { runAt: iso(now() + 1000) }),
          })),
        );
        await queue.settle((await claim(queue, { limit: 10 })).map(completed));
        const pages = async (query: Parameters<typeof queue.list>[0]) => {
          const found: number[] = [];
          let page = await queue.list({ ...query, limit: 4 });
          for (;;) {
            found.push(...ids(page.items));
            if (page.nextCursor === undefined) return found;
            page = await queue.list({ ...query, limit: 4, cursor: page.nextCursor });
          }
        };
        const newest = [...all].reverse();
        const of = (type: string) =>
          newest.filter((id) => all.indexOf(id) % 3 === ['a', 'b', 'c'].indexOf(type));
        expect(await pages({})).toEqual(newest);
        expect(await pages({ status: 'completed' })).toEqual(newest.slice(20));
        expect(await pages({ status: 'delayed' })).toEqual(newest.slice(0, 10));
        expect(await pages({ type: 'b' })).toEqual(of('b'));
        expect(await pages({ type: 'b', status: 'waiting' })).toEqual(
          of('b').filter((id) => all.indexOf(id) >= 10 && all.indexOf(id) < 20),
        );
        expect(await pages({ type: 'none' })).toEqual([]);
        expect(await pages({ status: 'dead' })).toEqual([]);
        const streamed: number[] = [];
        for await (const { id } of queue.stream({ type: 'c' })) streamed.push(id);
        expect(streamed).toEqual(of('c'));
      }),
    );

    it(
      'refuse a cursor of another query and a limit out of range',
      test(async ({ queue }) => {
        await add(queue, {}, {}, {});
        const { nextCursor = '' } = await queue.list({ limit: 1 });
        expect(await codeOf(() => queue.list({ status: 'dead', cursor: nextCursor }))).toBe('CURSOR_INVALID');
        expect(await codeOf(() => queue.list({ cursor: 'nonsense' }))).toBe('CURSOR_INVALID');
        expect(await codeOf(() => queue.list({ limit: 0 }))).toBe('REQUEST_INVALID');
      }),
    );

    it(
      'are counted by type and status',
      test(async ({ queue, now, advance }) => {
        expect(await queue.stats()).toEqual([]);
        const since = iso(now());
        await add(
          queue,
          { type: 'b' },
          { type: 'a' },
          { type: 'a' },
          { type: 'a', runAt: iso(now() + 5000) },
        );
        advance(1000);
        await add(queue, { type: 'a' });
        await queue.settle((await claim(queue, { limit: 1 })).map((task) => failed(task)));
        await claim(queue, { limit: 1 });
        await queue.pause('b');
        await queue.pause('never seen');
        const none = { delayed: 0, waiting: 0, running: 0, completed: 0, cancelled: 0, dead: 0 };
        expect(await queue.stats()).toEqual([
          {
            type: 'a',
            counts: { ...none, delayed: 1, waiting: 2, running: 1 },
            oldestWaiting: since,
            isPaused: false,
          },
          { type: 'b', counts: { ...none, dead: 1 }, isPaused: true },
          { type: 'never seen', counts: none, isPaused: true },
        ]);
      }),
    );
  });

  describe('pruning', () => {
    it(
      'forgets what ended before a time, and never numbers a task like one that was',
      test(async ({ queue, now, advance }) => {
        const [a, b, c, d] = await add(queue, {}, {}, {}, {});
        const [first, second] = await claim(queue, { limit: 2 });
        if (first === undefined || second === undefined) throw new Error('two were expected');
        await queue.settle([completed(first), failed(second)]);
        await queue.cancel(c ?? 0);
        advance(1000);
        await queue.cancel(d ?? 0);
        expect(await queue.prune({ before: iso(now()) })).toBe(2);
        expect(ids((await queue.list({})).items)).toEqual([d, b]);
        expect(await queue.prune({ before: iso(now()), dead: true })).toBe(1);
        expect(await queue.prune({ before: iso(now() + 1) })).toBe(1);
        expect(await queue.get(a ?? 0)).toBeUndefined();
        const [next] = await add(queue, {});
        expect(next).toBeGreaterThan(d ?? 0);
        expect(await codeOf(() => queue.prune({ before: 'yesterday' }))).toBe('REQUEST_INVALID');
      }),
    );

    it(
      'forgets thousands, and nothing that is unfinished',
      test(async ({ queue, advance, now }) => {
        await add(queue, ...Array.from({ length: 2500 }, () => ({})));
        for (let count = 0; count < 2400;) {
          const tasks = await claim(queue, { limit: 800 });
          count += tasks.length;
          await queue.settle(tasks.map(completed));
        }
        advance(10);
        expect(await queue.prune({ before: iso(now()) })).toBe(2400);
        expect((await queue.stats())[0]?.counts).toMatchObject({ waiting: 100, completed: 0 });
      }),
    );
  });
}
