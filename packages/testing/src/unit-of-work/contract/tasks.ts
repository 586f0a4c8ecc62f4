import { describe, expect, it } from '@jest/globals';
import type { TaskQueue } from '@markitect/ports';
import { markitectFailure } from '../../markitect-failure.js';
import { draft, names, type OpenUnitOfWork, unitOfWorkTests } from './contract-section.js';

/** Tasks as part of a unit of work. */
export function describeTasks(open: OpenUnitOfWork): void {
  const test = unitOfWorkTests(open);
  const payloads = async (queue: TaskQueue) => {
    const found: unknown[] = [];
    for await (const { payload } of queue.stream({})) found.push(payload);
    return found.reverse();
  };
  const task = (payload: string) => ({ type: 'mail.send', payload });
  const claim = (queue: TaskQueue) => queue.claim({ worker: 'w', limit: 10, leaseMs: 60_000 });
  const codeOf = async (work: () => Promise<unknown>) => (await markitectFailure(work)).code;

  describe('tasks', () => {
    it(
      'can be claimed once it is committed, and not before',
      test(async ({ unitOfWork, documents, tasks }) => {
        const added = await unitOfWork.run(async (tx) => {
          await tx.documents.save(draft('a'));
          const enqueued = await tx.tasks.enqueue([task('a'), task('b')]);
          expect(await payloads(tx.tasks)).toEqual(['a', 'b']);
          expect(await payloads(tasks)).toEqual([]);
          return enqueued;
        });
        expect((await claim(tasks)).map(({ id }) => id)).toEqual(added.map(({ id }) => id));
        expect(await names(documents)).toEqual(['a']);
      }),
    );

    it(
      'are not there when it fails, and what was changed is as before',
      test(async ({ unitOfWork, tasks }) => {
        await tasks.enqueue([task('before'), task('dead')]);
        const [running, dead] = await claim(tasks);
        if (running === undefined || dead === undefined) throw new Error('two were expected');
        const failure = { code: 'TASK_FAILED', message: 'no luck' };
        await tasks.settle([{ id: dead.id, fence: dead.fence, kind: 'failed', failure }]);
        const before = [await tasks.get(running.id), await tasks.get(dead.id)];
        const undone = unitOfWork.run(async (tx) => {
          await tx.tasks.enqueue([task('lost'), { ...task('keyed'), uniqueKey: 'k' }]);
          expect(
            await tx.tasks.settle([{ id: running.id, fence: running.fence, kind: 'completed' }]),
          ).toEqual([true]);
          await tx.tasks.retry(dead.id);
          await tx.tasks.pause('mail.send');
          await tx.tasks.setLimit({ key: 'k', concurrency: 1 });
          throw new Error('undone');
        });
        await expect(undone).rejects.toThrow('undone');
        expect([await tasks.get(running.id), await tasks.get(dead.id)]).toEqual(before);
        expect(await payloads(tasks)).toEqual(['before', 'dead']);
        expect(await tasks.limits()).toEqual([]);
        const [again] = await tasks.enqueue([{ ...task('again'), uniqueKey: 'k' }]);
        expect(again?.isNew).toBe(true);
        expect((await claim(tasks)).map(({ payload }) => payload)).toEqual(['again']);
        expect(await tasks.settle([{ id: running.id, fence: running.fence, kind: 'completed' }])).toEqual([
          true,
        ]);
      }),
    );

    it(
      'of a nested part that fails are undone alone',
      test(async ({ unitOfWork, tasks }) => {
        await unitOfWork.run(async (tx) => {
          await tx.tasks.enqueue([task('a')]);
          await tx
            .nested(async (inner) => {
              await inner.tasks.enqueue([task('lost')]);
              expect(await payloads(inner.tasks)).toEqual(['a', 'lost']);
              throw new Error('undone');
            })
            .catch(() => undefined);
          await tx.nested((inner) => inner.tasks.enqueue([task('b')]));
        });
        expect(await payloads(tasks)).toEqual(['a', 'b']);
      }),
    );

    it(
      'are completed together with their effect, or not at all when the hold is lost',
      test(async ({ unitOfWork, documents, tasks }) => {
        await tasks.enqueue([task('a')]);
        const [held] = await claim(tasks);
        if (held === undefined) throw new Error('one was expected');
        const complete = (fence: number, name: string) =>
          unitOfWork.run(async (tx) => {
            await tx.documents.save(draft(name));
            const [isHeld] = await tx.tasks.settle([{ id: held.id, fence, kind: 'completed' }]);
            if (isHeld !== true) throw new Error('lost');
          });
        await expect(complete(held.fence + 1, 'stale')).rejects.toThrow('lost');
        await complete(held.fence, 'good');
        await expect(complete(held.fence, 'late')).rejects.toThrow('lost');
        expect(await names(documents)).toEqual(['good']);
        expect((await tasks.get(held.id))?.status).toBe('completed');
      }),
    );

    it(
      'are each there when many units of work enqueue at the same time, and some fail',
      test(async ({ unitOfWork, tasks }) => {
        const units = Array.from({ length: 30 }, (_, index) =>
          unitOfWork.run(async (tx) => {
            const [added] = await tx.tasks.enqueue([task(`t${index}`)]);
            if (index % 3 === 0) throw new Error('undone');
            return added;
          }),
        );
        const settled = await Promise.allSettled(units);
        const added = settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
        const found = await Promise.all(added.map(async (each) => (await tasks.get(each?.id ?? 0))?.payload));
        expect(found).toEqual(
          settled.flatMap(({ status }, index) => (status === 'fulfilled' ? [`t${index}`] : [])),
        );
        expect(await payloads(tasks)).toHaveLength(20);
      }),
    );

    it(
      'wake workers after the commit',
      test(async ({ unitOfWork, taskSignal }) => {
        const signal = taskSignal();
        for (let times = 0; times < 10; times += 1) await signal.wait(20);
        const waiting = signal.wait(60_000);
        await unitOfWork.run((tx) => tx.tasks.enqueue([task('a')]));
        await waiting;
      }),
    );

    it(
      'stay as they are when a change is refused and the work goes on',
      test(async ({ unitOfWork, tasks }) => {
        await unitOfWork.run(async (tx) => {
          await tx.tasks.enqueue([task('a')]);
          expect(await codeOf(() => tx.tasks.cancel(1e9))).toBe('TASK_NOT_FOUND');
          expect(await codeOf(() => tx.tasks.enqueue([{ type: 'a b' }]))).toBe('REQUEST_INVALID');
          await tx.tasks.enqueue([task('b')]);
        });
        expect(await payloads(tasks)).toEqual(['a', 'b']);
      }),
    );

    it(
      'are not changed inside of it but through its transaction',
      test(async ({ unitOfWork, tasks }) => {
        await unitOfWork.run(async () => {
          expect(await codeOf(() => tasks.enqueue([task('outside')]))).toBe('TRANSACTION_NESTED');
        });
        expect(await payloads(tasks)).toEqual([]);
      }),
    );
  });
}
