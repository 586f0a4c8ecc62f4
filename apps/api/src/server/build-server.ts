import { randomUUID } from 'node:crypto';
import type { Config } from '@markitect/config';
import { Unavailable } from '@markitect/domain';
import fastify, { type FastifyServerOptions } from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { refuseEncodedBodies } from '../http/content-encoding.js';
import { markDegraded } from '../http/degraded-answers.js';
import { readStrictBodies } from '../http/strict-bodies.js';
import {
  answerClientError,
  answerUnknownAddresses,
  answerWithProblems,
  sendProblem,
} from '../problems/problem-answers.js';
import { cacheRoutes } from '../routes/cache-routes.js';
import { cutoverRoutes } from '../routes/cutover-routes.js';
import { databaseRoutes } from '../routes/database-routes.js';
import { documentRoutes } from '../routes/document-routes.js';
import { ingestRoutes } from '../routes/ingest-routes.js';
import { connectionRoutes } from '../routes/connection-routes.js';
import { issueCommandRoutes } from '../routes/issue-command-routes.js';
import { issueRoutes } from '../routes/issue-routes.js';
import { issueSyncRoutes } from '../routes/issue-sync-routes.js';
import { searchRoutes } from '../routes/search-routes.js';
import { peopleAnalyticsRoutes } from '../routes/people-analytics-routes.js';
import { peopleConversationRoutes } from '../routes/people-conversation-routes.js';
import { peopleRecordRoutes } from '../routes/people-record-routes.js';
import { researchEventRoutes } from '../routes/research-events.js';
import { researchRoutes } from '../routes/research-routes.js';
import { trackerRoutes } from '../routes/tracker-routes.js';
import { knowledgeRoutes } from '../routes/knowledge-routes.js';
import { taskRoutes } from '../routes/task-routes.js';
import { taskScheduleRoutes } from '../routes/task-schedule-routes.js';
import { operationRoutes } from '../routes/operation-routes.js';
import { workspaceFileRoutes, workspaceRoutes } from '../routes/workspace-routes.js';
import type { ApiServer, ServedApplication } from '../routes/served-application.js';
import { observeCache } from '../telemetry/cache-gauges.js';
import { observeConnections } from '../telemetry/connection-gauges.js';
import { observeCutovers } from '../telemetry/cutover-gauges.js';
import { observeTasks } from '../telemetry/task-gauges.js';
import { traceRequests } from '../telemetry/server-spans.js';
import type { RunningTelemetry } from '../telemetry/start-telemetry.js';
import { requireLoopbackHost, requireToken } from './access.js';
import { describeRoutes } from './api-description.js';
import { guardMethods } from './method-guard.js';

/** The longest a request may take to arrive, body included. */
const REQUEST_TIMEOUT_MS = 120_000;

/** Longer than any document path, percent-encoded: a path that is too long gets the domain's own error. */
const MAX_PARAM_LENGTH = 16_384;

/** How many clients may watch researches where the configuration says nothing. */
const MAX_WATCHERS = 100;

/** What a server is made of. */
export interface ServerParts {
  readonly application: ServedApplication;
  readonly config: Pick<Config, 'server' | 'ingest'> & Partial<Pick<Config, 'research'>>;
  readonly telemetry?: RunningTelemetry | undefined;
  /** Default: no log. */
  readonly logger?: FastifyServerOptions['logger'];
  /** Aborted when shutdown begins: new requests are refused and ingests end early. */
  readonly stopping?: AbortSignal;
}

/** The API, ready for `listen` or `inject`. Opens nothing. */
export async function buildServer(parts: ServerParts): Promise<ApiServer> {
  const { application, config, telemetry } = parts;
  const stopping = parts.stopping ?? new AbortController().signal;
  const app = fastify({
    logger: parts.logger ?? false,
    genReqId: () => randomUUID(),
    bodyLimit: config.server.bodyLimitBytes,
    requestTimeout: REQUEST_TIMEOUT_MS,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    // Ours, below, answers with a problem.
    return503OnClosing: false,
    frameworkErrors: (error, request, reply) => {
      sendProblem(error, request, reply);
    },
    clientErrorHandler: answerClientError,
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  answerWithProblems(app);

  if (telemetry !== undefined) {
    traceRequests(app, telemetry.telemetry);
    observeConnections(application.connections, telemetry.telemetry);
    observeCache(application.cache, telemetry.telemetry);
    observeTasks(application.tasks, telemetry.telemetry);
    observeCutovers(application.cutover, telemetry.telemetry);
  }
  app.addHook('onRequest', async (request, reply) => {
    void reply.header('x-content-type-options', 'nosniff').header('x-request-id', request.id);
    if (stopping.aborted && request.routeOptions.url !== '/healthz') {
      void reply.header('connection', 'close');
      throw new Unavailable('SERVER_UNAVAILABLE', 'the server is shutting down');
    }
    return Promise.resolve();
  });
  // Requests that were running when shutdown began: their connections must not stay open for more.
  app.addHook('onSend', async (_request, reply) => {
    if (stopping.aborted) void reply.header('connection', 'close');
    return Promise.resolve();
  });
  if (config.server.token === undefined) requireLoopbackHost(app);

  await describeRoutes(app);
  await app.register(async (routes) => {
    const addGuards = guardMethods(routes);
    operationRoutes(routes.withTypeProvider<ZodTypeProvider>(), application, { scrape: telemetry?.scrape });
    addGuards();
    return Promise.resolve();
  });
  await app.register(
    async (routes) => {
      const v1 = routes.withTypeProvider<ZodTypeProvider>();
      if (config.server.token !== undefined) v1.addHook('onRequest', requireToken(config.server.token));
      // Must be asked for again each time, so that nobody reads a document that has been changed or taken away.
      v1.addHook('onRequest', async (_request, reply) => {
        void reply.header('cache-control', 'private, no-cache');
        return Promise.resolve();
      });
      markDegraded(v1, application);
      answerUnknownAddresses(routes);
      refuseEncodedBodies(v1);
      // A browser may send text/plain to any site without asking.
      v1.removeContentTypeParser('text/plain');
      readStrictBodies(v1);
      const addGuards = guardMethods(v1);
      documentRoutes(v1, application);
      ingestRoutes(v1, application, { roots: config.ingest.roots, stopping });
      searchRoutes(v1, application);
      knowledgeRoutes(v1, application);
      issueRoutes(v1, application);
      issueCommandRoutes(v1, application);
      issueSyncRoutes(v1, application, { stopping });
      trackerRoutes(v1, application);
      researchRoutes(v1, application);
      researchEventRoutes(v1, application, {
        stopping,
        maxWatchers: config.research?.maxWatchers ?? MAX_WATCHERS,
      });
      taskRoutes(v1, application);
      taskScheduleRoutes(v1, application);
      workspaceRoutes(v1, application);
      peopleRecordRoutes(v1, application);
      peopleConversationRoutes(v1, application);
      peopleAnalyticsRoutes(v1, application);
      connectionRoutes(v1, application);
      cacheRoutes(v1, application);
      cutoverRoutes(v1, application, { stopping });
      databaseRoutes(v1, application);
      await v1.register((files) => {
        workspaceFileRoutes(files.withTypeProvider<ZodTypeProvider>(), application);
        return Promise.resolve();
      });
      addGuards();
    },
    { prefix: '/v1' },
  );
  await app.ready();
  return app;
}
