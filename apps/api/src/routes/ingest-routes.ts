import type { IngestReport } from '@markitect/application';
import { Forbidden } from '@markitect/domain';
import { clientGone } from '../http/client-gone.js';
import { problemOf } from '../problems/problem.js';
import { ingestReport, problems } from '../schemas/answer-schemas.js';
import { ingestBody } from '../schemas/request-schemas.js';
import type { ApiServer, ServedApplication } from './served-application.js';

/** What the ingest route needs besides the application. */
export interface IngestRouteOptions {
  /** Absolute folders; nothing outside them is reached. */
  readonly roots: readonly string[];
  /** Ends running ingests: the server is shutting down. */
  readonly stopping: AbortSignal;
}

/** Taking in files that the server can read. */
export function ingestRoutes(
  app: ApiServer,
  application: ServedApplication,
  { roots, stopping }: IngestRouteOptions,
): void {
  app.post(
    '/documents/ingest',
    {
      schema: {
        tags: ['documents'],
        operationId: 'ingestDocuments',
        summary: 'Take in Markdown files below the configured roots',
        description:
          'Answers when all is done. A file that cannot be taken in is a failure in the report, not of the request. If the client leaves, the ingest ends after the batches under way.',
        body: ingestBody,
        response: {
          200: { description: 'The report.', content: { 'application/json': { schema: ingestReport } } },
          ...problems(404, 413, 415),
        },
      },
    },
    async ({ body }, reply) => {
      const { paths, ...options } = body;
      const [base] = roots;
      if (base === undefined) {
        throw new Forbidden(
          'ROOT_NOT_ALLOWED',
          'this server has no folders to ingest from: set ingest.roots in its configuration, or MARKITECT_INGEST_ROOTS',
        );
      }
      const report = await application.ingest.ingest(
        { ...options, inputs: paths, base, allowedRoots: roots },
        { signal: AbortSignal.any([stopping, clientGone(reply.raw)]) },
      );
      return presented(report);
    },
  );
}

function presented(report: IngestReport) {
  return {
    ...report,
    failures: report.failures.map(({ source, error }) => ({ source, ...problemOf(error) })),
  };
}
