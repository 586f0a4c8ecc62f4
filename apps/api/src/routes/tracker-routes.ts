import { markStale, maxAgeOf } from '../http/stale-answers.js';
import {
  boardQuery,
  labelBody,
  labelParams,
  milestoneBody,
  milestoneParams,
  readQuery,
} from '../schemas/issue-requests.js';
import { board, label, labelList, milestone, milestoneList } from '../schemas/issue-schemas.js';
import { trackerProblems } from '../schemas/tracker-answers.js';
import { filterOf } from './issue-filter.js';
import type { ApiServer, ServedApplication } from './served-application.js';

const tags = ['issues'];

/** What the tracker has besides issues: labels, milestones, the board. */
export function trackerRoutes(app: ApiServer, application: ServedApplication): void {
  app.get(
    '/labels',
    {
      schema: {
        tags,
        operationId: 'listLabels',
        summary: 'The labels of the tracker, by name',
        querystring: readQuery,
        response: {
          200: { description: 'All of them.', content: { 'application/json': { schema: labelList } } },
          ...trackerProblems(),
        },
      },
    },
    async ({ query }, reply) => {
      const answer = await application.issues.labels(maxAgeOf(query));
      return { items: answer.value, ...markStale(reply, answer) };
    },
  );

  app.put(
    '/labels/*',
    {
      schema: {
        tags,
        operationId: 'saveLabel',
        summary: 'Add a label, or change the one of this name',
        params: labelParams,
        body: labelBody,
        response: {
          200: { description: 'As it is kept.', content: { 'application/json': { schema: label } } },
          ...trackerProblems(413, 415),
        },
      },
    },
    ({ params, body }) =>
      application.issues.saveLabel({ description: '', exclusive: false, ...body, name: params['*'] }),
  );

  app.get(
    '/milestones',
    {
      schema: {
        tags,
        operationId: 'listMilestones',
        summary: 'The milestones of the tracker, by title',
        querystring: readQuery,
        response: {
          200: { description: 'All of them.', content: { 'application/json': { schema: milestoneList } } },
          ...trackerProblems(),
        },
      },
    },
    async ({ query }, reply) => {
      const answer = await application.issues.milestones(maxAgeOf(query));
      return { items: answer.value, ...markStale(reply, answer) };
    },
  );

  app.put(
    '/milestones/*',
    {
      schema: {
        tags,
        operationId: 'saveMilestone',
        summary: 'Add a milestone, or change the one of this title',
        params: milestoneParams,
        body: milestoneBody,
        response: {
          200: { description: 'As it is kept.', content: { 'application/json': { schema: milestone } } },
          ...trackerProblems(413, 415),
        },
      },
    },
    ({ params, body }) =>
      application.issues.saveMilestone({ description: '', state: 'open', ...body, title: params['*'] }),
  );

  app.get(
    '/board',
    {
      schema: {
        tags,
        operationId: 'getBoard',
        summary: 'The columns of the board, and the first cards of each',
        description:
          'The most urgent first, then those changed last. A filter narrows what `total` counts, too.',
        querystring: boardQuery,
        response: {
          200: { description: 'The board.', content: { 'application/json': { schema: board } } },
          ...trackerProblems(),
        },
      },
    },
    async ({ query }, reply) => {
      const { cards } = query;
      const answer = await application.issues.board(
        { filter: filterOf(query), ...(cards === undefined ? {} : { cards }) },
        maxAgeOf(query),
      );
      return { ...answer.value, ...markStale(reply, answer) };
    },
  );
}
