import { describe, expect, it } from '@jest/globals';
import type { TaskSchedule } from '@markitect/domain';
import type { TaskQueue, TaskScheduleRepository } from '@markitect/ports';
import { markitectFailure } from '../markitect-failure.js';

/** Schedules under test, and the queue they fill. */
export interface OpenedTaskSchedules {
  readonly schedules: TaskScheduleRepository;
  readonly queue: TaskQueue;
  close(): Promise<void>;
}

const at = (minute: number): string => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();

const schedule = (name: string, changes: Partial<TaskSchedule> = {}): TaskSchedule => ({
  name,
  cron: '*/5 * * * *',
  timeZone: 'Europe/Berlin',
  task: { type: 'issues.sync', payload: { full: true }, uniqueKey: `sync ${name}` },
  nextRunAt: at(5),
  ...changes,
});

/** What every TaskScheduleRepository promises. `open` gives a new, empty one with its queue. */
export function describeTaskScheduleRepositoryContract(
  name: string,
  open: () => Promise<OpenedTaskSchedules>,
): void {
  const test = (body: (opened: OpenedTaskSchedules) => Promise<void>) => async () => {
    const opened = await open();
    try {
      await body(opened);
    } finally {
      await opened.close();
    }
  };

  describe(`${name} keeps the TaskScheduleRepository contract`, () => {
    it(
      'saves, changes, lists and removes schedules',
      test(async ({ schedules }) => {
        expect(await schedules.list()).toEqual([]);
        expect(await schedules.nextDue()).toBeUndefined();
        await schedules.save(schedule('nightly'));
        await schedules.save(schedule('daily', { nextRunAt: at(9), lastRunAt: at(1) }));
        expect(await schedules.get('nightly')).toEqual(schedule('nightly'));
        expect((await schedules.list()).map((each) => each.name)).toEqual(['daily', 'nightly']);
        const changed = schedule('nightly', { cron: '0 3 * * *', timeZone: 'UTC', nextRunAt: at(7) });
        await schedules.save(changed);
        expect(await schedules.get('nightly')).toEqual(changed);
        expect(await schedules.nextDue()).toBe(at(7));
        expect(await schedules.remove('nightly')).toBe(true);
        expect(await schedules.remove('nightly')).toBe(false);
        expect(await schedules.get('nightly')).toBeUndefined();
      }),
    );

    it(
      'gives those that are due, the longest due first',
      test(async ({ schedules }) => {
        await schedules.save(schedule('late', { nextRunAt: at(8) }));
        await schedules.save(schedule('early', { nextRunAt: at(2) }));
        await schedules.save(schedule('never', { nextRunAt: at(59) }));
        expect((await schedules.due(at(8))).map((each) => each.name)).toEqual(['early', 'late']);
        expect(await schedules.due(at(1))).toEqual([]);
      }),
    );

    it(
      'fires once for each due time, whoever asks, and moves on',
      test(async ({ schedules, queue }) => {
        await schedules.save(schedule('s'));
        const fired = await Promise.all(Array.from({ length: 5 }, () => schedules.fire('s', at(5), at(10))));
        const tasks = fired.filter((each) => each !== undefined);
        expect(tasks).toHaveLength(1);
        expect(tasks[0]?.isNew).toBe(true);
        expect(await queue.get(tasks[0]?.id ?? 0)).toMatchObject({
          type: 'issues.sync',
          payload: { full: true },
          uniqueKey: 'sync s',
          schedule: 's',
          status: 'waiting',
        });
        expect(await schedules.get('s')).toMatchObject({ nextRunAt: at(10) });
        expect((await schedules.get('s'))?.lastRunAt).toBeDefined();
        expect(await schedules.fire('none', at(5), at(10))).toBeUndefined();
      }),
    );

    it(
      'adds no task while the one before it is unfinished, where they have a unique key',
      test(async ({ schedules, queue }) => {
        await schedules.save(schedule('s'));
        const first = await schedules.fire('s', at(5), at(10));
        expect(await schedules.fire('s', at(10), at(15))).toEqual({ id: first?.id, isNew: false });
        expect((await schedules.get('s'))?.nextRunAt).toBe(at(15));
        expect((await queue.list({})).items).toHaveLength(1);
      }),
    );

    it(
      'refuses a task that cannot be enqueued',
      test(async ({ schedules }) => {
        const wrong = schedule('s', { task: { type: 'a b' } });
        const failure = await markitectFailure(() => schedules.save(wrong));
        expect(failure).toMatchObject({ code: 'REQUEST_INVALID', details: { field: 'type' } });
        expect(await schedules.list()).toEqual([]);
      }),
    );
  });
}
