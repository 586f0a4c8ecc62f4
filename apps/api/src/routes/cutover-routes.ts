import type { Request, SwitchOptions } from '@markitect/migration';
import type { z } from 'zod';
import { clientGone } from '../http/client-gone.js';
import { problems } from '../schemas/answer-schemas.js';
import {
  backfillRequest,
  cutoverLogQuery,
  cutoverParams,
  cutoverRequest,
  diffRequest,
  judgedRequest,
  limitRequest,
  switchReadsRequest,
} from '../schemas/cutover-requests.js';
import {
  backfillState,
  cutoverJudgement,
  cutoverLogPage,
  cutoverStatus,
  cutoverStatuses,
  diffReport,
} from '../schemas/cutover-schemas.js';
import { cutoverEventRoutes } from './cutover-events.js';
import { cutoverRepairRoutes } from './cutover-repair-routes.js';
import type { ApiServer, ServedApplication } from './served-application.js';

/** What the routes of cutovers need besides the application. */
export interface CutoverRouteOptions {
  /** Ends running backfills and diffs: the server is shutting down. */
  readonly stopping: AbortSignal;
}

const tags = ['cutover'];
const answer = <S extends z.ZodType>(schema: S, description: string) => ({
  description,
  content: { 'application/json': { schema } },
});
const DIFFERENCES = 20;

/** The steps by which components are moved off their legacy stores, and back. */
export function cutoverRoutes(
  app: ApiServer,
  application: ServedApplication,
  { stopping }: CutoverRouteOptions,
): void {
  /** The component as it stands, after something was done to it. */
  const statusOf = async (name: string) => {
    const [status] = await application.cutover.status(name);
    // `status` of one component answers with it, or throws.
    return status as NonNullable<typeof status>;
  };
  app.get(
    '/cutover',
    {
      schema: {
        tags,
        operationId: 'listCutovers',
        summary: 'Where components stand, and what blocks their next step',
        response: { 200: answer(cutoverStatuses, 'Those that have a legacy store here.'), ...problems() },
      },
    },
    async () => ({ items: await application.cutover.status() }),
  );
  app.get(
    '/cutover/log',
    {
      schema: {
        tags,
        operationId: 'listCutoverLog',
        summary: 'Who changed what, when and why, the newest first',
        querystring: cutoverLogQuery,
        response: { 200: answer(cutoverLogPage, 'One page.'), ...problems() },
      },
    },
    ({ query: { component, ...page } }) => application.cutover.log(page, component),
  );
  app.get(
    '/cutover/:component',
    {
      schema: {
        tags,
        operationId: 'getCutover',
        summary: 'Where a component stands',
        params: cutoverParams,
        response: { 200: answer(cutoverStatus, 'Everything about it.'), ...problems(404) },
      },
    },
    ({ params: { component } }) => statusOf(component),
  );

  const steps = [
    ['start', 'startCutover', 'Copy every write to modern from now on', 'From `legacy` to `mirror`.'],
    [
      'reverse',
      'reverseCutover',
      'Go one stage back, at once',
      'From `modern` to `served` with 100 %, from there to `mirror`, from there to `legacy`. No gate is asked. Not after `complete`.',
    ],
    ['cancel', 'cancelCutover', 'Go back to legacy, and copy nothing any more', 'Not after `complete`.'],
  ] as const;
  for (const [step, operationId, summary, description] of steps) {
    app.post(
      `/cutover/:component/${step}`,
      {
        schema: {
          tags,
          operationId,
          summary,
          description,
          params: cutoverParams,
          body: cutoverRequest,
          response: { 200: answer(cutoverStatus, 'How it stands now.'), ...problems(404, 409, 413, 415) },
        },
      },
      async ({ params: { component }, body }) => {
        await application.cutover[step](component, body);
        return statusOf(component);
      },
    );
  }

  const judged = { 200: answer(cutoverJudgement, 'Done, or judged.'), ...problems(404, 409, 413, 415) };
  const gates = '409 with `details.blockers` when gates do not hold.';
  app.post(
    '/cutover/:component/switch-reads',
    {
      schema: {
        tags,
        operationId: 'switchCutoverReads',
        summary: 'Read a share of the keys from modern',
        description: gates,
        params: cutoverParams,
        body: switchReadsRequest,
        response: judged,
      },
    },
    ({ params: { component }, body: { percent, ...body } }) =>
      application.cutover.switchReads(component, percent, ...judging(body)),
  );
  app.post(
    '/cutover/:component/switch-writes',
    {
      schema: {
        tags,
        operationId: 'switchCutoverWrites',
        summary: 'Let modern answer, and legacy follow',
        description: gates,
        params: cutoverParams,
        body: judgedRequest,
        response: judged,
      },
    },
    ({ params: { component }, body }) => application.cutover.switchWrites(component, ...judging(body)),
  );
  app.post(
    '/cutover/:component/complete',
    {
      schema: {
        tags,
        operationId: 'completeCutover',
        summary: 'Give legacy up; nothing leads back',
        description: gates,
        params: cutoverParams,
        body: judgedRequest,
        response: judged,
      },
    },
    ({ params: { component }, body }) => application.cutover.complete(component, ...judging(body)),
  );
  app.patch(
    '/cutover/:component/limits',
    {
      schema: {
        tags,
        operationId: 'limitCutover',
        summary: 'Change what must hold before a switch, and after it',
        params: cutoverParams,
        body: limitRequest,
        response: { 200: answer(cutoverStatus, 'How it stands now.'), ...problems(404, 413, 415) },
      },
    },
    async ({ params: { component }, body: { who, why, ...limits } }) => {
      await application.cutover.limit(component, limits, { who, why });
      return statusOf(component);
    },
  );

  app.post(
    '/cutover/:component/backfill',
    {
      schema: {
        tags,
        operationId: 'backfillCutover',
        summary: 'Copy what the component has had before',
        description:
          'Answers when it is done. If the client leaves it stops after the keys under way; the next one goes on there.',
        params: cutoverParams,
        body: backfillRequest,
        response: { 200: answer(backfillState, 'How far it has come.'), ...problems(404, 409, 413, 415) },
      },
    },
    ({ params: { component }, body: { who, why, ...options } }, reply) =>
      application.cutover.backfill(
        component,
        { ...options, signal: AbortSignal.any([stopping, clientGone(reply.raw)]) },
        { who, why },
      ),
  );
  app.post(
    '/cutover/:component/diff',
    {
      schema: {
        tags,
        operationId: 'diffCutover',
        summary: 'Compare both stores, key by key',
        description: 'Answers when it is done, and stops as a backfill does.',
        params: cutoverParams,
        body: diffRequest,
        response: { 200: answer(diffReport, 'What differs.'), ...problems(404, 409, 413, 415) },
      },
    },
    async ({ params: { component }, body: { who, why, limit = DIFFERENCES, ...options } }, reply) => {
      const differences: z.input<typeof diffReport>['differences'][number][] = [];
      const state = await application.cutover.diff(
        component,
        {
          ...options,
          signal: AbortSignal.any([stopping, clientGone(reply.raw)]),
          onDifference: (each) => {
            if (differences.length < limit) differences.push(each);
          },
        },
        { who, why },
      );
      return { ...state, differences };
    },
  );
  cutoverRepairRoutes(app, application);
  cutoverEventRoutes(app, application, { stopping });
}

/** Who asks, and whether it is only judged. The schema asks for both words where something is done. */
function judging({
  who = '',
  why = '',
  dryRun = false,
}: z.output<typeof judgedRequest>): [Request, SwitchOptions] {
  return [{ who, why }, { dryRun }];
}
