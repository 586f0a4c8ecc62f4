import type { z } from 'zod';
import { problems } from '../schemas/answer-schemas.js';
import {
  cutoverPageQuery,
  cutoverParams,
  cutoverRepairParams,
  retryRequest,
} from '../schemas/cutover-requests.js';
import {
  cutoverRepairPage,
  explainedRepair,
  mismatchPage,
  repairReport,
} from '../schemas/cutover-schemas.js';
import type { ApiServer, ServedApplication } from './served-application.js';

const tags = ['cutover'];
const answer = <S extends z.ZodType>(schema: S, description: string) => ({
  description,
  content: { 'application/json': { schema } },
});

/** What waits to be repaired, and what was found to differ. */
export function cutoverRepairRoutes(app: ApiServer, application: ServedApplication): void {
  app.get(
    '/cutover/:component/repairs',
    {
      schema: {
        tags,
        operationId: 'listCutoverRepairs',
        summary: 'The keys that the other store may not have yet, the oldest first',
        params: cutoverParams,
        querystring: cutoverPageQuery,
        response: { 200: answer(cutoverRepairPage, 'One page.'), ...problems(404) },
      },
    },
    ({ params: { component }, query }) => application.cutover.repairs(component, query),
  );
  app.get(
    '/cutover/repairs/:id',
    {
      schema: {
        tags,
        operationId: 'getCutoverRepair',
        summary: 'A repair, and what becomes of it, in words',
        params: cutoverRepairParams,
        response: { 200: answer(explainedRepair, 'The repair.'), ...problems(404) },
      },
    },
    ({ params: { id } }) => application.cutover.repair(id),
  );
  app.post(
    '/cutover/:component/repairs/retry',
    {
      schema: {
        tags,
        operationId: 'retryCutoverRepairs',
        summary: 'Try to repair now what waits',
        params: cutoverParams,
        body: retryRequest,
        response: { 200: answer(repairReport, 'What came of it.'), ...problems(404, 413, 415) },
      },
    },
    ({ params: { component }, body }) => application.cutover.retry(component, body?.id),
  );
  app.get(
    '/cutover/:component/mismatches',
    {
      schema: {
        tags,
        operationId: 'listCutoverMismatches',
        summary: 'Reads that the two stores answered differently, the newest first',
        params: cutoverParams,
        querystring: cutoverPageQuery,
        response: { 200: answer(mismatchPage, 'One page; values are redacted.'), ...problems(404) },
      },
    },
    ({ params: { component }, query }) => application.cutover.mismatches(component, query),
  );
}
