import type { IssueSyncService, SyncProgress } from '@markitect/application';
import { Invalid } from '@markitect/domain';
import { clientGone } from '../http/client-gone.js';
import { syncBody } from '../schemas/issue-requests.js';
import { syncProgress, syncReport } from '../schemas/sync-schemas.js';
import { trackerProblems } from '../schemas/tracker-answers.js';
import type { ApiServer, ServedApplication } from './served-application.js';

const tags = ['issues'];

/** Keeping the copy of a tracker. `stopping` ends a run between two steps: the server is shutting down. */
export function issueSyncRoutes(
  app: ApiServer,
  application: ServedApplication,
  { stopping }: { readonly stopping: AbortSignal },
): void {
  let running = 0;
  let latest: SyncProgress | undefined;

  app.post(
    '/issues/sync',
    {
      schema: {
        tags,
        operationId: 'syncIssues',
        summary: 'Take over what has changed in the tracker into the copy of it',
        description:
          'Answers when all is done; while one runs here, others get its report, and while another process is at it, 409 `ISSUE_SYNC_RUNNING` says who. If the last client that waits leaves, it ends after the step under way, and the next one goes on from there. Without a Gitea in the configuration there is nothing to copy: 400 `TRACKER_NOT_CONFIGURED`.',
        body: syncBody,
        response: {
          200: { description: 'The report.', content: { 'application/json': { schema: syncReport } } },
          ...trackerProblems(409, 413, 415),
        },
      },
    },
    async ({ body }, reply) => {
      const sync = required(application);
      running += 1;
      try {
        return await sync.sync({
          ...body,
          signal: AbortSignal.any([stopping, clientGone(reply.raw)]),
          onProgress: (progress) => {
            latest = progress;
          },
        });
      } finally {
        running -= 1;
        if (running === 0) latest = undefined;
      }
    },
  );

  app.get(
    '/issues/sync',
    {
      schema: {
        tags,
        operationId: 'getSyncProgress',
        summary: 'How far the copy of the tracker is',
        response: {
          200: {
            description: 'The progress.',
            content: { 'application/json': { schema: syncProgress } },
          },
          ...trackerProblems(),
        },
      },
    },
    async () => {
      const { startedAt, syncedAt } = await required(application).progress();
      return {
        running: running > 0,
        ...latest,
        resumable: startedAt !== undefined,
        ...(syncedAt === undefined ? {} : { syncedAt }),
      };
    },
  );
}

function required({ issueSync }: ServedApplication): IssueSyncService {
  if (issueSync !== undefined) return issueSync;
  throw new Invalid('TRACKER_NOT_CONFIGURED', 'the issues are kept here: there is no tracker to copy');
}
