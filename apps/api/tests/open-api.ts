import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '@markitect/config';
import { loadConfig } from '@markitect/config';
import { type Application, composeApplication } from '../src/composition/application.js';
import type { ApiServer } from '../src/routes/served-application.js';
import { buildServer } from '../src/server/build-server.js';

/** What is different from the defaults. */
export interface ConfigChange {
  readonly server?: Partial<Config['server']>;
  readonly ingest?: Partial<Config['ingest']>;
  readonly gitea?: Partial<Config['gitea']>;
  readonly cache?: Partial<Config['cache']>;
}

/** A configuration of its own: a temporary data directory, any port, small limits. */
export async function temporaryConfig(folder: string, change: ConfigChange = {}): Promise<Config> {
  const config = await loadConfig({ env: {}, cwd: folder });
  return {
    ...config,
    dataDir: join(folder, 'data'),
    workspaces: { root: join(folder, 'data/workspaces'), templates: join(folder, 'data/templates') },
    ingest: { ...config.ingest, parserThreads: 1, ...change.ingest },
    server: { ...config.server, port: 0, ...change.server },
    gitea: { ...config.gitea, ...change.gitea },
    cache: { ...config.cache, ...change.cache },
    issues: { user: 'ada' },
  };
}

export interface OpenApi {
  readonly app: ApiServer;
  readonly application: Application;
  readonly config: Config;
  readonly folder: string;
  close(): Promise<void>;
}

/** The API over a store of its own, for `inject`. */
export async function openApi(
  change: ConfigChange = {},
  options: { readonly keepsRunning?: boolean } = {},
): Promise<OpenApi> {
  const folder = await temporaryFolder();
  const config = await temporaryConfig(folder, change);
  const application = composeApplication(config, { create: true, ...options });
  await application.open();
  const app = await buildServer({ application, config });
  return {
    app,
    application,
    config,
    folder,
    close: async () => {
      await app.close();
      await application.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export function temporaryFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'markitect-api-'));
}

/** Writes a document and fails the test if the server does not take it. */
export async function put(app: ApiServer, path: string, content: string): Promise<string> {
  const answer = await app.inject({
    method: 'PUT',
    url: `/v1/documents/${path}`,
    headers: { 'content-type': 'text/markdown' },
    payload: content,
  });
  if (answer.statusCode >= 300) throw new Error(answer.body);
  return String(answer.headers.etag);
}
