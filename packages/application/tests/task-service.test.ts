import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  InMemoryTaskQueue,
  InMemoryTaskScheduleRepository,
  markitectFailure,
  TaskBook,
} from '@markitect/testing';
import { z } from 'zod';
import { TaskService } from '../src/tasks/task-service.js';
import { defineTaskType, payloadSchema } from '../src/tasks/task-type.js';

const now = new Date('2026-11-21T08:00:00.000Z');
const greet = defineTaskType({
  type: 'greet',
  summary: 'say hello',
  schema: z.strictObject({ name: z.string(), loud: z.boolean().default(false) }),
  maxAttempts: 3,
});
const tidy = defineTaskType({ type: 'a.tidy', summary: 'tidy up', schema: z.null() });

let book: TaskBook;
let tasks: TaskService;
let queue: InMemoryTaskQueue;

beforeEach(() => {
  book = new TaskBook(() => now.getTime());
  queue = new InMemoryTaskQueue(book);
  tasks = new TaskService(
    { queue, schedules: new InMemoryTaskScheduleRepository(book) },
    { types: [greet, tidy], now: () => now },
  );
});

const failure = async (work: () => Promise<unknown>) => (await markitectFailure(work)).code;

describe('enqueueing', () => {
  it('stores the payload as it was given, with what the type says', async () => {
    const [made] = await tasks.enqueue([{ type: 'greet', payload: { name: 'Ada' } }]);
    expect(await tasks.get(made!.id)).toMatchObject({
      type: 'greet',
      payload: { name: 'Ada' },
      maxAttempts: 3,
      status: 'waiting',
    });
  });

  it('leaves to the draft what it says itself', async () => {
    const [made] = await tasks.enqueue([{ type: 'greet', payload: { name: 'Ada' }, maxAttempts: 9 }]);
    expect((await tasks.get(made!.id)).maxAttempts).toBe(9);
  });

  it('refuses a type that nobody knows, unless that is wanted', async () => {
    const error = await markitectFailure(() => tasks.enqueue([{ type: 'gret' }]));
    expect(error).toMatchObject({ code: 'TASK_TYPE_UNKNOWN', details: { known: ['a.tidy', 'greet'] } });
    const [made] = await tasks.enqueue([{ type: 'gret' }], { force: true });
    expect(made?.isNew).toBe(true);
  });

  it('adds none of many when one is refused, and names the fields', async () => {
    const error = await markitectFailure(() =>
      tasks.enqueue([
        { type: 'greet', payload: { name: 'Ada' } },
        { type: 'greet', payload: { name: 7, lowd: true } },
      ]),
    );
    expect(error).toMatchObject({ code: 'TASK_PAYLOAD_INVALID' });
    expect(error.message).toContain('payload.name');
    expect((await tasks.list({})).items).toEqual([]);
  });

  it('checks payloads of known types even by force', async () => {
    expect(await failure(() => tasks.enqueue([{ type: 'greet' }], { force: true }))).toBe(
      'TASK_PAYLOAD_INVALID',
    );
  });

  it.each([{ priority: 5000 }, { maxAttempts: 0 }, { runAt: 'soon' }, { uniqueKey: '' }])(
    'refuses %j',
    async (wrong) => {
      expect(await failure(() => tasks.enqueue([{ type: 'a.tidy', ...wrong }]))).toBe('REQUEST_INVALID');
    },
  );
});

describe('what there is', () => {
  it('tells the types by name, and what their payloads have to be', () => {
    expect(tasks.types().map(({ type }) => type)).toEqual(['a.tidy', 'greet']);
    expect(payloadSchema(greet)).toMatchObject({ type: 'object', required: ['name'] });
  });

  it('knows no task that nobody has enqueued', async () => {
    expect(await failure(() => tasks.get(7))).toBe('TASK_NOT_FOUND');
    expect(await failure(() => tasks.cancel(7))).toBe('TASK_NOT_FOUND');
    expect(await failure(() => tasks.retry(7))).toBe('TASK_NOT_FOUND');
  });
});

describe('looking after tasks', () => {
  it('cancels, and lets wait again', async () => {
    const [made] = await tasks.enqueue([{ type: 'a.tidy' }]);
    expect((await tasks.cancel(made!.id)).status).toBe('cancelled');
    expect((await tasks.retry(made!.id)).status).toBe('waiting');
  });

  it('redrives dead ones', async () => {
    await tasks.enqueue([{ type: 'a.tidy' }]);
    const [held] = await queue.claim({ worker: 'w', limit: 1, leaseMs: 1000 });
    await queue.settle([
      { id: held!.id, fence: held!.fence, kind: 'failed', failure: { code: 'TASK_FAILED', message: 'no' } },
    ]);
    expect(await tasks.redrive({ type: 'greet' })).toBe(0);
    expect(await tasks.redrive({})).toBe(1);
  });

  it('pauses a type, whether or not it is known here', async () => {
    await tasks.pause('greet');
    await tasks.pause('elsewhere');
    expect(await failure(() => tasks.pause('no type'))).toBe('REQUEST_INVALID');
    await tasks.resume('greet');
    const paused = (await tasks.stats()).filter(({ isPaused }) => isPaused).map(({ type }) => type);
    expect(paused).toEqual(['elsewhere']);
  });

  it('limits a key, and removes the limit', async () => {
    await tasks.setLimit({ key: 'greet', concurrency: 2 });
    expect(await tasks.limits()).toEqual([{ key: 'greet', concurrency: 2 }]);
    expect(await failure(() => tasks.setLimit({ key: 'greet' }))).toBe('REQUEST_INVALID');
    await tasks.removeLimit('greet');
    expect(await failure(() => tasks.removeLimit('greet'))).toBe('RATE_LIMIT_NOT_FOUND');
  });

  it('forgets what is over for long enough', async () => {
    const [made] = await tasks.enqueue([{ type: 'a.tidy' }]);
    await tasks.cancel(made!.id);
    expect(await tasks.prune({ days: 1 })).toBe(0);
    book.change({ ...book.tasks.get(made!.id)!, finishedAt: '2026-11-19T08:00:00.000Z' });
    expect(await tasks.prune({ days: 1 })).toBe(1);
    expect(await failure(() => tasks.prune({ days: -1 }))).toBe('REQUEST_INVALID');
  });
});

describe('schedules', () => {
  const request = {
    name: 'nightly',
    cron: ' 0  3 * * * ',
    timeZone: 'Europe/Berlin',
    task: { type: 'a.tidy' },
  };

  it('are saved with their next time and a key that keeps their tasks from piling up', async () => {
    const saved = await tasks.saveSchedule(request);
    expect(saved).toMatchObject({
      cron: '0 3 * * *',
      nextRunAt: '2026-11-22T02:00:00.000Z',
      task: { type: 'a.tidy', uniqueKey: 'schedule:nightly' },
    });
    expect(await tasks.schedules()).toEqual([saved]);
    expect(await tasks.schedule('nightly')).toEqual(saved);
  });

  it('keep a key of their own, and when they were due last', async () => {
    await tasks.saveSchedule(request);
    book.schedules.set('nightly', {
      ...book.schedules.get('nightly')!,
      lastRunAt: '2026-11-21T02:00:00.000Z',
    });
    const task = { type: 'a.tidy', uniqueKey: 'mine' };
    expect(await tasks.saveSchedule({ ...request, task })).toMatchObject({
      lastRunAt: '2026-11-21T02:00:00.000Z',
      task: { uniqueKey: 'mine' },
    });
  });

  it.each([
    [{ cron: 'often' }, 'SCHEDULE_INVALID'],
    [{ timeZone: 'Mars/Olympus' }, 'SCHEDULE_INVALID'],
    [{ name: 'with blank' }, 'REQUEST_INVALID'],
    [{ task: { type: 'gret' } }, 'TASK_TYPE_UNKNOWN'],
    [{ task: { type: 'greet', payload: 1 } }, 'TASK_PAYLOAD_INVALID'],
  ])('refuse %j', async (wrong, code) => {
    expect(await failure(() => tasks.saveSchedule({ ...request, ...wrong }))).toBe(code);
    expect(await tasks.schedules()).toEqual([]);
  });

  it('are removed by name', async () => {
    await tasks.saveSchedule(request);
    await tasks.removeSchedule('nightly');
    expect(await failure(() => tasks.schedule('nightly'))).toBe('SCHEDULE_NOT_FOUND');
    expect(await failure(() => tasks.removeSchedule('nightly'))).toBe('SCHEDULE_NOT_FOUND');
  });
});
