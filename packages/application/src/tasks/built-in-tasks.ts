import { Forbidden, Invalid, type JsonObject } from '@markitect/domain';
import { z } from 'zod';
import type { IngestReport } from '../documents/ingest-report.js';
import type { IngestService } from '../documents/ingest-service.js';
import type { IssueSyncService } from '../issues/issue-sync-service.js';
import type { TaskService } from './task-service.js';
import { defineTaskType, type TaskContext, type TaskHandler, taskHandler } from './task-type.js';

/** Brings the copy of the issues up to date. */
export const issuesSyncTask = defineTaskType({
  type: 'issues.sync',
  summary: 'bring the copy of the issues in Gitea up to date',
  schema: z
    .strictObject({ full: z.boolean().exactOptional() })
    .nullable()
    .transform((payload) => payload ?? {}),
  retry: { firstMs: 5_000 },
});

/** Takes files in. */
export const documentsIngestTask = defineTaskType({
  type: 'documents.ingest',
  summary: 'take in Markdown files below the roots of the worker',
  schema: z.strictObject({
    paths: z.array(z.string().min(1)).min(1),
    as: z.string().min(1).exactOptional(),
    ignore: z.array(z.string()).exactOptional(),
    prune: z.boolean().exactOptional(),
    overwrite: z.boolean().exactOptional(),
  }),
});

/** Forgets finished tasks. */
export const tasksPruneTask = defineTaskType({
  type: 'tasks.prune',
  summary: 'forget tasks that ended days ago',
  schema: z
    .strictObject({
      days: z.int().min(0).max(36_500).default(7),
      dead: z.boolean().default(false),
    })
    .nullable()
    .transform((payload) => payload ?? { days: 7, dead: false }),
});

/** The failures of an ingest that are kept in the result of its task. */
const MAX_FAILURES = 20;

/** What does tasks of {@link issuesSyncTask}; `undefined`: there is no tracker to copy, and they are dead at once. */
export function issuesSyncHandler(sync: IssueSyncService | undefined): TaskHandler {
  return taskHandler(issuesSyncTask, async (context) => {
    if (sync === undefined) {
      throw new Invalid('TRACKER_NOT_CONFIGURED', 'the issues are kept here: there is no tracker to copy');
    }
    const { signal, payload } = context;
    const progress = latest(context);
    const report = await sync.sync({
      ...payload,
      signal,
      onProgress: ({ phase, issues, total }) =>
        progress({ done: issues, note: phase, ...(total === undefined ? {} : { total }) }),
    });
    if (report.interrupted) signal.throwIfAborted();
    return { ...report };
  });
}

/**
 * What does tasks of {@link documentsIngestTask}: nothing outside of `roots` is reached, whoever asked for the task, and
 * relative paths start from the first. Without roots such tasks are dead at once.
 */
export function documentsIngestHandler(ingest: IngestService, roots: readonly string[]): TaskHandler {
  return taskHandler(documentsIngestTask, async (context) => {
    const { signal, payload } = context;
    const { paths, ...options } = payload;
    const [base] = roots;
    if (base === undefined) {
      throw new Forbidden(
        'ROOT_NOT_ALLOWED',
        'this worker has no folders to ingest from: set ingest.roots, or give --root',
      );
    }
    const progress = latest(context);
    const report = await ingest.ingest(
      { ...options, inputs: paths, base, allowedRoots: roots },
      {
        signal,
        onProgress: ({ files, totalFiles }) =>
          progress({
            done: files,
            note: 'files',
            ...(totalFiles === undefined ? {} : { total: totalFiles }),
          }),
      },
    );
    if (report.interrupted) signal.throwIfAborted();
    return ingestResult(report);
  });
}

/** What does tasks of {@link tasksPruneTask}. */
export function tasksPruneHandler(tasks: Pick<TaskService, 'prune'>): TaskHandler {
  return taskHandler(tasksPruneTask, async ({ payload }) => ({ pruned: await tasks.prune(payload) }));
}

/** Progress that nobody waits for. That the hold is lost, the signal tells. */
function latest(context: Pick<TaskContext, 'report'>) {
  return (progress: Parameters<TaskContext['report']>[0]) => {
    context.report(progress).catch(() => undefined);
  };
}

function ingestResult({ failures, ...report }: IngestReport): JsonObject {
  return {
    ...report,
    failures: failures
      .slice(0, MAX_FAILURES)
      .map(({ source, error: { code, message } }) => ({ source, code, message })),
  };
}
