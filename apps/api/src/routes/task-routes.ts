import { payloadSchema } from '@markitect/application';
import { DEFAULT_MAX_ATTEMPTS } from '@markitect/domain';
import { z } from 'zod';
import { refuseForeignPage } from '../http/foreign-page.js';
import { problems } from '../schemas/answer-schemas.js';
import { noBody } from '../schemas/issue-requests.js';
import {
  enqueueBody,
  enqueueManyBody,
  limitBody,
  pruneBody,
  redriveBody,
  taskLimitParams,
  taskParams,
  tasksQuery,
  taskTypeParams,
} from '../schemas/task-requests.js';
import {
  enqueuedTask,
  enqueuedTasks,
  task,
  taskCount,
  taskLimit,
  taskLimits,
  taskPage,
  taskStats,
  taskTypes,
} from '../schemas/task-schemas.js';
import type { ApiServer, ServedApplication } from './served-application.js';

const tags = ['tasks'];

const answer = <S extends z.ZodType>(schema: S, description: string) => ({
  description,
  content: { 'application/json': { schema } },
});
const done = (description: string) => z.undefined().meta({ description });

/** The queue: putting tasks in, looking at them, and what people do when something is wrong. */
export function taskRoutes(app: ApiServer, application: ServedApplication): void {
  singleTaskRoutes(app, application);
  app.post(
    '/tasks/bulk',
    {
      schema: {
        tags,
        operationId: 'enqueueTasks',
        summary: 'Add many tasks, all or none',
        body: enqueueManyBody,
        response: { 201: answer(enqueuedTasks, 'Added, in one commit.'), ...problems(413, 415) },
      },
    },
    async ({ body: { tasks, force = false } }, reply) => {
      const items = await application.tasks.enqueue(tasks, { force });
      return reply.code(201).send({ items });
    },
  );

  app.get(
    '/tasks/types',
    {
      schema: {
        tags,
        operationId: 'listTaskTypes',
        summary: 'The types of tasks that are known here, and what their payloads have to be',
        response: { 200: answer(taskTypes, 'By type.'), ...problems() },
      },
    },
    () => ({
      items: application.tasks.types().map((known) => ({
        type: known.type,
        summary: known.summary,
        payload: payloadSchema(known),
        maxAttempts: known.maxAttempts ?? DEFAULT_MAX_ATTEMPTS,
        ...(known.timeoutMs === undefined ? {} : { timeoutMs: known.timeoutMs }),
      })),
    }),
  );

  app.get(
    '/tasks/stats',
    {
      schema: {
        tags,
        operationId: 'getTaskStats',
        summary: 'How many tasks of each type there are, and how long they wait',
        response: { 200: answer(taskStats, 'By type.'), ...problems() },
      },
    },
    async () => ({ items: await application.tasks.stats() }),
  );

  app.post(
    '/tasks/redrive',
    {
      schema: {
        tags,
        operationId: 'redriveTasks',
        summary: 'Let dead tasks wait again, with all their attempts',
        description: 'The oldest first. One whose unique key another unfinished task has stays dead.',
        body: redriveBody,
        response: { 200: answer(taskCount, 'They wait.'), ...problems(413, 415) },
      },
    },
    async ({ body }) => ({ count: await application.tasks.redrive(body) }),
  );

  app.post(
    '/tasks/prune',
    {
      schema: {
        tags,
        operationId: 'pruneTasks',
        summary: 'Forget tasks that are over',
        body: pruneBody,
        response: { 200: answer(taskCount, 'They are gone.'), ...problems(413, 415) },
      },
    },
    async ({ body }) => ({ count: await application.tasks.prune(body) }),
  );

  for (const [verb, operationId, summary] of [
    ['pause', 'pauseTaskType', 'Let no task of a type begin; those that run go on'],
    ['resume', 'resumeTaskType', 'Let tasks of a type begin again'],
  ] as const) {
    app.post(
      `/tasks/types/:type/${verb}`,
      {
        schema: {
          tags,
          operationId,
          summary,
          params: taskTypeParams,
          body: noBody,
          response: {
            204: done('Done. It holds for all workers, until it is changed.'),
            ...problems(413, 415),
          },
        },
      },
      async ({ params: { type }, body, headers }, reply) => {
        refuseForeignPage(headers, body);
        await application.tasks[verb](type);
        return reply.code(204).send();
      },
    );
  }

  app.get(
    '/tasks/limits',
    {
      schema: {
        tags,
        operationId: 'listTaskLimits',
        summary: 'What limits tasks, over all workers',
        response: { 200: answer(taskLimits, 'By key.'), ...problems() },
      },
    },
    async () => ({ items: await application.tasks.limits() }),
  );

  app.put(
    '/tasks/limits/:key',
    {
      schema: {
        tags,
        operationId: 'setTaskLimit',
        summary: 'Set the limits of a key, in place of those it had',
        params: taskLimitParams,
        body: limitBody,
        response: { 200: answer(taskLimit, 'They hold.'), ...problems(413, 415) },
      },
    },
    ({ params: { key }, body }) => application.tasks.setLimit({ ...body, key }),
  );

  app.delete(
    '/tasks/limits/:key',
    {
      schema: {
        tags,
        operationId: 'removeTaskLimit',
        summary: 'Remove the limits of a key',
        params: taskLimitParams,
        response: { 204: done('Nothing limits it any more.'), ...problems(404) },
      },
    },
    async ({ params: { key } }, reply) => {
      await application.tasks.removeLimit(key);
      return reply.code(204).send();
    },
  );
}

function singleTaskRoutes(app: ApiServer, application: ServedApplication): void {
  app.get(
    '/tasks',
    {
      schema: {
        tags,
        operationId: 'listTasks',
        summary: 'List tasks, the newest first, a page at a time',
        querystring: tasksQuery,
        response: { 200: answer(taskPage, 'A page.'), ...problems() },
      },
    },
    ({ query }) => application.tasks.list(query),
  );

  app.post(
    '/tasks',
    {
      schema: {
        tags,
        operationId: 'enqueueTask',
        summary: 'Add a task',
        description: 'Answers when it is stored; a worker does it: the server itself, or `markitect work`.',
        body: enqueueBody,
        response: {
          200: answer(enqueuedTask, 'An unfinished task has its unique key: that one, with its `Location`.'),
          201: answer(enqueuedTask, 'Added; with its `Location`.'),
          ...problems(413, 415),
        },
      },
    },
    async ({ body: { force = false, ...draft } }, reply) => {
      const [made] = await application.tasks.enqueue([draft], { force });
      const { id, isNew } = made ?? { id: 0, isNew: false };
      return reply
        .code(isNew ? 201 : 200)
        .header('location', `/v1/tasks/${id}`)
        .send({ id, isNew });
    },
  );

  app.get(
    '/tasks/:id',
    {
      schema: {
        tags,
        operationId: 'getTask',
        summary: 'A task: its state, progress, result or failure',
        params: taskParams,
        response: { 200: answer(task, 'The task.'), ...problems(404) },
      },
    },
    ({ params: { id } }) => application.tasks.get(id),
  );

  for (const [verb, operationId, summary, description] of [
    [
      'cancel',
      'cancelTask',
      'End a task before it is done',
      'One that has not begun is cancelled at once; the worker of a running one learns of it within seconds.',
    ],
    [
      'retry',
      'retryTask',
      'Let a delayed, cancelled or dead task wait again',
      'It gets all its attempts again.',
    ],
  ] as const) {
    app.post(
      `/tasks/:id/${verb}`,
      {
        schema: {
          tags,
          operationId,
          summary,
          description,
          params: taskParams,
          body: noBody,
          response: { 200: answer(task, 'The task as it is then.'), ...problems(404, 409, 413, 415) },
        },
      },
      async ({ params: { id }, body, headers }) => {
        refuseForeignPage(headers, body);
        return application.tasks[verb](id);
      },
    );
  }
}
