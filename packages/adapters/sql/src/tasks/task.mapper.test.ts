import { describe, expect, it } from '@jest/globals';
import { taskDraft, type TaskSchedule } from '@markitect/domain';
import { taskLimitOf, taskOf, taskRow, taskScheduleOf, taskScheduleRow } from './task.mapper.js';

const now = Date.UTC(2026, 0, 1);
const iso = (ms: number): string => new Date(ms).toISOString();

describe('the row of a new task', () => {
  it('becomes a task with nothing but what is known', () => {
    const row = { id: 7, ...taskRow(taskDraft({ type: 'mail.send', payload: { to: ['ada'] } }), now, null) };
    expect(taskOf(row)).toEqual({
      id: 7,
      type: 'mail.send',
      payload: { to: ['ada'] },
      status: 'waiting',
      priority: 0,
      runAt: iso(now),
      attempts: 0,
      maxAttempts: 5,
      limitKey: 'mail.send',
      fence: 0,
      createdAt: iso(now),
      updatedAt: iso(now),
    });
  });

  it('is delayed when its time is to come, and names its key and its schedule', () => {
    const draft = taskDraft({
      type: 'a',
      runAt: iso(now + 1),
      uniqueKey: 'k',
      limitKey: 'host',
      priority: -3,
    });
    const row = taskRow(draft, now, 'nightly');
    expect(row).toMatchObject({ status: 'delayed', run_at: now + 1, unique_key: 'k', schedule: 'nightly' });
    expect(taskOf({ id: 1, ...row })).toMatchObject({
      uniqueKey: 'k',
      limitKey: 'host',
      schedule: 'nightly',
    });
    expect(taskRow(taskDraft({ type: 'a', runAt: iso(now) }), now, null).status).toBe('waiting');
  });
});

describe('the row of a task', () => {
  it('becomes a task with all that there is', () => {
    const failure = { code: 'TASK_FAILED', message: 'no luck', at: iso(now) };
    const row = {
      id: 1,
      ...taskRow(taskDraft({ type: 'a' }), now, null),
      status: 'running' as const,
      worker: 'w',
      lease_until: now + 1000,
      cancel_requested: 1,
      started_at: now + 1,
      finished_at: now + 2,
      failure: JSON.stringify(failure),
      progress: '{"done":1}',
      result: 'null',
    };
    expect(taskOf(row)).toMatchObject({
      worker: 'w',
      leaseUntil: iso(now + 1000),
      isCancelRequested: true,
      startedAt: iso(now + 1),
      finishedAt: iso(now + 2),
      failure,
      progress: { done: 1 },
      result: null,
    });
  });
});

describe('limits and schedules', () => {
  it('are read as they were written', () => {
    expect(taskLimitOf({ key: 'k', concurrency: 2, per_second: null, burst: null })).toEqual({
      key: 'k',
      concurrency: 2,
    });
    expect(taskLimitOf({ key: 'k', concurrency: null, per_second: 0.5, burst: 3 })).toEqual({
      key: 'k',
      perSecond: 0.5,
      burst: 3,
    });
    const schedule: TaskSchedule = {
      name: 's',
      cron: '0 3 * * *',
      timeZone: 'Europe/Berlin',
      task: { type: 'a', payload: null },
      nextRunAt: iso(now),
    };
    expect(taskScheduleOf(taskScheduleRow(schedule))).toEqual(schedule);
    const run = { ...schedule, lastRunAt: iso(now - 1) };
    expect(taskScheduleOf(taskScheduleRow(run))).toEqual(run);
  });
});
