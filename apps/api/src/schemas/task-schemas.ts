import { finishedTaskStatuses, taskStatuses } from '@markitect/domain';
import { z } from 'zod';
import { pageOf } from './document-schemas.js';

/** What the API says of tasks. */

const count = (description: string, example: number) =>
  z
    .number()
    .int()
    .meta({ description, examples: [example] });
const timestamp = (description = 'RFC 3339, UTC.') =>
  z.string().meta({ description, examples: ['2026-11-21T08:37:00.000Z'] });
const json = (description: string, example: unknown) =>
  z.unknown().meta({ description, examples: [example] });

const id = count('The number of the task.', 42);
const type = z.string().meta({ description: 'Says what does it.', examples: ['documents.ingest'] });
const finished = finishedTaskStatuses.map((status) => `\`${status}\``).join(', ');

export const task = z
  .object({
    id,
    type,
    payload: json('What it is to work on, as its type asks for.', { paths: ['handbook'] }),
    status: z.enum(taskStatuses).meta({
      description: `\`delayed\`: its time has not come; \`waiting\`: for a worker; \`running\`; over: ${finished}.`,
      examples: ['running'],
    }),
    priority: count('Higher goes first.', 0),
    runAt: timestamp('It does not begin before this.'),
    attempts: count('Attempts begun.', 1),
    maxAttempts: count('After so many it is dead.', 5),
    uniqueKey: z
      .string()
      .exactOptional()
      .meta({ description: 'No two unfinished tasks have the same.', examples: ['ingest:handbook'] }),
    limitKey: z.string().meta({
      description: 'Tasks of one key share its limits.',
      examples: ['documents.ingest'],
    }),
    fence: count('Grows with each attempt: only who names the present one may report.', 1),
    worker: z
      .string()
      .exactOptional()
      .meta({ description: 'Who holds it.', examples: ['host-812-a41f3c'] }),
    leaseUntil: timestamp('How long it is held unless its worker says that it lives.').exactOptional(),
    isCancelRequested: z
      .boolean()
      .exactOptional()
      .meta({ description: 'It runs and is to be stopped.', examples: [true] }),
    progress: z
      .object({
        done: count('So much is done …', 350),
        total: count('… of so much.', 2000).exactOptional(),
        note: z
          .string()
          .exactOptional()
          .meta({ examples: ['files'] }),
      })
      .exactOptional()
      .meta({ description: 'How far the last attempt has come.' }),
    result: json('What came of it.', { created: 3, failed: 0 }).exactOptional(),
    failure: z
      .object({
        code: z.string().meta({ description: 'See the errors reference.', examples: ['HTTP_UNREACHABLE'] }),
        message: z.string().meta({ examples: ['git.example.org does not answer'] }),
        at: timestamp(),
      })
      .exactOptional()
      .meta({ description: 'Why the last attempt that failed did.' }),
    schedule: z
      .string()
      .exactOptional()
      .meta({ description: 'The schedule that made it.', examples: ['nightly'] }),
    createdAt: timestamp(),
    updatedAt: timestamp(),
    startedAt: timestamp('When the last attempt began.').exactOptional(),
    finishedAt: timestamp('When it was over.').exactOptional(),
  })
  .meta({ id: 'Task', description: 'A piece of work that is done outside of the request that asks for it.' });

export const taskPage = pageOf(task).meta({ id: 'TaskPage', description: 'One page of tasks.' });

export const enqueuedTask = z
  .object({
    id,
    isNew: z.boolean().meta({
      description: '`false`: an unfinished task has the unique key, and this is that one.',
      examples: [true],
    }),
  })
  .meta({ id: 'EnqueuedTask', description: 'What became of a task that was to be added.' });

export const enqueuedTasks = z.object({
  items: z.array(enqueuedTask).readonly().meta({ description: 'In the order of the request.' }),
});

export const taskTypes = z
  .object({
    items: z
      .array(
        z.object({
          type,
          summary: z.string().meta({ examples: ['take in Markdown files below the roots of the worker'] }),
          payload: json('The JSON Schema of its payload.', { type: 'object' }),
          maxAttempts: count('Unless the task says another number.', 5),
          timeoutMs: count(
            'How long an attempt may take, in milliseconds; absent: any time.',
            60_000,
          ).exactOptional(),
        }),
      )
      .readonly(),
  })
  .meta({ id: 'TaskTypes', description: 'The types of tasks that are known here.' });

const counts = Object.fromEntries(
  taskStatuses.map((status) => [status, count(`How many are ${status}.`, 0)]),
) as {
  [S in (typeof taskStatuses)[number]]: ReturnType<typeof count>;
};

export const taskStats = z
  .object({
    items: z
      .array(
        z.object({
          type,
          counts: z.object(counts),
          oldestWaiting: timestamp('Since when the one that waits longest could have begun.').exactOptional(),
          isPaused: z.boolean().meta({ description: 'None of them may begin.', examples: [false] }),
        }),
      )
      .readonly()
      .meta({ description: 'By type.' }),
  })
  .meta({ id: 'TaskStats', description: 'The queue in figures.' });

export const taskCount = z.object({ count: count('How many there were.', 3) });

export const taskLimit = z
  .object({
    key: z
      .string()
      .meta({ description: 'The limit key of tasks; by default their type.', examples: ['issues.sync'] }),
    concurrency: count('The most that run at the same time.', 1).exactOptional(),
    perSecond: z
      .number()
      .exactOptional()
      .meta({ description: 'The most that begin in a second.', examples: [0.5] }),
    burst: count('The most that begin at once after a rest.', 1).exactOptional(),
  })
  .meta({ id: 'TaskLimit', description: 'What tasks of a key may take, over all workers.' });

export const taskLimits = z.object({ items: z.array(taskLimit).readonly().meta({ description: 'By key.' }) });

export const taskSchedule = z
  .object({
    name: z.string().meta({ examples: ['nightly'] }),
    cron: z.string().meta({
      description: 'Minute, hour, day, month, weekday; with six fields seconds first.',
      examples: ['0 3 * * 1-5'],
    }),
    timeZone: z.string().meta({ description: 'Of the IANA database.', examples: ['Europe/Berlin'] }),
    task: z
      .object({
        type,
        payload: json('As of its tasks.', {}).exactOptional(),
        priority: count('Of its tasks.', 0).exactOptional(),
        maxAttempts: count('Of its tasks.', 5).exactOptional(),
        uniqueKey: z
          .string()
          .exactOptional()
          .meta({ examples: ['schedule:nightly'] }),
        limitKey: z
          .string()
          .exactOptional()
          .meta({ examples: ['issues.sync'] }),
      })
      .meta({ description: 'The task it makes.' }),
    nextRunAt: timestamp('When it is due next.'),
    lastRunAt: timestamp('When it was due last.').exactOptional(),
  })
  .meta({ id: 'TaskSchedule', description: 'Makes a task again and again.' });

export const taskSchedules = z.object({
  items: z.array(taskSchedule).readonly().meta({ description: 'By name.' }),
});
