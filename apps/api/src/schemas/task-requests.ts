import { DEFAULT_MAX_ATTEMPTS, type JsonValue, taskStatuses } from '@markitect/domain';
import { z } from 'zod';
import { pageQuery, wholeNumber } from './request-schemas.js';

/** What requests about tasks may say. What the fields may hold, the domain checks. */

/** The most tasks in one request. */
export const MAX_TASKS_AT_ONCE = 1_000;

// A body has been JSON before it came here.
const payload = z
  .unknown()
  .transform((value) => value as JsonValue)
  .exactOptional()
  .meta({
    description: 'As the type asks for: `GET /v1/tasks/types`. Default `null`.',
    examples: [{ paths: ['handbook'] }],
  });

const templateFields = {
  type: z
    .string()
    .min(1)
    .meta({ examples: ['documents.ingest'] }),
  payload,
  priority: z
    .number()
    .int()
    .exactOptional()
    .meta({ description: '-1000 to 1000, higher goes first. Default 0.', examples: [10] }),
  maxAttempts: z
    .number()
    .int()
    .exactOptional()
    .meta({
      description: `1 to 1000. Default: that of the type, else ${DEFAULT_MAX_ATTEMPTS}.`,
      examples: [DEFAULT_MAX_ATTEMPTS],
    }),
  uniqueKey: z
    .string()
    .exactOptional()
    .meta({
      description: 'While an unfinished task has this key, that one is the answer, and none is added.',
      examples: ['ingest:handbook'],
    }),
  limitKey: z
    .string()
    .exactOptional()
    .meta({ description: 'Whose limits it shares. Default: the type.', examples: ['disk'] }),
};

const draft = z.strictObject({
  ...templateFields,
  runAt: z
    .string()
    .exactOptional()
    .meta({ description: 'Not before this. RFC 3339. Default: now.', examples: ['2026-11-22T06:00:00Z'] }),
});

const force = z
  .boolean()
  .exactOptional()
  .meta({ description: 'Take a type that is not known here. Default false.', examples: [false] });

export const enqueueBody = draft.extend({ force });

export const enqueueManyBody = z.strictObject({
  tasks: z
    .array(draft)
    .min(1)
    .max(MAX_TASKS_AT_ONCE)
    .meta({ description: `1 to ${MAX_TASKS_AT_ONCE}.` }),
  force,
});

export const tasksQuery = z.strictObject({
  ...pageQuery,
  status: z
    .enum(taskStatuses)
    .exactOptional()
    .meta({ description: 'Only those in this status.', examples: ['dead'] }),
  type: z
    .string()
    .min(1)
    .exactOptional()
    .meta({ description: 'Only those of this type.', examples: ['issues.sync'] }),
});

export const taskParams = z.strictObject({
  id: z
    .preprocess(wholeNumber, z.number().int().min(1).max(Number.MAX_SAFE_INTEGER))
    .meta({ description: 'The number of the task.', examples: [42] }),
});

const named = (description: string, example: string) =>
  z
    .string()
    .min(1)
    .meta({ description, examples: [example] });

export const taskTypeParams = z.strictObject({ type: named('The type.', 'issues.sync') });
export const taskLimitParams = z.strictObject({ key: named('The limit key.', 'issues.sync') });
export const taskScheduleParams = z.strictObject({ name: named('The schedule.', 'nightly') });

export const redriveBody = z.strictObject({
  type: named('Only those of this type.', 'issues.sync').exactOptional(),
  limit: z
    .number()
    .int()
    .min(1)
    .exactOptional()
    .meta({ description: 'The most, the oldest first. Default 1000.', examples: [100] }),
});

export const pruneBody = z.strictObject({
  days: z
    .number()
    .meta({ description: 'Those that ended so many days ago or earlier; 0: all.', examples: [7] }),
  dead: z
    .boolean()
    .exactOptional()
    .meta({ description: 'Dead ones, too. Default false.', examples: [false] }),
});

export const limitBody = z.strictObject({
  concurrency: z
    .number()
    .exactOptional()
    .meta({ description: 'The most that run at the same time.', examples: [1] }),
  perSecond: z
    .number()
    .exactOptional()
    .meta({ description: 'The most that begin in a second.', examples: [0.5] }),
  burst: z
    .number()
    .exactOptional()
    .meta({ description: 'The most that begin at once after a rest. Default 1.', examples: [1] }),
});

export const scheduleBody = z.strictObject({
  cron: z
    .string()
    .meta({ description: 'Five fields (minute first), or six (seconds first).', examples: ['0 3 * * 1-5'] }),
  timeZone: z
    .string()
    .exactOptional()
    .meta({ description: 'Of the IANA database. Default `UTC`.', examples: ['Europe/Berlin'] }),
  task: z.strictObject(templateFields).meta({
    description:
      'Without a unique key it gets `schedule:<name>`: while its task is unfinished no second one is made.',
  }),
  force,
});
