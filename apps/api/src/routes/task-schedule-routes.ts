import { z } from 'zod';
import { problems } from '../schemas/answer-schemas.js';
import { scheduleBody, taskScheduleParams } from '../schemas/task-requests.js';
import { taskSchedule, taskSchedules } from '../schemas/task-schemas.js';
import type { ApiServer, ServedApplication } from './served-application.js';

const tags = ['tasks'];
const one = (description: string) => ({
  description,
  content: { 'application/json': { schema: taskSchedule } },
});

/** What makes tasks again and again. */
export function taskScheduleRoutes(app: ApiServer, application: ServedApplication): void {
  app.get(
    '/tasks/schedules',
    {
      schema: {
        tags,
        operationId: 'listTaskSchedules',
        summary: 'The schedules by which tasks are made',
        response: {
          200: { description: 'By name.', content: { 'application/json': { schema: taskSchedules } } },
          ...problems(),
        },
      },
    },
    async () => ({ items: await application.tasks.schedules() }),
  );

  app.get(
    '/tasks/schedules/:name',
    {
      schema: {
        tags,
        operationId: 'getTaskSchedule',
        summary: 'A schedule',
        params: taskScheduleParams,
        response: { 200: one('The schedule.'), ...problems(404) },
      },
    },
    ({ params: { name } }) => application.tasks.schedule(name),
  );

  app.put(
    '/tasks/schedules/:name',
    {
      schema: {
        tags,
        operationId: 'saveTaskSchedule',
        summary: 'Add a schedule, or change the one of this name',
        description:
          'Its times are those of the clocks of its time zone. Times missed while no worker ran are made up for by one task.',
        params: taskScheduleParams,
        body: scheduleBody,
        response: { 200: one('Saved.'), ...problems(413, 415) },
      },
    },
    ({ params: { name }, body: { force = false, ...request } }) =>
      application.tasks.saveSchedule({ ...request, name }, { force }),
  );

  app.delete(
    '/tasks/schedules/:name',
    {
      schema: {
        tags,
        operationId: 'removeTaskSchedule',
        summary: 'Remove a schedule; tasks it has made stay',
        params: taskScheduleParams,
        response: { 204: z.undefined().meta({ description: 'Removed.' }), ...problems(404) },
      },
    },
    async ({ params: { name } }, reply) => {
      await application.tasks.removeSchedule(name);
      return reply.code(204).send();
    },
  );
}
