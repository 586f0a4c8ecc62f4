import type { GiteaOptions } from '@markitect/adapter-gitea';
import type { HttpOptions } from '@markitect/adapter-http';
import type { GiteaConfig } from '@markitect/config';

/** A Gitea repository whose issues are used. */
export interface GiteaTracker {
  readonly http: HttpOptions;
  readonly repository: GiteaOptions;
  /** What its mirror is called in the database. */
  readonly source: string;
}

/** How the Gitea repository is reached that is configured; `undefined`: none is. */
export function giteaTracker(gitea: GiteaConfig): GiteaTracker | undefined {
  const { url, owner, repository } = gitea;
  // The configuration has all three or none.
  if (url === undefined || owner === undefined || repository === undefined) return undefined;
  const address = url.replace(/\/+$/, '');
  const { caFile, certFile, keyFile } = gitea;
  return {
    http: {
      name: 'gitea',
      baseUrl: `${address}/api/v1/`,
      healthPath: 'version',
      connections: gitea.maxConnections,
      maxWaiting: gitea.maxQueue,
      deadlineMs: gitea.deadlineMs,
      connectTimeoutMs: gitea.connectTimeoutMs,
      headersTimeoutMs: gitea.progressTimeoutMs,
      bodyTimeoutMs: gitea.progressTimeoutMs,
      maxResponseBytes: gitea.maxResponseBytes,
      tls: {
        ...(caFile === undefined ? {} : { caFile }),
        ...(certFile === undefined ? {} : { certFile }),
        ...(keyFile === undefined ? {} : { keyFile }),
      },
      ...(gitea.token === undefined ? {} : { token: gitea.token }),
      ...(gitea.proxy === undefined ? {} : { proxy: gitea.proxy }),
      ...(gitea.requestsPerSecond === 0 ? {} : { rateLimit: { perSecond: gitea.requestsPerSecond } }),
      ...(gitea.hedgeAfterMs === 0 ? {} : { hedgeAfterMs: gitea.hedgeAfterMs }),
    },
    repository: { owner, repository },
    source: `gitea:${address}/${owner}/${repository}`,
  };
}
