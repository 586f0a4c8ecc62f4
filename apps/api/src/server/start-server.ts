import { stat } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import type { Config } from '@markitect/config';
import { Forbidden, Invalid, Unavailable } from '@markitect/domain';
import closeWithGrace from 'close-with-grace';
import type { FastifyServerOptions } from 'fastify';
import { composeApplication } from '../composition/application.js';
import { listensOnLoopbackOnly } from '../http/loopback.js';
import type { ApiServer } from '../routes/served-application.js';
import type { RunningServer, ServeOptions } from '../serve.js';
import { startTelemetry } from '../telemetry/start-telemetry.js';
import { buildServer } from './build-server.js';
import { serveTasks } from './serve-tasks.js';
import { VERSION } from './version.js';

/** After the time for running requests is over, the store still has this long to finish its commit. */
const CLOSE_GRACE_MS = 5_000;

/** A token shorter than this is warned of. */
const MIN_TOKEN_LENGTH = 16;

/** See `serve`. */
export async function startServer(config: Config, options: ServeOptions): Promise<RunningServer> {
  const env = options.env ?? process.env;
  await refuseOpenBind(config);
  await refuseMissingRoots(config);

  // What has been started, to be ended in the opposite order, whether the start succeeds or not.
  const endings: (() => Promise<void>)[] = [];
  const end = async () => {
    const failures: unknown[] = [];
    // Each of them, whatever the one before came to: the store must be closed in any case.
    for (const ending of endings.reverse().splice(0)) {
      await ending().catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  };
  try {
    const telemetry = await startTelemetry(env, {
      serviceName: 'markitect-api',
      serviceVersion: VERSION,
      prometheus: true,
    });
    if (telemetry !== undefined) endings.push(() => telemetry.shutdown());

    const started: { app?: ApiServer } = {};
    const application = composeApplication(config, {
      create: options.create ?? true,
      keepsRunning: true,
      owner: 'markitect serve: workspace',
      onEffectFailure: ({ effect, target, error }) => {
        started.app?.log.error({ err: error, effect, target }, 'a commit could not be applied yet');
      },
      env,
      onCutoverFailure: (component, error) => {
        started.app?.log.warn(
          { err: error, component },
          'cutover: failed beside an answer, and is made good later',
        );
      },
      onCutoverOverride: (component, from, to) => {
        started.app?.log.info({ component, from, to }, 'cutover: a flag has moved a component');
      },
      ...(telemetry === undefined ? {} : { telemetry: telemetry.telemetry }),
    });
    endings.push(() => application.close());
    await application.open();
    await application.cutover.keep();

    const stopping = new AbortController();
    const app = await buildServer({
      application,
      config,
      telemetry,
      logger: loggerOptions(env),
      stopping: stopping.signal,
    });
    started.app = app;
    warnOfShortToken(app.log, config);
    const work: { ended?: Promise<void> } = {};
    endings.push(async () => {
      stopping.abort();
      await Promise.all([stopListening(app, config.server.shutdownTimeoutMs), work.ended]);
    });
    const url = await listen(app, config);
    if (config.tasks.concurrency > 0) {
      // Half of the time: what does not listen when it is told to stop needs some, too.
      const graceMs = Math.min(config.tasks.graceMs, config.server.shutdownTimeoutMs / 2);
      work.ended = serveTasks(application, { log: app.log, graceMs, stopping: stopping.signal });
    }

    let ended: Promise<void> | undefined;
    const close = () => {
      stopping.abort();
      ended ??= end();
      return ended;
    };
    if (options.handleSignals === true) closeOnSignals(app, config, close);
    return { url, close };
  } catch (error) {
    await end().catch(() => undefined);
    throw error;
  }
}

async function refuseOpenBind({ server }: Config): Promise<void> {
  if (server.token !== undefined || (await listensOnLoopbackOnly(server.host))) return;
  throw new Forbidden(
    'SERVER_BIND_REFUSED',
    `without a token the server listens on this machine only, and ${server.host} is not a loopback address`,
    { details: { host: server.host } },
  );
}

async function refuseMissingRoots({ ingest }: Config): Promise<void> {
  for (const root of ingest.roots) {
    const isFolder = await stat(root).then(
      (found) => found.isDirectory(),
      () => false,
    );
    if (isFolder) continue;
    throw new Invalid('CONFIG_INVALID', `ingest.roots: ${root} is not a folder that can be read`, {
      details: { field: 'ingest.roots', root },
    });
  }
}

/** A token that can be guessed by trying is a warning and not an error: the operator may have his reasons. */
function warnOfShortToken(log: ApiServer['log'], { server }: Config): void {
  if (server.token === undefined || server.token.length >= MIN_TOKEN_LENGTH) return;
  log.warn(`the token has fewer than ${MIN_TOKEN_LENGTH} characters and can be guessed: use a longer one`);
}

function loggerOptions(env: NodeJS.ProcessEnv): FastifyServerOptions['logger'] {
  return {
    level: env['LOG_LEVEL'] ?? 'info',
    // Standard output belongs to the command that started the server.
    stream: process.stderr,
    redact: ['req.headers.authorization', 'headers.authorization'],
  };
}

async function listen(app: ApiServer, { server }: Config): Promise<string> {
  try {
    await app.listen({
      host: server.host,
      port: server.port,
      listenTextResolver: (address) => `listening at ${address}`,
    });
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
    throw new Unavailable('SERVER_UNAVAILABLE', `cannot listen at ${server.host}:${server.port}: ${reason}`, {
      details: { host: server.host, port: server.port },
      cause,
    });
  }
  const { port } = app.server.address() as AddressInfo;
  return `http://${server.host.includes(':') ? `[${server.host}]` : server.host}:${port}`;
}

/** Waits for running requests; those that take longer lose their connection. */
async function stopListening(app: ApiServer, timeoutMs: number): Promise<void> {
  const timer = setTimeout(() => {
    app.log.warn(`requests still running after ${timeoutMs} ms are cut off`);
    app.server.closeAllConnections();
  }, timeoutMs);
  await app.close();
  clearTimeout(timer);
}

function closeOnSignals(app: ApiServer, { server }: Config, close: () => Promise<void>): void {
  closeWithGrace(
    {
      delay: server.shutdownTimeoutMs + CLOSE_GRACE_MS,
      logger: { error: (message: unknown) => app.log.error(message) },
    },
    async ({ signal, err }) => {
      if (err === undefined) app.log.info(`${signal ?? 'end'}: shutting down`);
      else app.log.fatal(err, 'shutting down after an error nobody caught');
      await close();
    },
  );
}
