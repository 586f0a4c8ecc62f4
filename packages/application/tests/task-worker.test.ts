import { describe, expect, it } from '@jest/globals';
import {
  type Conflict,
  Invalid,
  type JsonValue,
  type Task,
  type TaskDraft,
  type TaskId,
  type TaskStatus,
  Unavailable,
} from '@markitect/domain';
import { InMemoryTaskQueue, InMemoryTaskScheduleRepository, TaskBook } from '@markitect/testing';
import fc from 'fast-check';
import { z } from 'zod';
import {
  defineTaskType,
  type TaskContext,
  type TaskHandler,
  taskHandler,
  type TaskResult,
} from '../src/tasks/task-type.js';
import { TaskWorker, type TaskWorkerOptions } from '../src/tasks/task-worker.js';
import type { WorkerEvent } from '../src/tasks/worker-report.js';
import { ManualClock, manualSignal, settled, unitOfTasks } from './task-time.js';

const payload = z.json();
type Handle = (context: TaskContext<JsonValue>) => Promise<TaskResult>;

function handler(handle: Handle, options: { type?: string; timeoutMs?: number } = {}): TaskHandler {
  return taskHandler(
    defineTaskType<JsonValue>({ type: 'work', summary: 'work', schema: payload, ...options }),
    handle,
  );
}

/** Something a test ends when it wants. */
function deferred<T = void>() {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

function place(
  handlers: readonly TaskHandler[],
  options: Partial<TaskWorkerOptions> = {},
  random = () => 0.5,
) {
  const clock = new ManualClock();
  const book = new TaskBook(clock.now);
  const queue = new InMemoryTaskQueue(book);
  const schedules = new InMemoryTaskScheduleRepository(book);
  const events: WorkerEvent[] = [];
  const claims: number[] = [];
  const claim = queue.claim.bind(queue);
  queue.claim = (request) => {
    claims.push(clock.now());
    return claim(request);
  };
  const stop = new AbortController();
  const worker = (more: Partial<TaskWorkerOptions> = {}) =>
    new TaskWorker(
      { queue, schedules, signal: manualSignal(book, clock), unitOfWork: unitOfTasks(book), clock, random },
      { handlers, name: 'worker', onEvent: (event) => events.push(event), ...options, ...more },
    );
  return {
    clock,
    book,
    queue,
    claims,
    schedules,
    events,
    stop,
    worker,
    /** Works until the test stops it. */
    start: (more: Partial<TaskWorkerOptions> = {}) => worker(more).run(stop.signal),
    /** Works until nothing is left, letting time pass. */
    drain: async (more: Partial<TaskWorkerOptions> = {}) => {
      const run = worker({ untilEmpty: true, ...more }).run(stop.signal);
      await clock.pass(60_000);
      return run;
    },
    add: async (draft: Partial<TaskDraft> = {}): Promise<TaskId> =>
      (await queue.enqueue([{ type: 'work', ...draft }]))[0]!.id,
    task: (id: TaskId): Task => book.tasks.get(id)!,
    change: (id: TaskId, change: Partial<Task>) => book.change({ ...book.tasks.get(id)!, ...change }),
    statuses: (): TaskStatus[] => [...book.tasks.values()].map(({ status }) => status),
    ends: () => events.flatMap((event) => (event.kind === 'ended' ? [event.end] : [])),
  };
}

describe('a worker', () => {
  it('does tasks in their order and keeps their results', async () => {
    const done: JsonValue[] = [];
    const at = place([
      handler(async ({ payload: given }) => {
        done.push(given);
        return { doubled: Number(given) * 2 };
      }),
    ]);
    await at.add({ payload: 1 });
    await at.add({ payload: 2, priority: 5 });
    await at.add({ payload: 3 });
    const report = await at.drain({ concurrency: 1 });
    expect(done).toEqual([2, 1, 3]);
    expect(at.task(2).result).toEqual({ doubled: 4 });
    expect(report.ended).toMatchObject({ completed: 3, dead: 0, lost: 0 });
  });

  it('runs as many at once as it may, and holds no more than a batch besides', async () => {
    let running = 0;
    let most = 0;
    const gates: (() => void)[] = [];
    const at = place([
      handler(async () => {
        most = Math.max(most, ++running);
        await new Promise<void>((resolve) => gates.push(resolve));
        running -= 1;
      }),
    ]);
    for (let n = 0; n < 40; n++) await at.add();
    const run = at.start({ concurrency: 3, batch: 5 });
    await settled();
    expect(running).toBe(3);
    expect(at.statuses().filter((status) => status === 'running')).toHaveLength(8);
    for (let n = 0; n < 60; n++) {
      gates.shift()?.();
      await settled();
      expect(at.statuses().filter((status) => status === 'running').length).toBeLessThanOrEqual(8);
    }
    expect(most).toBe(3);
    expect(new Set(at.statuses())).toEqual(new Set(['completed']));
    at.stop.abort();
    await run;
  });

  it('begins a task that comes while it waits at once, and one that is delayed when it is due', async () => {
    const begun: number[] = [];
    const at = place([
      handler(async () => {
        begun.push(at.clock.now());
      }),
    ]);
    const run = at.start();
    await at.clock.pass(1_234);
    const start = at.clock.now();
    await at.add();
    await settled();
    await at.add({ runAt: new Date(start + 3_000).toISOString() });
    await at.clock.pass(10_000);
    expect(begun).toEqual([start, start + 3_000]);
    at.stop.abort();
    await run;
  });

  it('asks the queue next to nothing while nothing happens', async () => {
    const at = place([handler(async () => undefined)]);
    const run = at.start();
    await at.clock.pass(60_000);
    expect(at.claims.length).toBeLessThan(20);
    at.stop.abort();
    await run;
  });

  it('does not lose what comes between a look and the wait', async () => {
    const at = place([handler(async () => undefined)]);
    const nextDue = at.queue.nextDue.bind(at.queue);
    let isAdded = false;
    at.queue.nextDue = async () => {
      if (!isAdded) await at.add();
      isAdded = true;
      return nextDue();
    };
    const run = at.start();
    await settled();
    expect(at.statuses()).toEqual(['completed']);
    at.stop.abort();
    await run;
  });

  it('lets others have their turns between tasks that take no time', async () => {
    let turns = 0;
    let seen = 0;
    const at = place([handler(async () => void (seen = turns))], { concurrency: 2, batch: 100 });
    for (let n = 0; n < 60; n++) await at.add();
    let isOver = false;
    const count = (): void => {
      turns += 1;
      if (!isOver) setImmediate(count);
    };
    setImmediate(count);
    await at.drain();
    isOver = true;
    expect(seen).toBeGreaterThan(10);
  });
});

describe('a task that can never be done', () => {
  it('is dead at once when nobody knows its type, and says which are known', async () => {
    const at = place([handler(async () => undefined)]);
    const id = await at.add({ type: 'other' });
    const report = await at.drain();
    expect(at.task(id)).toMatchObject({
      status: 'dead',
      attempts: 1,
      failure: { code: 'TASK_TYPE_UNKNOWN', message: expect.stringContaining('known: work') },
    });
    expect(report.ended).toMatchObject({ dead: 1 });
  });

  it('is left to others when the worker does only some types', async () => {
    const at = place([handler(async () => undefined)]);
    await at.add({ type: 'other' });
    await at.add();
    await at.drain({ types: ['work'] });
    expect(at.statuses()).toEqual(['waiting', 'completed']);
  });

  it('is dead at once when its payload is not of the schema, and never begins', async () => {
    let calls = 0;
    const strict = taskHandler(
      defineTaskType({ type: 'work', summary: '', schema: z.strictObject({ paths: z.array(z.string()) }) }),
      async () => {
        calls += 1;
      },
    );
    const at = place([strict]);
    const id = await at.add({ payload: { paths: [7] } });
    await at.drain();
    expect(at.task(id)).toMatchObject({
      status: 'dead',
      attempts: 1,
      failure: { code: 'TASK_PAYLOAD_INVALID', message: expect.stringContaining('payload.paths.0') },
    });
    expect(calls).toBe(0);
  });

  it('is dead at once when its error says that repeating will not help', async () => {
    const at = place([
      handler(async () => {
        throw new Invalid('REQUEST_INVALID', 'no such thing');
      }),
    ]);
    const id = await at.add();
    await at.drain();
    expect(at.task(id)).toMatchObject({ status: 'dead', attempts: 1, failure: { code: 'REQUEST_INVALID' } });
  });

  it('is dead when its result cannot be kept, and takes no others with it', async () => {
    const circle: Record<string, unknown> = {};
    circle['circle'] = circle;
    const at = place([handler(async ({ payload: given }) => (given === 1 ? (circle as JsonValue) : 'fine'))]);
    await at.add({ payload: 1 });
    await at.add({ payload: 2 });
    const report = await at.drain();
    expect(at.statuses()).toEqual(['dead', 'completed']);
    expect(report.ended).toMatchObject({ lost: 0, dead: 1, completed: 1 });
  });

  it('is dead when its result is nested too deep to be kept', async () => {
    const deep = JSON.parse('['.repeat(2_000) + ']'.repeat(2_000)) as JsonValue;
    const at = place([handler(async () => deep)]);
    const id = await at.add();
    await at.drain();
    expect(at.task(id)).toMatchObject({ status: 'dead', failure: { code: 'REQUEST_INVALID' } });
  });

  it('is dead when the queue refuses its result, and takes no others with it', async () => {
    const at = place([handler(async ({ payload: given }) => given)]);
    const settle = at.queue.settle.bind(at.queue);
    at.queue.settle = async (outcomes) => {
      if (outcomes.some((each) => each.kind === 'completed' && each.result === 1)) {
        throw new Invalid('REQUEST_INVALID', 'the result is too large');
      }
      return settle(outcomes);
    };
    await at.add({ payload: 1 });
    await at.add({ payload: 2 });
    await at.drain();
    expect(at.statuses()).toEqual(['dead', 'completed']);
    expect(at.task(1).failure).toMatchObject({ code: 'REQUEST_INVALID' });
  });
});

describe('a task that fails', () => {
  it('is tried again within the bounds of its back-off until no attempt is left', async () => {
    await fc.assert(
      fc.asyncProperty(fc.double({ min: 0, max: 0.999, noNaN: true }), async (luck) => {
        const begun: number[] = [];
        const at = place(
          [
            handler(async () => {
              begun.push(at.clock.now());
              throw new Error('again');
            }),
          ],
          {},
          () => luck,
        );
        const id = await at.add({ maxAttempts: 4 });
        const run = at.start();
        await at.clock.pass(60_000);
        at.stop.abort();
        const report = await run;
        const waits = begun.slice(1).map((time, index) => time - begun[index]!);
        expect(waits).toHaveLength(3);
        waits.forEach((wait, index) => {
          expect(wait).toBeGreaterThanOrEqual(500 * 2 ** index);
          expect(wait).toBeLessThanOrEqual(1000 * 2 ** index);
        });
        expect(at.task(id)).toMatchObject({
          status: 'dead',
          attempts: 4,
          failure: { code: 'TASK_FAILED', message: 'again' },
        });
        expect(report.ended).toMatchObject({ retrying: 3, dead: 1 });
      }),
      { numRuns: 15 },
    );
  });

  it('comes back no earlier than its error asks for', async () => {
    const at = place([
      handler(async () => {
        throw new Unavailable('HTTP_UNREACHABLE', 'down', { details: { retryAfterMs: 40_000 } });
      }),
    ]);
    const id = await at.add();
    const start = at.clock.now();
    await at.drain();
    expect(Date.parse(at.task(id).runAt) - start).toBeGreaterThanOrEqual(40_000);
  });

  it('fails with a timeout that its type sets, and is tried again', async () => {
    const at = place([
      handler(
        ({ signal }) =>
          new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
        {
          timeoutMs: 2_000,
        },
      ),
    ]);
    const id = await at.add({ maxAttempts: 2 });
    const run = at.start();
    await at.clock.pass(60_000);
    expect(at.task(id)).toMatchObject({ status: 'dead', attempts: 2, failure: { code: 'TASK_TIMEOUT' } });
    at.stop.abort();
    await run;
  });

  it('frees its place when its handler does not listen', async () => {
    const at = place([handler(() => new Promise(() => undefined), { timeoutMs: 2_000 })]);
    await at.add({ maxAttempts: 1 });
    await at.add({ maxAttempts: 1 });
    const run = at.start({ concurrency: 1 });
    await at.clock.pass(60_000);
    expect(at.statuses()).toEqual(['dead', 'dead']);
    at.stop.abort();
    await run;
  });
});

describe('a lease', () => {
  it('is kept while a handler works for long', async () => {
    const gate = deferred();
    const at = place([handler(() => gate.promise)], { leaseMs: 6_000 });
    const id = await at.add();
    const run = at.start();
    await at.clock.pass(60_000);
    expect(await at.queue.rescue()).toBe(0);
    gate.resolve();
    await settled();
    expect(at.task(id)).toMatchObject({ status: 'completed', attempts: 1 });
    at.stop.abort();
    await run;
  });

  it('that is over while the process is frozen aborts the handler, and what it reports is not taken', async () => {
    const gate = deferred();
    const seen: unknown[] = [];
    const at = place(
      [
        handler(async ({ signal, complete }) => {
          signal.addEventListener('abort', () => seen.push((signal.reason as Conflict).code));
          await gate.promise;
          await complete(async () => 'late');
        }),
      ],
      { leaseMs: 6_000 },
    );
    const id = await at.add();
    const run = at.start({ types: ['work'] });
    await settled();
    at.clock.freeze(7_000);
    // Somebody else takes it meanwhile.
    await at.queue.rescue();
    const [other] = await at.queue.claim({ worker: 'other', limit: 1, leaseMs: 60_000 });
    await at.clock.pass(2_000);
    expect(seen).toEqual(['TASK_LEASE_LOST']);
    gate.resolve();
    await settled();
    expect(at.task(id)).toMatchObject({ status: 'running', worker: 'other', fence: other!.fence });
    expect(at.task(id).result).toBeUndefined();
    await at.queue.settle([{ id, fence: other!.fence, kind: 'completed', result: 'right' }]);
    at.stop.abort();
    const report = await run;
    expect(at.task(id)).toMatchObject({ status: 'completed', result: 'right' });
    expect(report.ended).toMatchObject({ lost: 1, completed: 0 });
  });

  it('that is over undoes what a late handler would have committed', async () => {
    const gate = deferred();
    const failures: unknown[] = [];
    const at = place([
      handler(async ({ complete }) => {
        await gate.promise;
        await complete(async (transaction) => {
          await transaction.tasks.enqueue([{ type: 'effect' }]);
        }).catch((error: unknown) => {
          failures.push((error as Conflict).code);
          throw error;
        });
      }),
    ]);
    const id = await at.add();
    const run = at.start();
    await settled();
    at.change(id, { fence: 7 });
    gate.resolve();
    await settled();
    expect(failures).toEqual(['TASK_LEASE_LOST']);
    expect(at.ends()).toEqual(['lost']);
    at.stop.abort();
    await run;
  });

  it('is asked for again before a task begins that was held for longer', async () => {
    const gate = deferred();
    const begun: JsonValue[] = [];
    const at = place(
      [
        handler(async ({ payload: given }) => {
          begun.push(given);
          if (given === 1) await gate.promise;
        }),
      ],
      { leaseMs: 6_000, concurrency: 1 },
    );
    await at.add({ payload: 1 });
    const second = await at.add({ payload: 2 });
    const run = at.start();
    await settled();
    at.clock.freeze(7_000);
    at.change(second, { fence: 2, leaseUntil: '2027-01-01T00:00:00.000Z' });
    gate.resolve();
    await settled();
    expect(begun).toEqual([1]);
    expect(at.task(second).status).toBe('running');
    at.stop.abort();
    const report = await run;
    expect(report.ended).toMatchObject({ completed: 1, lost: 1 });
  });

  it('outlives heartbeats that fail, as long as it lasts', async () => {
    const gate = deferred();
    const aborted: string[] = [];
    const at = place(
      [
        handler(async ({ signal }) => {
          signal.addEventListener('abort', () => aborted.push((signal.reason as Conflict).code));
          await gate.promise;
        }),
      ],
      { leaseMs: 9_000 },
    );
    const heartbeat = at.queue.heartbeat.bind(at.queue);
    at.queue.heartbeat = () => Promise.reject(new Unavailable('DATABASE_BUSY', 'busy'));
    await at.add();
    const run = at.start();
    await at.clock.pass(7_000);
    expect(aborted).toEqual([]);
    at.queue.heartbeat = heartbeat;
    await at.clock.pass(20_000);
    expect(aborted).toEqual([]);
    at.queue.heartbeat = () => Promise.reject(new Unavailable('DATABASE_BUSY', 'busy'));
    await at.clock.pass(13_000);
    expect(aborted).toEqual(['TASK_LEASE_LOST']);
    expect(at.events.some(({ kind }) => kind === 'trouble')).toBe(true);
    gate.resolve();
    at.stop.abort();
    await at.clock.pass(0);
    expect((await run).ended.lost).toBe(1);
  });

  it('of a worker that fell silent is taken by another', async () => {
    const at = place([handler(async () => 'done')], { leaseMs: 6_000 });
    const id = await at.add();
    await at.queue.claim({ worker: 'dead', limit: 1, leaseMs: 6_000 });
    const run = at.start();
    await at.clock.pass(20_000);
    expect(at.task(id)).toMatchObject({ status: 'completed', attempts: 2 });
    at.stop.abort();
    expect((await run).rescued).toBe(1);
  });
});

describe('cancelling', () => {
  it('stops a running handler with the next heartbeat', async () => {
    const at = place([
      handler(
        ({ signal }) =>
          new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
      ),
    ]);
    const id = await at.add();
    const run = at.start();
    await settled();
    await at.queue.cancel(id);
    await at.clock.pass(5_001);
    expect(at.task(id).status).toBe('cancelled');
    expect(at.ends()).toEqual(['cancelled']);
    at.stop.abort();
    await run;
  });

  it('does not undo what a handler finishes all the same', async () => {
    const gate = deferred();
    const at = place([handler(() => gate.promise)]);
    const id = await at.add();
    const run = at.start();
    await settled();
    await at.queue.cancel(id);
    await at.clock.pass(5_001);
    gate.resolve();
    await settled();
    expect(at.task(id).status).toBe('completed');
    at.stop.abort();
    await run;
  });
});

describe('stopping', () => {
  it('lets handlers finish, and gives back what has not begun as if nobody had touched it', async () => {
    const gate = deferred();
    const at = place([handler(() => gate.promise)], { concurrency: 1, batch: 2 });
    for (let n = 0; n < 5; n++) await at.add();
    const run = at.start();
    await settled();
    at.stop.abort();
    await settled();
    expect(at.statuses()).toEqual(['running', 'waiting', 'waiting', 'waiting', 'waiting']);
    expect(at.task(2).attempts).toBe(0);
    gate.resolve();
    const report = await run;
    expect(at.task(1).status).toBe('completed');
    expect(report.ended).toMatchObject({ completed: 1, returned: 2 });
  });

  it('aborts handlers after the time of grace and gives their tasks back', async () => {
    const at = place(
      [
        handler(
          ({ signal }) =>
            new Promise((_, reject) =>
              signal.addEventListener('abort', () => reject(signal.reason as Error)),
            ),
        ),
      ],
      { graceMs: 3_000 },
    );
    const id = await at.add();
    const run = at.start();
    await settled();
    at.stop.abort();
    await at.clock.pass(2_900);
    expect(at.task(id).status).toBe('running');
    await at.clock.pass(200);
    expect((await run).ended.returned).toBe(1);
    expect(at.task(id)).toMatchObject({ status: 'waiting', attempts: 0 });
  });

  it('shows a handler that asks late that it is to stop', async () => {
    const gate = deferred();
    const asked: unknown[] = [];
    const at = place(
      [
        handler(async (context) => {
          await gate.promise;
          asked.push(context.signal.aborted, context.signal.reason, context.signal === context.signal);
          context.signal.throwIfAborted();
        }),
      ],
      { graceMs: 1_000 },
    );
    const id = await at.add();
    const run = at.start();
    await settled();
    at.stop.abort();
    await at.clock.pass(1_100);
    gate.resolve();
    expect((await run).ended.returned).toBe(1);
    expect(asked).toEqual([true, expect.objectContaining({ code: 'SERVER_UNAVAILABLE' }), true]);
    expect(at.task(id).attempts).toBe(0);
  });

  it('leaves a handler that does not listen to itself, and ends', async () => {
    const at = place([handler(() => new Promise(() => undefined))], { graceMs: 1_000 });
    const id = await at.add();
    const run = at.start();
    await settled();
    at.stop.abort();
    await at.clock.pass(10_000);
    expect((await run).ended.returned).toBe(1);
    expect(at.task(id).status).toBe('waiting');
  });

  it('ends although the queue is away', async () => {
    const at = place([handler(async () => undefined)], { graceMs: 1_000 });
    await at.add();
    at.queue.settle = () => Promise.reject(new Unavailable('DATABASE_UNAVAILABLE', 'away'));
    const run = at.start();
    await settled();
    at.stop.abort();
    await at.clock.pass(60_000);
    expect((await run).ended).toMatchObject({ lost: 1 });
  });
});

describe('a queue that fails', () => {
  it('is asked again with longer and longer rests', async () => {
    const at = place([handler(async () => undefined)]);
    await at.add();
    const claim = at.queue.claim.bind(at.queue);
    let calls = 0;
    at.queue.claim = (request) => {
      calls += 1;
      return calls < 5 ? Promise.reject(new Unavailable('DATABASE_BUSY', 'busy')) : claim(request);
    };
    await at.drain();
    expect(at.statuses()).toEqual(['completed']);
  });

  it('with a defect ends the worker', async () => {
    const at = place([handler(async () => undefined)]);
    at.queue.claim = () => Promise.reject(new TypeError('a defect'));
    await expect(at.start()).rejects.toThrow('a defect');
  });

  it('is told of a result until it takes it', async () => {
    const at = place([handler(async () => 'result')]);
    const id = await at.add();
    const settle = at.queue.settle.bind(at.queue);
    let calls = 0;
    at.queue.settle = (outcomes) => {
      calls += 1;
      return calls < 4 ? Promise.reject(new Unavailable('DATABASE_BUSY', 'busy')) : settle(outcomes);
    };
    const report = await at.drain();
    expect(at.task(id)).toMatchObject({ status: 'completed', result: 'result', attempts: 1 });
    expect(report.ended.completed).toBe(1);
  });
});

describe('completing in a unit of work', () => {
  it('makes the effects and the end one, and the answer of the work the result', async () => {
    const at = place([
      handler(async ({ complete }) => {
        await complete(async (transaction) => {
          await transaction.tasks.enqueue([{ type: 'effect' }]);
          return { made: 1 };
        });
        return 'ignored';
      }),
    ]);
    const id = await at.add();
    await at.drain({ types: ['work'] });
    expect(at.task(id)).toMatchObject({ status: 'completed', result: { made: 1 } });
    expect(at.task(2)).toMatchObject({ type: 'effect', status: 'waiting' });
    expect(at.ends()).toEqual(['completed']);
  });

  it('leaves the task to another attempt when the work fails', async () => {
    let calls = 0;
    const at = place([
      handler(async ({ complete }) => {
        await complete(async () => {
          calls += 1;
          if (calls === 1) throw new Error('not yet');
          return calls;
        });
      }),
    ]);
    const id = await at.add();
    const run = at.start();
    await at.clock.pass(10_000);
    expect(at.task(id)).toMatchObject({ status: 'completed', attempts: 2, result: 2 });
    at.stop.abort();
    await run;
  });
});

describe('progress', () => {
  it('is written now and then, and the last of it always', async () => {
    let writes = 0;
    const at = place([
      handler(async ({ report }) => {
        for (let done = 1; done <= 1_000; done++) await report({ done, total: 1_000 });
      }),
    ]);
    const report = at.queue.report.bind(at.queue);
    at.queue.report = (...given) => {
      writes += 1;
      return report(...given);
    };
    const id = await at.add();
    await at.drain();
    expect(writes).toBe(2);
    expect(at.task(id).progress).toEqual({ done: 1_000, total: 1_000 });
  });
});

describe('schedules', () => {
  it('make up for all missed times by one task', async () => {
    const at = place([handler(async () => undefined)]);
    await at.schedules.save({
      name: 'often',
      cron: '*/10 * * * *',
      timeZone: 'UTC',
      task: { type: 'work' },
      nextRunAt: '2026-11-20T00:00:00.000Z',
    });
    const run = at.start();
    await at.clock.pass(1_000);
    expect(at.statuses()).toEqual(['completed']);
    expect(at.book.schedules.get('often')?.nextRunAt).toBe('2026-11-21T08:10:00.000Z');
    await at.clock.pass(30 * 60_000);
    expect(at.statuses()).toHaveLength(4);
    at.stop.abort();
    expect((await run).scheduled).toBe(4);
  });

  it('are made by one of several workers', async () => {
    const at = place([handler(async () => undefined)]);
    await at.schedules.save({
      name: 'hourly',
      cron: '0 * * * *',
      timeZone: 'UTC',
      task: { type: 'work' },
      nextRunAt: '2026-11-21T09:00:00.000Z',
    });
    const runs = [at.start({ name: 'a' }), at.start({ name: 'b' }), at.start({ name: 'c' })];
    await at.clock.pass(2 * 3_600_000);
    expect(at.statuses()).toHaveLength(2);
    at.stop.abort();
    await Promise.all(runs);
  });

  it('that cannot be understood trouble nobody else', async () => {
    const at = place([handler(async () => undefined)]);
    const base = { timeZone: 'UTC', task: { type: 'work' }, nextRunAt: '2026-11-21T07:00:00.000Z' };
    await at.schedules.save({ ...base, name: 'bad', cron: 'never' });
    await at.schedules.save({ ...base, name: 'good', cron: '0 * * * *' });
    const run = at.start();
    await at.clock.pass(30_000);
    expect(at.statuses()).toEqual(['completed']);
    expect(at.events.filter(({ kind }) => kind === 'trouble')).toHaveLength(1);
    expect(at.claims.length).toBeLessThan(20);
    at.stop.abort();
    await run;
  });
});

describe('limits', () => {
  it('let the next task of a key begin as soon as one has ended', async () => {
    let running = 0;
    let most = 0;
    const at = place([
      handler(async () => {
        most = Math.max(most, ++running);
        await settled();
        running -= 1;
      }),
    ]);
    await at.queue.setLimit({ key: 'work', concurrency: 2 });
    for (let n = 0; n < 9; n++) await at.add();
    const report = await at.drain();
    expect(most).toBe(2);
    expect(report.ended.completed).toBe(9);
  });

  it('of a rate are kept to, and used', async () => {
    const begun: number[] = [];
    const at = place([
      handler(async () => {
        begun.push(at.clock.now());
      }),
    ]);
    await at.queue.setLimit({ key: 'work', perSecond: 10 });
    for (let n = 0; n < 20; n++) await at.add();
    await at.drain();
    const took = begun.at(-1)! - begun[0]!;
    expect(begun).toHaveLength(20);
    expect(took).toBeGreaterThanOrEqual(1_900);
    expect(took).toBeLessThan(2_500);
  });
});

describe('several workers', () => {
  it('have the effects of each task exactly once, whatever fails and whoever falls silent', async () => {
    const scenario = fc.record({
      // How long an attempt takes, and whether it fails: used up one after the other.
      attempts: fc.array(fc.record({ ms: fc.nat(9_000), fails: fc.boolean() }), { maxLength: 30 }),
      silences: fc.array(fc.record({ worker: fc.nat(2), from: fc.nat(40_000), ms: fc.nat(15_000) }), {
        maxLength: 6,
      }),
    });
    await fc.assert(
      fc.asyncProperty(scenario, async ({ attempts, silences }) => {
        const plan = [...attempts];
        const clock = new ManualClock();
        const book = new TaskBook(clock.now);
        const queue = new InMemoryTaskQueue(book);
        const begin = clock.now();
        const handlers = [
          handler(async ({ task, complete }) => {
            const { ms, fails } = plan.shift() ?? { ms: 100, fails: false };
            await new Promise<void>((resolve) => clock.after(ms, resolve));
            if (fails) throw new Error('bad luck');
            await complete(async (transaction) => {
              await transaction.tasks.enqueue([{ type: 'effect', payload: task.id }]);
            });
          }),
        ];
        const stop = new AbortController();
        const runs = [0, 1, 2].map((index) => {
          const mine = new InMemoryTaskQueue(book);
          const heartbeat = mine.heartbeat.bind(mine);
          mine.heartbeat = (...given) => {
            const at = clock.now() - begin;
            const isSilent = silences.some(
              ({ worker, from, ms }) => worker === index && at >= from && at < from + ms,
            );
            return isSilent
              ? Promise.reject(new Unavailable('DATABASE_UNAVAILABLE', 'away'))
              : heartbeat(...given);
          };
          return new TaskWorker(
            {
              queue: mine,
              schedules: new InMemoryTaskScheduleRepository(book),
              signal: manualSignal(book, clock),
              unitOfWork: unitOfTasks(book),
              clock,
              random: () => 0.5,
            },
            { handlers, name: `w${index}`, types: ['work'], concurrency: 2, leaseMs: 3_000 },
          ).run(stop.signal);
        });
        await queue.enqueue(Array.from({ length: 8 }, () => ({ type: 'work', maxAttempts: 1000 })));
        await clock.pass(300_000);
        stop.abort();
        await clock.pass(30_000);
        await Promise.all(runs);
        const all = [...book.tasks.values()];
        expect(all.filter(({ type, status }) => type === 'work' && status !== 'completed')).toEqual([]);
        const effects = all.filter(({ type }) => type === 'effect').map(({ payload: of }) => of);
        expect(effects.map(Number).sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
      }),
      { numRuns: 12 },
    );
  });
});
