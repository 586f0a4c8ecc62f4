import { type TaskDraft, taskStatuses } from '@markitect/domain';
import type { TaskOutcome, TaskQueue, TaskScheduleRepository } from '@markitect/ports';

/** Calls every operation, so that each statement of it is prepared. Adds tasks, some of which stay. */
export async function exerciseTasks(tasks: TaskQueue): Promise<void> {
  const later = new Date(Date.now() + 3_600_000).toISOString();
  const draft: TaskDraft = { type: 'exercise', maxAttempts: 1 };
  await tasks.enqueue([draft]);
  await tasks.enqueue([
    { ...draft, uniqueKey: 'exercise' },
    { ...draft, uniqueKey: 'exercise' },
  ]);
  await tasks.enqueue([...Array.from({ length: 70 }, () => draft), { ...draft, runAt: later }]);
  for (const [index, kind] of (
    ['completed', 'failed', 'again', 'returned', 'cancelled'] as const
  ).entries()) {
    // With limits and pauses a claim looks further.
    if (index === 2) {
      await tasks.pause('other');
      await tasks.setLimit({ key: 'exercise', concurrency: 3, perSecond: 1000 });
    }
    const types = index % 2 === 0 ? {} : { types: ['exercise'] };
    const claimed = await tasks.claim({ worker: 'exercise', limit: 3, leaseMs: 60_000, ...types });
    const holds = claimed.map(({ id, fence }) => ({ id, fence }));
    await tasks.heartbeat(holds, 60_000);
    for (const hold of holds.slice(0, 1)) await tasks.report(hold, { done: 1 });
    await tasks.settle(
      holds.map((hold): TaskOutcome => {
        const failure = { code: 'UNEXPECTED', message: 'exercise' };
        if (kind === 'failed') return { ...hold, kind, failure };
        return kind === 'again' ? { ...hold, kind: 'failed', failure, retryAt: later } : { ...hold, kind };
      }),
    );
  }
  await tasks.rescue();
  for (const status of [undefined, ...taskStatuses]) {
    for (const type of [undefined, 'exercise']) {
      const query = { ...(status === undefined ? {} : { status }), ...(type === undefined ? {} : { type }) };
      const { nextCursor } = await tasks.list({ ...query, limit: 1 });
      if (nextCursor !== undefined) await tasks.list({ ...query, limit: 1, cursor: nextCursor });
    }
  }
  for await (const { id } of tasks.stream({ status: 'waiting' })) {
    await tasks.get(id);
    await tasks.cancel(id);
    await tasks.retry(id);
    break;
  }
  await tasks.nextDue();
  await tasks.redrive({ limit: 1 });
  await tasks.redrive({ type: 'exercise' });
  await tasks.limits();
  await tasks.removeLimit('exercise');
  await tasks.resume('other');
  await tasks.stats();
  await tasks.prune({ before: later });
  await tasks.prune({ before: later, dead: true });
}

/** The same for schedules. Leaves none behind. */
export async function exerciseSchedules(schedules: TaskScheduleRepository): Promise<void> {
  const [nextRunAt, then] = ['2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z'] as const;
  const task = { type: 'exercise', uniqueKey: 'exercise schedule' };
  await schedules.save({ name: 'exercise', cron: '0 0 * * *', timeZone: 'UTC', task, nextRunAt });
  await schedules.get('exercise');
  await schedules.list();
  await schedules.due(then);
  await schedules.nextDue();
  await schedules.fire('exercise', nextRunAt, then);
  await schedules.remove('exercise');
}
