import { type RunningServer, serve } from '@markitect/api';
import type { Config } from '@markitect/config';

/**
 * Starts the API, making the data directory when there is none. Throws what `serve` of `@markitect/api` throws.
 */
export function startServer(
  config: Config,
  env: Readonly<Record<string, string | undefined>>,
): Promise<RunningServer> {
  return serve(config, { env: { ...env } });
}
