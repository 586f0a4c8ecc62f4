import type { HttpClient } from '@markitect/connections';
import { readAnswer, versionAnswer } from './gitea-answers.js';
import { giteaFailure } from './gitea-errors.js';

/** What a server says it is. */
export interface GiteaVersion {
  /** As the server says it: `1.27.3`, `28.0.0`, `15.0.1+gitea-1.22.0`. */
  readonly text: string;
  readonly product: 'gitea' | 'forgejo';
  /** Of Gitea the number before the first dot, but the second where the first is the 1 that was dropped with 28. */
  readonly major: number;
}

/** Asks a server for its version; one request. Throws the errors of the client and Corrupt `HTTP_RESPONSE_INVALID`. */
export async function giteaVersion(client: HttpClient): Promise<GiteaVersion> {
  const what = 'read the version of the server';
  const response = await client.request({ method: 'GET', path: 'version' });
  if (response.status !== 200) throw giteaFailure(response, { what });
  const { version } = readAnswer(versionAnswer, response.body, what);
  const [first = 0, second = 0] = version.split('.').map((part) => Number.parseInt(part, 10) || 0);
  return {
    text: version,
    // Forgejo adds the version of Gitea that its API once was that of.
    product: /\+gitea-/i.test(version) ? 'forgejo' : 'gitea',
    major: first === 1 ? second : first,
  };
}
