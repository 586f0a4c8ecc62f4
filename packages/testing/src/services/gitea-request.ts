/** Asks a Gitea's API v1: the answer's JSON, undefined for an empty one. @throws Error for any status from 300 on. */
export type GiteaRequest = (method: string, path: string, body?: unknown) => Promise<unknown>;

/** Where, and as whom. */
export interface GiteaAccess {
  readonly url: string;
  readonly token: string;
  /** Preferred over the token: with a token the server hashes and writes on each request, some 6 ms. */
  readonly admin?: { readonly user: string; readonly password: string };
}

/** A plain client for making test data: no retries, no deadline. `path` is below `/api/v1`. */
export function giteaRequest({ url, token, admin }: GiteaAccess): GiteaRequest {
  const authorization =
    admin === undefined
      ? `token ${token}`
      : `Basic ${Buffer.from(`${admin.user}:${admin.password}`).toString('base64')}`;
  return async (method, path, body) => {
    const answer = await fetch(`${url}/api/v1${path}`, {
      method,
      redirect: 'manual',
      headers: { authorization, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text.slice(0, 500)}`);
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  };
}
