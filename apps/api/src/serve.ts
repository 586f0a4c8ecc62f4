import type { Config } from '@markitect/config';

/** How to run the server, besides what the configuration says. */
export interface ServeOptions {
  /** Where `LOG_LEVEL` and the `OTEL_*` variables are read. Default: `process.env`. */
  readonly env?: NodeJS.ProcessEnv;
  /** Make the data directory and the database when they do not exist. Default: yes. */
  readonly create?: boolean;
  /**
   * End the process gracefully on SIGTERM and SIGINT: exit code 0 when everything was closed in time, 1 otherwise. A
   * second signal ends it at once. Default: no.
   */
  readonly handleSignals?: boolean;
}

/** A server that accepts requests. */
export interface RunningServer {
  /** Where it listens, e.g. `http://127.0.0.1:4780`. */
  readonly url: string;
  /**
   * Stops accepting, lets running requests finish for at most `server.shutdownTimeoutMs`, then closes the store.
   * Doing it again waits for the same end.
   */
  close(): Promise<void>;
}

/**
 * Starts the API and answers when it listens. Loads Fastify only now. Throws Forbidden `SERVER_BIND_REFUSED` for an
 * address beyond this machine without a token, Invalid `CONFIG_INVALID` for an ingest root that is no folder, Unavailable `SERVER_UNAVAILABLE` when the address cannot be had, and
 * what opening the store throws; everything opened before is closed again.
 */
export async function serve(config: Config, options: ServeOptions = {}): Promise<RunningServer> {
  const { startServer } = await import('./server/start-server.js');
  return startServer(config, options);
}
